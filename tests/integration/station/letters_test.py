"""A letter goes out once its card is confirmed, into a folder or on paper; its PIN opens that card, and is nowhere else."""
import re
import shutil
import subprocess
import sys
import unittest

from paper import Paper
from world import BIN, TOP, World, wait_until


def words(pdf):
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], check=True, capture_output=True, text=True).stdout


def on(text, label):
    """What stands behind this label; the line has nothing else."""
    (found,) = re.findall(rf"^ *{label}: *(\S+)$", text, re.M)
    return found


def confirmed(world, amount):
    batch = world.issue(amount)
    world.wait_for_batch(batch)
    with world.client() as client:
        client.call("Production.CompleteBatch", batch=batch)
    return [f"C{number}" for number in range(1, amount + 1)]


def let_others_verify(world, cards):
    """OpenSC signs with the PIN of each letter."""
    for card in cards:
        (attempt,) = [attempt["id"] for attempt in world.attempts(card) if attempt["phase"] == "done"]
        shutil.copy(world.tray / f"{attempt}.vcard", world.directory / f"tray/{card}.vcard")
    subprocess.run([TOP / "tools/verify-cards", BIN, world.directory], check=True, stdout=sys.stdout, stderr=sys.stderr)


def letters_of(world):
    with world.client() as client:
        return client.call("Custody.ListLetters")["letters"]


class InAFolder(unittest.TestCase):
    def test_each_opens_its_card_and_names_nobody(self):
        with World() as world:
            world.start_daemon()
            cards = confirmed(world, 2)
            for card in cards:
                wait_until(world.letter_file(card).exists, 20, f"the letter of {card}")
            numbers = []
            for card in cards:
                text = world.letter(card)
                with world.client() as client:
                    number = client.call("Production.GetCard", card=card)["card"]["number"]
                self.assertRegex(on(text, "PIN"), r"^\d{6}$")
                numbers.append(on(text, "Control number"))
                self.assertTrue(number not in text and card not in text, "the letter says whose it is")
            self.assertEqual(len(set(numbers)), 2)
            let_others_verify(world, cards)


class OnPaper(unittest.TestCase):
    def test_each_is_printed_once_and_opens_its_card(self):
        with Paper() as paper, World(change=lambda text: text.replace("[letters]\n", f'[letters]\nprinter = "{paper.uri}"\n')) as world:
            world.start_daemon()
            paper.load(0)
            cards = confirmed(world, 2)
            wait_until(lambda: any("paper" in letter.get("text", "") for letter in letters_of(world)), 20, "a word about the paper")
            self.assertEqual(paper.printed(), [])
            paper.load(250)
            wait_until(lambda: len(paper.printed()) == 2, 60, "the letters")
            self.assertEqual(list((world.directory / "letters").iterdir()), [])
            self.assertEqual(sorted(paper.names()), sorted(on(words(sheet), "Control number") for sheet in paper.printed()))
            # Which is whose is for the custodian to say: the control number does.
            of_card = {letter["control"]: letter["card"] for letter in letters_of(world)}
            for sheet in paper.printed():
                shutil.copy(sheet, world.letter_file(of_card[on(words(sheet), "Control number")]))
            let_others_verify(world, cards)
            self.assertEqual(len(paper.printed()), 2)


if __name__ == "__main__":
    unittest.main(verbosity=2)
