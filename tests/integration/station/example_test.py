"""docs/examples/client.py as a front end uses it, against the running station."""
import subprocess
import sys
import unittest

from world import TOP, World

CLIENT = TOP / "docs/examples/client.py"
# The second blank's chip dies in the middle of its personalisation.
SECOND_FAILS = "card 2 apdu 16 die"


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

    def test_says_why_it_was_refused(self):
        with World() as world:
            world.start_daemon()
            done = self.run_client(world, "1000")
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn("AmountOutOfRange", done.stderr)
            self.assertIn("9", done.stderr)


if __name__ == "__main__":
    unittest.main()
