"""docs/examples against the running station: the client as a front end uses it, and the calls of docs/interface.md."""
import json
import re
import subprocess
import sys
import unittest

from world import TOP, VarlinkError, World

CLIENT = TOP / "docs/examples/client.py"
CALLS = json.loads((TOP / "docs/examples/calls.json").read_text())
# The second blank's chip dies in the middle of its personalisation.
SECOND_FAILS = "card 2 apdu 16 die"


def ordering(text):
    return text.replace("order = false", "order = true")


def everything(text):
    """The configuration of a station that offers all there is."""
    text = re.sub(r"^(order|initialize|assign|import) = false", r"\1 = true", text, flags=re.M)
    return text.replace("[line]\n", '[line]\nhand_encoder = "^Cardwright 0 00 01$"\n')


class TheExampleClient(unittest.TestCase):
    def run_client(self, world, *arguments):
        return subprocess.run([sys.executable, CLIENT, "--socket", world.station, *arguments], capture_output=True, text=True, timeout=120)

    def assert_made(self, world, cards, attempts):
        """These cards are in the pool; so many of their attempts ended in each way."""
        with world.client() as client:
            self.assertEqual([client.call("Production.GetCard", card=card)["card"]["state"] for card in cards], ["unassigned"] * len(cards))
        ended = [attempt["phase"] for card in cards for attempt in world.attempts(card)]
        self.assertEqual({phase: ended.count(phase) for phase in ended}, attempts)

    def test_requests_issues_follows_repeats_and_completes(self):
        with World(faults=SECOND_FAILS) as world:
            world.start_daemon()
            done = self.run_client(world, "3", "--field", "name=Ada Lovelace")
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            self.assertIn("C2 failed chipLost\n", done.stdout)
            self.assertIn("C1 awaitingConfirmation", done.stdout)
            self.assertTrue(done.stdout.endswith("B1 completed: C1 C2 C3\n"), done.stdout)
            self.assert_made(world, ["C1", "C2", "C3"], {"done": 3, "spoiled": 1})

    def test_orders_follows_repeats_and_completes(self):
        with World(faults=SECOND_FAILS, change=ordering) as world:
            world.start_daemon()
            done = self.run_client(world, "2", "--order")
            self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
            self.assertIn("O1 inProduction", done.stdout)
            self.assertTrue(done.stdout.endswith("B1 completed: C1 C2\n"), done.stdout)
            self.assert_made(world, ["C1", "C2"], {"done": 2, "spoiled": 1})

    def test_says_why_it_was_refused(self):
        with World() as world:
            world.start_daemon()
            done = self.run_client(world, "1000")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("AmountOutOfRange", done.stderr)
            self.assertIn("9", done.stderr)


class TheCallsOfThePage(unittest.TestCase):
    def test_are_understood_by_the_station(self):
        """Each is answered, or refused for what this young station lacks; never for a parameter or a method."""
        with World(change=everything) as world:
            world.start_daemon()
            for method, example in CALLS.items():
                interface = next(name for name in ("Production", "Maintenance", "Custody") if f"method {method}(" in
                                 (TOP / f"ipc/org.cardwright.{name}.varlink").read_text())
                call = {"method": f"org.cardwright.{interface}.{method}", "parameters": {**example["parameters"]}}
                call["parameters"].pop("idempotencyKey", None)
                with self.subTest(method), world.client() as client:
                    client.send({**call, "more": example.get("more", False)})
                    try:
                        first = client.receive().get("parameters", {})
                        self.assertLessEqual(set(first), {member for reply in example["replies"] for member in reply}, "members of replies")
                    except VarlinkError as refused:
                        self.assertRegex(refused.name, r"^org\.cardwright\.Production\.")
                        self.assertNotIn(refused.name.rpartition(".")[2], ("UseCaseDisabled", "OptionInvalid", "NumberOutOfRange"))


if __name__ == "__main__":
    unittest.main()
