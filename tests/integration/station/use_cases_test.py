"""Every use case of a temporary card, as people at the station carry it out: cardwrightctl against the running daemon.

Runs beside tools/private-pcscd --readers 2: the first reader is the printer's, the second takes cards by hand.
"""
import csv
import io
import json
import re
import signal
import subprocess
import time
import unittest

from world import BIN, World, wait_until

HAND_PORT = "35964"
DONE, REFUSED, USAGE, NO_DAEMON, SOME_FAILED = range(5)

TYPES = """
[production_type.queued]
product = "temporary"
queue = true

[production_type.made-outside]
product = "temporary"
producer = "bureau"
queue = false

[bureau]
outbox = "{world}/outbox"
recipient = "{world}/keys/bureau.pem"
certificate = "{world}/keys/station.pem"
key = "{world}/keys/station.key"
"""


def identity(folder, name, usage):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-noenc", "-days", "30", "-subj", f"/CN={name}",
                    "-addext", f"keyUsage=critical,{usage}", "-keyout", folder / f"{name}.key", "-out", folder / f"{name}.pem"],
                   check=True, stderr=subprocess.DEVNULL)
    (folder / f"{name}.key").chmod(0o600)


class Station(World):
    """A station that offers everything, with an encoder for cards by hand and a bureau."""

    def __init__(self, *options, **more):
        super().__init__(*options, change=self.offer_everything, **more)
        (self.directory / "outbox").mkdir(mode=0o700)
        identity(self.directory / "keys", "bureau", "keyAgreement")
        identity(self.directory / "keys", "station", "digitalSignature")
        self.in_reader = None

    def offer_everything(self, text):
        text = re.sub(r"^(order|initialize|assign|import) = false", r"\1 = true", text, flags=re.M)
        text = text.replace("[line]\n", '[line]\nhand_encoder = "^Cardwright 0 00 01$"\n')
        return text + TYPES.format(world=self.directory)

    def put_in(self, chip):
        """Somebody puts a card into the second reader, and takes the one out that was there."""
        self.take_out()
        self.in_reader = self.start("vcard", BIN / "cardwright-vcard", "--insert", chip, "--write-back", "--port", HAND_PORT)

    def take_out(self):
        if self.in_reader:
            self.in_reader.send_signal(signal.SIGTERM)
            self.in_reader.wait(10)
            self.in_reader = None
            time.sleep(1)  # as a person needs: pcscd looks each 0.4 s, and does not see a card that was changed meanwhile

    def blank(self, serial):
        chip = self.directory / f"blank-{serial}.vcard"
        subprocess.run([BIN / "cardwright-vcard", "--new", chip, "--serial", str(serial)], check=True, stdout=subprocess.DEVNULL)
        return chip

    def chip_of(self, card):
        """The file of the finished body of this card, in the output tray."""
        done = [attempt["id"] for attempt in self.attempts(card) if attempt["kind"] == "produce" and attempt["phase"] == "done"]
        return self.tray / f"{done[-1]}.vcard"


class UseCase(unittest.TestCase):
    simulator_options = ()
    faults = ""

    @classmethod
    def setUpClass(cls):
        cls.station = Station(*cls.simulator_options, faults=cls.faults)
        cls.station.start_daemon()

    @classmethod
    def tearDownClass(cls):
        cls.station.__exit__()

    def ctl(self, *words, status=DONE, given=None):
        ended = subprocess.run([BIN / "cardwrightctl", "--socket", self.station.station, *map(str, words)], input=given, text=True,
                               capture_output=True, timeout=120)
        self.assertEqual(ended.returncode, status, f"{words}: {ended.stdout}{ended.stderr}")
        return ended.stdout if status in (DONE, SOME_FAILED) else ended.stderr

    def ask(self, *words, **more):
        """The last reply of a command, as its parameters."""
        return json.loads(self.ctl("--json", *words, **more).splitlines()[-1])

    def refused(self, error, *words, **more):
        """Is refused with this error, and changes nothing."""
        before = self.changes()
        reply = self.ctl("--json", *words, status=REFUSED, **more)
        self.assertIn(error, reply, words)
        self.assertEqual(self.changes(), before, f"{words} was refused, and changed something")
        return reply

    def changes(self):
        with self.station.client() as client:
            return next(client.call_more("Production.Watch"))["sequence"]

    def card(self, card):
        with self.station.client() as client:
            return client.call("Production.GetCard", card=card)["card"]

    def states(self, *cards):
        return [self.card(card)["state"] for card in cards]

    def request(self, amount):
        return self.ask("request", "-n", amount)["cards"]

    def made(self, amount):
        """Cards of the pool."""
        cards = self.request(amount)
        batch = self.ask("issue", *cards)["batch"]
        self.ask("complete", batch)
        return cards

    def reaches(self, card, state, seconds=60):
        wait_until(lambda: self.card(card)["state"] == state, seconds, f"{card} {state}")

    def awaits_confirmation(self, batch):
        self.station.wait_for_batch(batch)


class Request(UseCase):
    def test_asks_for_one_to_nine_cards(self):
        self.assertEqual(self.states(*self.request(9)), ["requested"] * 9)
        for amount in (0, 10):
            self.refused("AmountOutOfRange", "request", "-n", amount)

    def test_is_refused_for_what_the_station_does_not_make(self):
        self.refused("ProductNotFound", "request", "-n", 1, "-p", "passport")

    def test_takes_the_options_that_the_product_lets_it_change_and_the_family_knows(self):
        self.refused("OptionNotAllowed", "request", "-n", 1, "--puk-length", 8)
        self.refused("OptionInvalid", "request", "-n", 1, "--pin-length", 9)
        self.refused("OptionInvalid", "request", "-n", 1, "--no-encode", "--certificate", "signature")

    def test_under_the_same_key_is_the_same_request(self):
        first = self.ask("--idempotency-key", "desk-1", "request", "-n", 2)
        self.assertEqual(self.ask("--idempotency-key", "desk-1", "request", "-n", 2), first)
        self.refused("IdempotencyKeyReused", "--idempotency-key", "desk-1", "request", "-n", 3)


class Abort(UseCase):
    def test_withdraws_a_card_before_it_is_made(self):
        cards = self.request(2)
        self.assertEqual(self.ask("abort", *cards)["cards"], cards)
        self.assertEqual(self.states(*cards), ["aborted"] * 2)
        self.assertIn("aborted", self.refused("WrongState", "abort", cards[0]))

    def test_is_refused_once_it_is_issued_and_for_all_if_for_one(self):
        waiting, issued = self.request(2)
        self.ask("issue", issued)
        self.refused("WrongState", "abort", waiting, issued)
        self.refused("CardNotFound", "abort", "C999")
        self.assertEqual(self.states(waiting), ["requested"])


class IssueMultiple(UseCase):
    faults = "card 2 apdu 16 die\n"

    def test_makes_them_then_repeats_what_failed_or_is_misprinted_then_completes(self):
        cards = self.request(3)
        check = self.ask("issue", "--all", "--check")
        self.assertEqual((check["cards"], check.get("batch")), (cards, None))
        self.assertEqual(self.states(*cards), ["requested"] * 3)

        made = self.ask("issue", "--all", "--pin-length", 8, status=SOME_FAILED)
        batch = made["batch"]
        self.assertEqual(self.states(*cards), ["awaitingConfirmation", "failed", "awaitingConfirmation"])
        self.refused("BatchNotSettled", "complete", batch)
        self.ctl("repeat", batch, "--failed", status=USAGE)
        self.refused("ReasonInvalid", "repeat", batch, "--failed", "--reason", "boredom")
        self.refused("CardNotInBatch", "repeat", batch, *self.request(1), "--reason", "misprinted")

        self.ask("repeat", batch, "--failed", "--reason", "damaged")
        self.ask("repeat", batch, cards[2], "--reason", "misprinted")
        ends = [attempt["phase"] for card in cards for attempt in self.card(card)["attempts"]]
        self.assertEqual(ends, ["done", "spoiled", "done", "condemned", "done"])
        self.assertEqual(self.ask("complete", batch)["cards"], cards)
        self.assertEqual(self.states(*cards), ["unassigned"] * 3)
        self.assertIn("completed", self.refused("WrongState", "complete", batch))

        rows = list(csv.DictReader(io.StringIO(self.ctl("export", batch))))
        self.assertEqual([row["phase"] for row in rows], ends)
        self.assertEqual(len({row["chip"] for row in rows}), 5)

    def test_is_refused_for_what_is_no_card_in_that_state(self):
        self.refused("CardNotFound", "issue", "C999")
        card, = self.request(1)
        self.ask("abort", card)
        self.refused("WrongState", "issue", card)


class GiveUpAndCancel(UseCase):
    faults = "card 1 apdu 16 die\n"

    def test_a_card_that_failed_is_given_up_and_the_batch_completes_without_it(self):
        cards = self.request(2)
        batch = self.ask("issue", *cards, status=SOME_FAILED)["batch"]
        self.refused("WrongState", "give-up", cards[1])
        self.ask("give-up", cards[0])
        self.assertEqual(self.ask("complete", batch)["cards"], cards[1:])
        self.assertEqual(self.states(*cards), ["aborted", "unassigned"])

    def test_a_cancelled_batch_gives_back_what_was_not_begun(self):
        cards = self.request(9)
        self.ask("pause")
        with self.station.client() as client:
            batch = client.call("Production.IssueCards", cards=cards)["batch"]
        self.assertEqual(self.ask("cancel", batch)["cards"], cards)
        self.ask("resume")
        self.assertEqual(self.states(*cards), ["requested"] * 9)
        self.refused("WrongState", "cancel", batch)
        self.assertEqual(self.station.batch(batch)["state"], "cancelled")


class Order(UseCase):
    def test_is_made_at_once_without_the_queue(self):
        order = self.ask("order", "-n", 2)
        self.reaches(order["cards"][1], "awaitingConfirmation")
        shown = self.ask("orders", order["order"])["order"]
        self.assertEqual((shown["state"], shown["counts"]), ("inProduction", {"awaitingConfirmation": 2}))
        self.refused("WrongState", "abort", order["order"])
        self.ask("complete", shown["batch"])
        self.assertEqual(self.ask("orders", order["order"])["order"]["state"], "completed")

    def test_waits_in_the_queue_by_priority_and_then_by_arrival(self):
        self.ask("pause")
        late, early, urgent = (self.ask("order", "-n", 1, "-t", "queued", "--priority", priority) for priority in (200, 100, 0))
        held = self.ask("order", "-n", 1, "-t", "queued", "--priority", 0)["order"]
        self.ask("hold", held)
        queue = [late, early, urgent]
        self.assertEqual(self.states(*(order["cards"][0] for order in queue)), ["processing"] * 3)
        self.ask("resume")
        for order in queue:
            self.reaches(order["cards"][0], "awaitingConfirmation")
        batches = [self.ask("orders", order["order"])["order"]["batch"] for order in (urgent, early, late)]
        self.assertEqual(sorted(batches, key=lambda batch: int(batch[1:])), batches)
        self.assertEqual(self.ask("orders", held)["order"]["state"], "processing")
        self.ask("unhold", held)
        wait_until(lambda: self.ask("orders", held)["order"].get("batch"), 30, "the order that was held")

    def test_in_the_queue_can_be_aborted_and_not_afterwards(self):
        self.ask("pause")
        order = self.ask("order", "-n", 3, "-t", "queued")
        self.assertEqual(self.ask("abort", order["cards"][0])["cards"], order["cards"][:1])
        self.assertEqual(self.ask("abort", order["order"])["cards"], order["cards"][1:])
        self.assertEqual(self.ask("orders", order["order"])["order"]["state"], "aborted")
        self.refused("WrongState", "hold", order["order"])
        self.ask("resume")
        self.assertEqual(self.states(*order["cards"]), ["aborted"] * 3)

    def test_is_refused_for_what_is_wrong_in_it(self):
        self.refused("AmountOutOfRange", "order", "-n", 10)
        self.refused("ProductionTypeNotFound", "order", "-n", 1, "-t", "nothing")
        self.refused("OptionNotAllowed", "order", "-n", 1, "-t", "queued", "--no-queue")
        self.refused("NumberOutOfRange", "order", "-n", 1, "--priority", 256)
        self.refused("HolderNotFound", "order", "-n", 1, "--holder", "nobody")
        self.refused("OrderNotFound", "hold", "O999")


class Initialize(UseCase):
    """Bodies that a bureau made."""

    def order(self, amount):
        order = self.ask("order", "-n", amount, "-t", "made-outside")
        job = self.station.directory / "outbox" / f"{order['order']}.p7m"
        wait_until(job.exists, 20, "the job file")
        return order["order"], order["cards"]

    def manifest(self, order, *lines, status=None):
        table = "order,card,result,chip,reason\n" + "".join(f"{line}\n" for line in lines)
        if status:
            return self.refused(status, "manifest", order, "-", given=table)
        failed = any(",failed," in line for line in lines)
        return self.ask("manifest", order, "-", given=table, status=SOME_FAILED if failed else DONE)

    def test_gives_a_body_of_the_bureau_its_pin_and_certificates(self):
        order, (first, second, third) = self.order(3)
        self.assertEqual(self.states(first), ["ordered"])
        chip = self.station.blank(7001)
        self.manifest("O999", f"O999,{first},produced,01,", status="OrderNotFound")
        self.manifest(order, f"O999,{first},produced,01,", status="ManifestOfOtherOrder")
        wrong = self.manifest(order, f"{order},C999,produced,01,", f"{order},{second},broken,,", status="ManifestInvalid")
        self.assertIn('"line":3', wrong)
        self.assertEqual(self.states(first, second, third), ["ordered"] * 3)
        serial = 7001
        taken = self.manifest(order, f"{order},{first},produced,{serial},", f"{order},{second},failed,,laminate came off")
        self.assertEqual((taken["produced"], taken["failed"]), ([first], [second]))
        self.assertEqual(self.states(first, second, third), ["produced", "failed", "ordered"])

        self.ctl("initialize", first, status=SOME_FAILED)  # nothing lies in the encoder
        self.assertEqual(self.states(first), ["produced"])
        self.station.put_in(self.station.blank(7002))
        self.ctl("initialize", first, status=SOME_FAILED)  # another body
        self.assertEqual(self.states(first), ["produced"])
        self.station.put_in(chip)
        wait_until(lambda: self.initialized(first), 20, "the initialisation")
        self.assertEqual(self.states(first), ["unassigned"])
        wait_until(self.station.letter_file(first).exists, 20, "its letter")
        self.refused("WrongState", "initialize", first)

        again = self.ask("repeat", order, "--failed", "--reason", "damaged")
        self.assertEqual((again["cards"], self.states(second)), ([second], ["ordered"]))
        self.assertNotEqual(again["order"], order)
        self.ask("give-up", third)
        self.assertEqual(self.states(third), ["aborted"])

    def initialized(self, card):
        """pcscd needs a moment to see a card."""
        subprocess.run([BIN / "cardwrightctl", "--socket", self.station.station, "initialize", card], capture_output=True, timeout=120)
        return self.card(card)["state"] != "produced"


class Pool(UseCase):
    def holder(self, name, *options):
        self.ask("holder", name, "--name", name.title(), *options)

    def test_assigns_extends_withdraws_encodes_anew_and_locks(self):
        first, second, third = self.made(3)
        self.refused("HolderNotFound", "assign", first, "ada")
        self.holder("ada")
        self.holder("bob", "--inactive")
        self.refused("HolderNotActive", "assign", first, "bob")
        self.refused("NumberOutOfRange", "assign", first, "ada", "--days", 0)
        until = self.ask("assign", first, "ada", "--days", 3)["validUntil"]
        self.refused("HolderHasCard", "assign", second, "ada")
        self.refused("WrongState", "assign", first, "ada")
        self.assertGreater(self.ask("extend", first)["validUntil"], until)
        self.refused("WrongState", "extend", second)
        self.refused("WrongState", "withdraw", second)

        self.ask("withdraw", first)
        self.assertTrue(self.card(first)["encodingDue"])
        self.revoked(first)
        self.ctl("assign", first, "ada", status=SOME_FAILED)  # it does not lie in the encoder
        self.assertEqual(self.states(first), ["unassigned"])
        letter = self.station.letter_file(first).read_bytes()
        self.station.put_in(self.station.chip_of(first))
        wait_until(lambda: self.assigned(first, "ada"), 20, "the encoding")
        self.assertFalse(self.card(first)["encodingDue"])
        self.assertEqual([attempt["kind"] for attempt in self.card(first)["attempts"] if attempt["phase"] == "done"], ["produce", "reencode"])
        wait_until(lambda: self.station.letter_file(first).read_bytes() != letter, 20, "its new letter")

        self.ask("lock", first)
        self.revoked(first)
        self.refused("WrongState", "lock", first)
        replacement = self.ask("lock", second, "--reason", "misprinted", "--replace")["replacement"]
        self.assertEqual(self.states(first, second, third, replacement), ["locked", "locked", "unassigned", "requested"])

    def assigned(self, card, holder):
        subprocess.run([BIN / "cardwrightctl", "--socket", self.station.station, "assign", card, holder], capture_output=True, timeout=120)
        return self.card(card)["state"] == "assigned"

    def revoked(self, card):
        """Every certificate that the card had until now is on the list."""
        serials = [serial for attempt in self.card(card)["attempts"] for serial in attempt["certificates"]]
        self.assertTrue(serials)

        def listed():
            text = subprocess.run(["openssl", "crl", "-in", self.station.directory / "ca/crl.pem", "-noout", "-text"], capture_output=True,
                                  text=True, check=True).stdout.lower()
            return all(serial.lower().lstrip("0") in text for serial in serials)
        wait_until(listed, 20, f"certificates of {card} on the list")


class Import(UseCase):
    def test_requests_every_line_of_a_table_or_none(self):
        wrong = self.refused("ImportInvalid", "import", "-", given="product,name\ntemporary,Ada\npassport,Bob\n")
        self.assertIn("product", wrong)
        cards = self.ask("import", "-", given='product,name,note\ntemporary,"Lovelace, Ada",first\nvisitor,Bob,\n')["cards"]
        self.assertEqual([self.card(card)["fields"] for card in cards], [{"name": "Lovelace, Ada"}, {"name": "Bob"}])
        self.assertEqual([self.card(card)["product"] for card in cards], ["temporary", "visitor"])
        made = self.ask("issue", *cards)
        self.ask("complete", made["batch"])
        self.assertEqual(self.states(*cards), ["unassigned"] * 2)
        total = self.ask("stats", "--by", "product")["statistics"]
        self.assertEqual(sum(row["good"] for row in total), 2)


class AsShipped(unittest.TestCase):
    def test_offers_requests_only(self):
        with World() as world:
            world.start_daemon()
            run = lambda *words: subprocess.run([BIN / "cardwrightctl", "--socket", world.station, *words], capture_output=True, text=True,
                                                input="product\ntemporary\n")
            run("request", "-n", "1")
            for words in (["order", "-n", "1"], ["assign", "C1", "ada"], ["initialize", "C1"], ["import", "-"], ["holder", "ada", "--name", "Ada"],
                          ["withdraw", "C1"], ["lock", "C1"], ["extend", "C1"]):
                ended = run("--json", *words)
                self.assertEqual(ended.returncode, REFUSED, words)
                self.assertIn("UseCaseDisabled", ended.stdout + ended.stderr, words)


if __name__ == "__main__":
    unittest.main()
