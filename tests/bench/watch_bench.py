"""What watchers cost: the same batch made by a real daemon for 0, 100 and 1,000 of them.

watch_bench.py [--cards N] [--watchers N...]: BIN (folder of the programs) comes from the environment; runs beside
tools/private-pcscd --readers 1. Figures are compared within one run: README.md.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import select
import socket
import statistics
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "integration/station"))
from world import World, wait_until  # noqa: E402

FILES = 4096
PROBES = 40  # single changes whose way is timed


def raise_files():
    """A connection is a file, for the daemon as for us."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, resource.getrlimit(resource.RLIMIT_NOFILE)[1]),) * 2)


def watch(path, amount):
    """The watchers, as a process of their own: reads what comes and counts, no more. Says when they all stand, and at the end
    of its input when the k-th change had reached every one of them."""
    poll, connections, told, reached, when = select.epoll(), {}, {}, {}, {}
    for _ in range(amount):
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(path)
        connection.sendall(json.dumps({"method": "org.cardwright.Production.Watch", "more": True}).encode() + b"\0")
        connections[connection.fileno()], told[connection.fileno()] = connection, 0
        poll.register(connection, select.EPOLLIN)
    poll.register(sys.stdin, select.EPOLLIN)
    while True:
        for file, _ in poll.poll():
            if file == sys.stdin.fileno():
                print(json.dumps(when), flush=True)
                return
            new = told[file] + connections[file].recv(1 << 18).count(b"\0")
            for number in range(told[file] + 1, new + 1):
                reached[number] = reached.get(number, 0) + 1
                if reached[number] == amount:
                    when[number - 1] = time.monotonic()  # the first message is how things stood
                    if number == 1:
                        print("standing", flush=True)
            told[file] = new


class Watchers:
    def __init__(self, world, amount):
        self.process = subprocess.Popen([sys.executable, __file__, "--watch", world.station, str(amount)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "standing\n"

    def end(self):
        said, _ = self.process.communicate()
        return {int(number): when for number, when in json.loads(said).items()}


def processor_seconds(process):
    """All threads of it; not its renderers."""
    fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def newest_change(client_of):
    with client_of() as client:
        return next(client.call_more("Production.Watch"))["sequence"]


def make(world, amount):
    """Seconds and processor seconds of the daemon for a batch."""
    began, used = time.monotonic(), processor_seconds(world.daemon)
    with world.client() as client:
        cards = client.call("Production.ImportBatch", table="product\n" + "temporary\n" * amount)["cards"]
        batch = client.call("Production.IssueCards", cards=cards)["batch"]
    ended = world.wait_for_batch(batch, 600)
    assert ended["counts"] == {"awaitingConfirmation": amount}, ended["counts"]
    return time.monotonic() - began, processor_seconds(world.daemon) - used


def probe(world, first):
    """(number of the change, when it was asked for): single changes while the station is idle."""
    asked = []
    with world.client() as client:
        for _ in range(PROBES):
            asked.append((newest_change(world.client) - first + 1, time.monotonic()))
            client.call("Production.RequestCards", amount=1)
            time.sleep(0.05)
    return asked


def delays(world, watchers):
    """Milliseconds from a call until its change had reached all of them, sorted; with none, the one that measures."""
    first = newest_change(world.client)
    crowd = Watchers(world, max(watchers, 1))
    asked = probe(world, first)
    told = crowd.end()
    return sorted(1000 * (told[number] - when) for number, when in asked)


def measure(world, watchers, cards):
    files = open_files(world)
    waited = delays(world, watchers)
    wait_until(lambda: open_files(world) <= files, 20, "the end of their connections")
    first = newest_change(world.client)
    crowd = Watchers(world, watchers) if watchers else None
    seconds, used = make(world, cards)
    changes = newest_change(world.client) - first
    if crowd:
        time.sleep(0.5)
        assert max(crowd.end()) == changes, "not every watcher was told every change"
        wait_until(lambda: open_files(world) <= files, 20, "the end of their connections")
    return {"seconds": seconds / cards, "processor": used / cards, "changes": changes / cards,
            "median": statistics.median(waited), "longest": waited[-1]}


def open_files(world):
    return len(os.listdir(f"/proc/{world.daemon.pid}/fd"))


def run(cards, amounts):
    raise_files()
    change = lambda text: re.sub(r"^import = false", "import = true", text, flags=re.M)
    with World("--blanks", "100000", speed=1000, change=change) as world:
        world.start_daemon()
        make(world, 3)
        base = None
        print("watchers | cards an hour | daemon's processor time a card | a change has reached all: median, longest | changes a card")
        for amount in amounts:
            row = measure(world, amount, cards)
            base = base or row
            print(f"{amount:8} | {3600 / row['seconds']:6.0f} ({base['seconds'] / row['seconds']:.2f}) | "
                  f"{1000 * row['processor']:6.1f} ms ({row['processor'] / base['processor']:.2f}) | "
                  f"{row['median']:6.1f} ms ({row['median'] / base['median']:.1f}), {row['longest']:.1f} ms | {row['changes']:.1f}", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--cards", type=int, default=25)
    parser.add_argument("--watchers", type=int, nargs="+", default=[0, 100, 1000])
    parser.add_argument("--watch", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.watch:
        watch(options.watch[0], int(options.watch[1]))
    else:
        run(options.cards, options.watchers)
