"""The devices fail while real cards are made over real PC/SC: the attempt ends with its reason, the next card is made, the daemon goes on."""
import os
import pathlib
import signal
import subprocess
import unittest

from world import World, wait_until

PCSCD = pathlib.Path(os.environ["PRIVATE_PCSCD"])


def patient_for(seconds):
    return lambda text: text.replace("[card]", f"[card]\nchip_seconds = {seconds}")


class AStation(unittest.TestCase):
    def make_three(self, faults, help_it=lambda world: None, chip_seconds=3):
        with World(faults=faults, change=patient_for(chip_seconds)) as world:
            world.start_daemon()
            batch = world.issue(3)
            help_it(world)
            cards = world.wait_for_batch(batch)["cards"]
            self.assertIsNone(world.daemon.poll(), "the daemon died")
            self.assertEqual([cards[0]["state"], cards[2]["state"]], ["awaitingConfirmation"] * 2)
            return cards[1], world.attempts(cards[1]["id"])[0]

    def test_makes_the_next_card_after_one_was_pulled_while_it_was_encoded(self):
        card, attempt = self.make_three("card 2 apdu 12 contactLost\n")
        self.assertEqual((card["state"], attempt["phase"]), ("failed", "spoiled"))
        self.assertIn(attempt["reason"], ("chipLost", "chipCommunication"))

    def test_makes_the_next_card_after_a_chip_died_while_it_was_encoded(self):
        card, attempt = self.make_three("card 2 apdu 12 die\n")
        self.assertEqual((card["state"], attempt["phase"]), ("failed", "spoiled"))

    def test_makes_the_next_card_after_a_chip_hung_while_it_was_encoded(self):
        card, attempt = self.make_three("card 2 apdu 12 hang\n")
        self.assertEqual((card["state"], attempt["phase"], attempt["reason"]), ("failed", "spoiled", "timedOut"))

    def test_makes_the_next_card_after_pcscd_was_killed_and_started_again(self):
        def kill_pcscd(world):
            # The second chip hangs: pcscd dies while the daemon waits for an answer.
            wait_until(lambda: len(world.batch("B1")["cards"]) == 3 and self.phase(world) == "encodeIntent", 60, "the second card's encoding")
            os.kill(int((PCSCD / "pid").read_text()), signal.SIGKILL)
            wait_until(lambda: self.phase(world) == "spoiled", 30, "the end of that attempt")
            subprocess.run([PCSCD / "start"], check=True)

        # So long that it is the kill which ends the attempt.
        card, attempt = self.make_three("card 2 apdu 12 hang\n", kill_pcscd, chip_seconds=60)
        self.assertEqual((card["state"], attempt["phase"]), ("failed", "spoiled"))
        self.assertIn(attempt["reason"], ("smartCardServiceGone", "chipLost"))

    @staticmethod
    def phase(world):
        attempts = world.attempts(world.batch("B1")["cards"][1]["id"])
        return attempts[0]["phase"] if attempts else None

    def test_waits_for_blanks_and_goes_on_by_itself(self):
        with World("--blanks", "1") as world:
            world.start_daemon()
            batch = world.issue(2)
            paused = wait_until(lambda: (lambda b: b if b["state"] == "paused" else None)(world.batch(batch)), 30, "the pause")
            self.assertEqual(paused["reason"], "hopperEmpty")
            world.tell("load 5")
            self.assertEqual([card["state"] for card in world.wait_for_batch(batch)["cards"]], ["awaitingConfirmation"] * 2)

    def test_starts_without_a_printer_and_finds_it_later(self):
        with World() as world:
            world.simulator.terminate()
            world.simulator.wait()
            world.start_daemon()
            batch = world.issue(1)
            wait_until(lambda: world.batch(batch)["state"] == "paused", 10, "the pause")
            world.start_simulator()
            world.wait_for_batch(batch)


if __name__ == "__main__":
    unittest.main(verbosity=2)
