"""Each device fails in the middle of a batch: the line says why it waits, goes on by itself once that is mended, and the daemon is never restarted."""
import os
import pathlib
import signal
import subprocess
import time
import unittest

from people import Watcher, bodies_wrong, sums_wrong
from world import World, wait_until

PCSCD = pathlib.Path(os.environ["PRIVATE_PCSCD"])

# What a person does at the machine about each reason.
MENDED_BY = {"hopperEmpty": "load 5", "ribbonOut": "ribbon", "outputFull": "empty output", "rejectBinFull": "empty reject",
             "jam": "remove card", "cardInside": "remove card"}


def kill_pcscd():
    os.kill(int((PCSCD / "pid").read_text()), signal.SIGKILL)


def start_pcscd():
    subprocess.run([PCSCD / "start"], check=True)


class TheSecondOfThreeCards(unittest.TestCase):
    """Its attempt meets the outage; the cards before and after it are good."""

    def make_three(self, faults="", outage=lambda world: None, at=None, hung=False, options=(), chip_seconds=3):
        """`outage` comes when the second card's attempt is at phase `at`. Its card, its first attempt and the reasons for which the line waited."""
        patient = lambda text: text.replace("[card]", f"[card]\nchip_seconds = {chip_seconds}")
        with World(*options, faults=faults, change=patient) as world:
            world.start_daemon()
            watcher = Watcher(world)
            watcher.start()
            batch = world.issue(3)
            if at:
                watcher.wait_until(lambda change: (change["subject"], change.get("card"), change["state"]) == ("attempt", "C2", at), 60)
            if hung:
                time.sleep(1)  # its twelfth command, which gets no answer, is a few milliseconds away, and nobody tells of it
            outage(world)
            wait_until(lambda: self.mended(world, batch), 90, "the end of the batch")
            self.assertIsNone(world.daemon.poll(), "the daemon died")
            cards = world.batch(batch)["cards"]
            self.assertEqual([cards[0]["state"], cards[2]["state"]], ["awaitingConfirmation"] * 2)
            self.assertEqual(sums_wrong(world) + bodies_wrong(world), [])
            return cards[1], world.attempts("C2")[0], watcher.reasons_of_the_line()

    def while_encoded(self, outage):
        # The chip hangs for so long that it is the outage which ends the exchange.
        return self.make_three("card 2 apdu 12 hang\n", outage, at="encodeIntent", hung=True, chip_seconds=60)

    @staticmethod
    def mended(world, batch):
        now = world.batch(batch)
        if now["state"] == "paused" and now["reason"] in MENDED_BY:
            world.tell(MENDED_BY[now["reason"]])
            time.sleep(0.5)
        return now["state"] == "awaitingConfirmation"

    def assert_good(self, made, *shown):
        self.assert_ended(made, "awaitingConfirmation", "done", (None,), *shown)

    def assert_ended(self, made, state, phase, reasons, *shown):
        """`shown`: for which reason the line waited last; none when it did not."""
        card, attempt, waited = made
        self.assertEqual((card["state"], attempt["phase"]), (state, phase), attempt)
        self.assertIn(attempt.get("reason"), reasons)
        self.assertTrue(waited[-1] in shown if shown else not waited, f"the line waited for {waited}")

    # --- the chip

    def test_is_good_when_its_chip_lost_contact(self):
        self.assert_good(self.make_three("card 2 apdu 12 contactLost\n"))

    def test_is_good_when_its_chip_hung(self):
        self.assert_good(self.make_three("card 2 apdu 12 hang\n"))

    def test_is_spoiled_when_its_chip_died(self):
        self.assert_ended(self.make_three("card 2 apdu 12 die\n"), "failed", "spoiled", ("chipLost", "chipMute", "chipCommunication"))

    # --- reader and smart card service

    def test_is_good_when_pcscd_was_killed_and_started_again(self):
        def outage(world):
            kill_pcscd()
            self.wait_for_pause(world, "smartCardServiceGone", "readerGone")
            start_pcscd()

        self.assert_good(self.while_encoded(outage), "smartCardServiceGone", "readerGone")

    def test_is_good_when_pcscd_was_killed_and_started_again_while_it_was_printed(self):
        def outage(_):
            kill_pcscd()
            start_pcscd()

        self.assert_good(self.make_three(outage=outage, at="printIntent"))

    def test_is_good_when_the_reader_was_unplugged_for_a_while(self):
        readers, away = PCSCD / "conf.d/vpcd", PCSCD / "vpcd.unplugged"

        def restart_pcscd():
            kill_pcscd()
            start_pcscd()

        def outage(world):
            readers.rename(away)
            readers.touch()  # a service without readers
            restart_pcscd()
            self.wait_for_pause(world, "readerGone")
            away.rename(readers)
            restart_pcscd()

        self.assert_good(self.while_encoded(outage), "readerGone")

    # --- the printer

    def test_is_good_when_the_printer_had_no_power_for_a_while(self):
        self.assert_good(self.while_encoded(lambda world: world.tell("cut power")), "printerGone")

    def test_is_spoiled_when_the_printer_lost_power_while_it_printed(self):
        self.assert_ended(self.make_three("card 2 print powerLost\n"), "failed", "spoiled", ("linkLost",), "printerGone")

    def test_is_spoiled_when_the_printer_dropped_it_into_the_reject_bin(self):
        self.assert_ended(self.make_three("card 2 leave purgedToReject\n"), "failed", "spoiled", ("linkLost",), "printerGone")

    def test_is_in_doubt_when_the_printer_dropped_it_into_the_output(self):
        self.assert_ended(self.make_three("card 2 print purgedToOutput\n"), "inDoubt", "inDoubt", ("linkLost",), "printerGone")

    def test_is_good_when_the_link_to_the_printer_was_gone_for_a_while(self):
        def outage(world):
            world.simulator.terminate()
            world.simulator.wait()
            self.wait_for_pause(world, "printerGone", "linkLost")
            world.start_simulator()

        self.assert_good(self.while_encoded(outage), "printerGone", "linkLost")

    def test_waits_for_blanks(self):
        self.assert_good(self.make_three(options=("--blanks", "1")), "hopperEmpty")

    def test_is_spoiled_when_the_ribbon_ended_under_it(self):
        self.assert_ended(self.make_three("card 2 print ribbonEnded\n"), "failed", "spoiled", ("ribbonEndedInPrint",), "ribbonOut")

    def test_is_spoiled_when_the_cover_was_opened_over_it(self):
        self.assert_ended(self.make_three("card 2 print coverOpened\n"), "failed", "spoiled", ("coverOpenedInPrint",), "coverOpen")

    def test_is_in_doubt_when_it_was_jammed_and_taken_out(self):
        self.assert_ended(self.make_three("card 2 print jam\n"), "inDoubt", "inDoubt", ("jam",), "jam")

    def test_is_good_when_the_output_was_full(self):
        self.assert_good(self.make_three("card 2 finish outputFull\n"), "outputFull")

    def wait_for_pause(self, world, *reasons):
        paused = wait_until(lambda: (lambda batch: batch if batch["state"] == "paused" else None)(world.batch("B1")), 60, "the pause")
        self.assertIn(paused["reason"], reasons)


class AStation(unittest.TestCase):
    def test_starts_without_a_printer_and_finds_it_later(self):
        with World() as world:
            world.simulator.terminate()
            world.simulator.wait()
            world.start_daemon()
            batch = world.issue(1)
            paused = wait_until(lambda: (lambda batch: batch if batch["state"] == "paused" else None)(world.batch(batch)), 10, "the pause")
            self.assertEqual(paused["reason"], "printerGone")
            world.start_simulator()
            world.wait_for_batch(batch)


if __name__ == "__main__":
    unittest.main(verbosity=2)
