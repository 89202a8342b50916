"""The people at a station, and what anybody can count there."""
import re
import subprocess
import threading
import time

from world import Client, VarlinkError


class Orders:
    """Calls that change something, each under a key of its own, asked again until it is answered: whatever ends the daemon meanwhile."""

    def __init__(self, world, name):
        self.world, self.name = world, name
        self.answered = []  # (method, parameters, answer)

    def call(self, method, **parameters):
        parameters["idempotencyKey"] = f"{self.name}-{len(self.answered) + 1}"
        answer = self.ask(method, **parameters)
        self.answered.append((method, parameters, answer))
        return answer

    def ask(self, method, **parameters):
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                with self.world.client() as client:
                    return client.call(method, **parameters)
            except OSError as failure:
                last = failure
                time.sleep(0.02)
        raise AssertionError(f"{method}: no answer within 60 s, the daemon {self.world.daemon.poll()}: {last!r}")

    def forgotten(self):
        """What was acknowledged and is answered otherwise now."""
        return [f"{method} {parameters} was answered {answer}" for method, parameters, answer in self.answered
                if self.ask(method, **parameters) != answer]


class Operator:
    """Does what there is to do, once each time it is told to: issues, resumes, looks for bodies in doubt, repeats, completes."""

    def __init__(self, world):
        self.world = world
        self.orders = Orders(world, "operator")
        self.batches = []  # completed ones
        self.open = None
        self.condemned = 0
        self.doubts = []
        self.stops = []

    def work(self, cards_a_batch):
        """Returns whether something was done. `cards_a_batch`: of a new batch; 0: none is to be begun."""
        line = self.orders.ask("Maintenance.GetStation")["lines"][0]
        if line["state"] == "stopped":
            self.stops.append(line["text"])
            self.orders.ask("Maintenance.Resume")
            return True
        for doubt in self.orders.ask("Maintenance.ListDoubts")["doubts"]:
            self.resolve(doubt)
            return True
        if self.open is None:
            return cards_a_batch > 0 and self.begin(cards_a_batch)
        batch = self.orders.ask("Production.GetBatch", batch=self.open)["batch"]
        return batch["state"] == "awaitingConfirmation" and self.confirm(batch)

    def begin(self, amount):
        cards = self.orders.call("Production.RequestCards", amount=amount)["cards"]
        self.open = self.orders.call("Production.IssueCards", cards=cards)["batch"]
        return True

    def confirm(self, batch):
        wrong = sums_wrong(self.world)
        assert not wrong, wrong
        in_state = lambda state: [card["id"] for card in batch["cards"] if card["state"] == state]
        if failed := in_state("failed"):
            self.orders.call("Production.RepeatProduction", batch=self.open, cards=failed, reason="damaged")
            return True
        if self.condemned <= len(self.batches):  # one good card of each batch, so that bodies are condemned too
            self.condemned += 1
            self.orders.call("Production.RepeatProduction", batch=self.open, cards=in_state("awaitingConfirmation")[:1], reason="misprinted")
            return True
        try:
            self.orders.call("Production.CompleteBatch", batch=self.open)
        except VarlinkError as refused:
            if not refused.name.endswith(".BatchNotSettled"):
                raise
            return False  # a revocation list is still being written
        self.batches.append(self.open)
        self.open = None
        return True

    def resolve(self, doubt):
        """Looks where the body is. What cannot be good is destroyed."""
        self.doubts.append(doubt)
        body = self.world.tray / f"{doubt['attempt']}.vcard"
        if doubt["whereabouts"] in ("inside", "twoInside"):
            self.world.tell("remove card")
        good = body.exists() and doubt["mayBeGood"]
        if not good:
            body.unlink(missing_ok=True)
        self.orders.call("Maintenance.ResolveDoubt", card=doubt["card"], verdict="good" if good else "bad", note="looked")


class Requester(threading.Thread):
    """Asks for one card after the other, as long as it is let."""

    def __init__(self, world, pause):
        super().__init__(daemon=True)
        self.orders = Orders(world, "requester")
        self.pause, self.stopped, self.failure = pause, threading.Event(), None

    def run(self):
        try:
            while not self.stopped.wait(self.pause):
                self.orders.call("Production.RequestCards", amount=1)
        except (VarlinkError, AssertionError) as failure:
            self.failure = failure

    def stop(self):
        self.stopped.set()
        self.join()
        if self.failure:
            raise self.failure


class Watcher(threading.Thread):
    """Keeps every change that it is told, over the daemon's lives; `next_change` waits for one."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.world, self.told, self.contradictions = world, {}, []
        self.news = threading.Condition()
        self.stopped = False

    def run(self):
        while not self.stopped:
            try:
                with Client(self.world.station, seconds=2) as client:
                    after = {"after": max(self.told)} if self.told else {}
                    for told in client.call_more("Production.Watch", **after):
                        self.keep(told)
            except OSError:
                time.sleep(0.02)
            except VarlinkError as refused:  # a change that was told is not known any more
                self.contradictions.append(str(refused))
                return

    def keep(self, told):
        with self.news:
            if "change" in told:
                before = self.told.setdefault(told["sequence"], told["change"])
                if before != told["change"]:
                    self.contradictions.append(f"{before} has become {told['change']}")
            self.news.notify_all()

    def wait_until(self, wanted, seconds):
        """For a change that comes after this call."""
        with self.news:
            seen = max(self.told, default=0)
            return self.news.wait_for(lambda: any(wanted(change) for sequence, change in self.told.items() if sequence > seen), seconds)

    def reasons_of_the_line(self):
        """Why it waited or stopped, in this order."""
        with self.news:
            return [change["reason"] for _, change in sorted(self.told.items()) if change["subject"] == "line" and change.get("reason")]


def sums_wrong(world):
    """The journal's sums against the printer's own counters and the cards that lie in the tray and the bin. The machine has to be empty."""
    with world.client() as client:
        station = client.call("Maintenance.GetStation")
    blanks = station["lines"][0]["blanks"]
    counters = world.ask_printer("counters")
    expected = {"fed": blanks["fed"], "ejected": blanks["last"]["ejected"], "rejected": blanks["last"]["rejected"]}
    wrong = []
    if not blanks["addsUp"]:
        wrong.append(f"the station says that its sums do not add up: {station['lines'][0]}")
    if any(counters[name] != value for name, value in expected.items()):
        wrong.append(f"the printer counts {counters}, the journal {blanks}")
    if blanks["fed"] != sum(blanks[name] for name in ("good", "rejected", "condemned", "inDoubt", "samples", "foreign", "inMachine")):
        wrong.append(f"fed is not the sum of the others: {blanks}")
    return wrong


def cards_in_batches(world):
    with world.client() as client:
        listed = [card["id"] for reply in client.call_more("Production.ListCards") for card in reply["cards"] if card.get("batch")]
        return [client.call("Production.GetCard", card=card)["card"] for card in listed]


def bodies_wrong(world):
    """One good body for each good card, and no body that nobody knows of."""
    wrong = []
    cards = cards_in_batches(world)
    for card in cards:
        done = [attempt["id"] for attempt in card["attempts"] if attempt["phase"] == "done"]
        if len(done) != (card["state"] in ("awaitingConfirmation", "unassigned")):
            wrong.append(f"{card['id']} is {card['state']} with {len(done)} good bodies")
        wrong += [f"the good body of {card['id']} is not in the tray" for one in done if not (world.tray / f"{one}.vcard").exists()]
    phases = {attempt["id"]: attempt["phase"] for card in cards for attempt in card["attempts"]}
    for folder, known in ((world.tray, ("done", "condemned", "inDoubt")), (world.bin, ("spoiled",))):
        wrong += [f"{body} is of an attempt that is {phases.get(body.stem)}" for body in folder.glob("*.vcard")
                  if phases.get(body.stem) not in known]
    return wrong


def certificates_wrong(world, seconds=20):
    """What is still wrong after so long: the list is written beside the answers."""
    until = time.monotonic() + seconds
    while (wrong := certificates_wrong_now(world)) and time.monotonic() < until:
        time.sleep(0.2)
    return wrong


def certificates_wrong_now(world, on_each_card=4):
    """No certificate of a body that is not good is valid; of a good one those on its chip are: it may have been encoded more than once."""
    text = subprocess.run(["openssl", "crl", "-in", world.directory / "ca/crl.pem", "-noout", "-text"],
                          check=True, capture_output=True, text=True).stdout
    revoked = {serial.lower() for serial in re.findall(r"Serial Number: ([0-9A-F]+)", text)}
    wrong = []
    for card in cards_in_batches(world):
        for attempt in card["attempts"]:
            valid = [serial for serial in attempt["certificates"] if serial.lower() not in revoked]
            if len(valid) != (on_each_card if attempt["phase"] == "done" else 0):
                wrong.append(f"{len(valid)} certificates of {card['id']}, {attempt['phase']}, are valid")
    return wrong
