"""kill -9 of the daemon at random moments while it makes cards over real PC/SC; printer, chips and pcscd live on.

crash_test.py [--kills N] [--seed S] [--verify N]: the kills of one run, the seed they are chosen by, and how many good
cards independent programs verify in the end.
"""
import argparse
import collections
import contextlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import unittest

from people import Operator, Requester, Watcher, bodies_wrong, certificates_wrong, sums_wrong
from world import BIN, TOP, Manager, World, wait_until

# After each of these something is under way, for some hundredths of a second or more.
PHASES = ("feedIntent", "fed", "identified", "encodeIntent", "keyed", "certified", "encoded", "printIntent", "printed", "ejectIntent", "done",
          "rejectIntent")
CARDS_A_BATCH = 9
options = argparse.Namespace(kills=20, seed=None, verify=2)


class Run:
    """The daemon is killed and started again while operator, requester and watcher go about their work."""

    def __init__(self, world, manager, seed):
        self.world, self.manager, self.random = world, manager, random.Random(seed)
        self.operator, self.requester, self.watcher = Operator(world), Requester(world, pause=0.3), Watcher(world)
        self.kills_left = True
        self.failure = None
        self.starts = []  # seconds from start to READY=1
        self.operating = threading.Thread(target=self.operate, daemon=True)

    def operate(self):
        try:
            while self.kills_left or self.operator.open:
                if not self.operator.work(CARDS_A_BATCH if self.kills_left else 0):
                    time.sleep(0.1)
        except Exception as failure:
            self.failure = failure

    def start(self):
        self.manager.forget()
        self.said_before, self.began = self.said(), time.monotonic()
        self.world.launch_daemon(env=self.manager.environment())

    def ready(self):
        self.manager.wait_for("READY=1")
        self.starts.append(time.monotonic() - self.began)
        assert self.said() > self.said_before, "a start did not say what recovery found"

    def said(self):
        return self.world.log().count("cardwrightd: recovery: ")

    def end_daemon(self):
        self.world.kill_daemon()

    def kill_once(self):
        """In the middle of the start, at any time, or just after a certain step."""
        self.start()
        how = self.random.choices(("starting", "anytime", "phase"), (1, 3, 6))[0]
        if how == "starting":
            time.sleep(self.random.uniform(0, 0.06))
        else:
            self.ready()
            if how == "phase":
                phase = self.random.choice(PHASES)
                self.watcher.wait_until(lambda change: change["subject"] == "attempt" and change["state"] == phase, 6)
            time.sleep(self.random.uniform(0, 3) if how == "anytime" else 0.08 * self.random.random() ** 2)
        assert self.world.daemon.poll() is None, "the daemon ended by itself"
        self.end_daemon()
        if self.failure:
            raise self.failure

    def go(self, kills):
        for thread in (self.operating, self.requester, self.watcher):
            thread.start()
        for _ in range(kills):
            self.kill_once()
        self.start()
        self.ready()
        self.kills_left = False
        self.operating.join(300)
        if self.failure:
            raise self.failure
        assert not self.operating.is_alive(), "the batch does not end"
        self.requester.stop()
        self.watcher.stopped = True


def report(run, world):
    """For the daemon that has stopped: what its journal holds."""
    with contextlib.closing(sqlite3.connect(world.directory / "state/station.db")) as journal:
        found = [text for (text,) in journal.execute("SELECT outcome FROM audit WHERE action = 'recover'")]
        attempts = dict(journal.execute("SELECT phase, count(*) FROM attempt GROUP BY phase"))
    acknowledged = len(run.operator.orders.answered) + len(run.requester.orders.answered)
    print(f"starts {len(run.starts)}, READY after {sorted(run.starts)[len(run.starts) // 2] * 1000:.0f} ms (median), {max(run.starts) * 1000:.0f} ms (most)")
    print(f"batches {len(run.operator.batches)}; attempts {attempts}; doubts {len(run.operator.doubts)}; stops {len(run.operator.stops)}; "
          f"acknowledged requests {acknowledged}; changes told {len(run.watcher.told)}")
    print(f"recoveries {len(found)}; attempts were at", dict(collections.Counter(re.search(r"was at (\w+)", text)[1] for text in found).most_common()))
    for doubt in run.operator.doubts:
        print(f"in doubt: {doubt['card']}", *(text for text in found if text.startswith(f"{doubt['card']} was")), sep="\n  ")
    print("and then:", dict(collections.Counter(text.rsplit("; ", 1)[1] for text in found).most_common()))


def verify_good_cards(world, amount):
    """PIN of the letter, signature, chain and revocation list, by programs that are not ours."""
    with world.client() as client:
        cards = [card["id"] for reply in client.call_more("Production.ListCards", state="unassigned") for card in reply["cards"]][-amount:]
        done = {card: [attempt["id"] for attempt in client.call("Production.GetCard", card=card)["card"]["attempts"] if attempt["phase"] == "done"]
                for card in cards}
    for card, (attempt,) in done.items():
        wait_until((world.directory / f"letters/{card}.pdf").exists, 20, f"the letter of {card}")
        shutil.copy(world.tray / f"{attempt}.vcard", world.directory / f"tray/{card}.vcard")
    subprocess.run([TOP / "tools/verify-cards", BIN, world.directory], check=True, stdout=sys.stdout, stderr=sys.stderr)


class ADaemonThatIsKilled(unittest.TestCase):
    def test_makes_one_good_card_for_each_never_two(self):
        seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
        print(f"seed {seed}, {options.kills} kills", flush=True)
        with World("--blanks", "5000", "--seed", str(seed)) as world, Manager() as manager:
            run = Run(world, manager, seed)
            try:
                run.go(options.kills)
                self.assertEqual(sums_wrong(world), [])
                self.assertEqual(bodies_wrong(world), [])
                self.assertEqual(certificates_wrong(world), [])
                self.assertEqual(run.watcher.contradictions, [])
                for orders in (run.operator.orders, run.requester.orders):
                    self.assertEqual(orders.forgotten(), [])
                verify_good_cards(world, options.verify)
                world.daemon.terminate()
                self.assertEqual(world.daemon.wait(20), 0)
                report(run, world)
            except BaseException:
                print(world.log()[-3000:])
                raise


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=options.kills)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--verify", type=int, default=options.verify)
    options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
