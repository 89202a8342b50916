"""A letter goes out once its card is confirmed, into a folder or on paper; its PIN opens that card, and is nowhere else."""
import json
import os
import re
import shutil
import subprocess
import sys
import unittest

from paper import Paper
from world import BIN, TOP, VarlinkError, World, wait_until


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


def ask_as(user, world, method, **parameters):
    """The kernel says who calls, so that it takes a process of that user. A refusal is its name."""
    answer, to_parent = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)
            with world.client() as client:
                said = client.call(method, **parameters)
        except VarlinkError as refused:
            said = refused.name
        except OSError as failed:
            said = str(failed)
        os.write(to_parent, json.dumps(said).encode())
        os._exit(0)
    os.close(to_parent)
    with open(answer) as pipe:
        said = json.load(pipe)
    os.waitpid(child, 0)
    return said


class ThatTwoPersonsRelease(unittest.TestCase):
    def test_waits_for_the_second_who_is_not_the_first(self):
        ada, bob, eve = 4001, 4002, 4003
        try:
            subprocess.run(["true"], user=ada, group=ada, extra_groups=[], check=True)
        except (OSError, subprocess.SubprocessError) as why:
            self.skipTest(f"this takes processes of other users: run it as root ({why})")
        with World(change=lambda text: text.replace("persons = 0", "persons = 2")) as world:
            roles = world.directory / "etc/roles.toml"
            roles.write_text(re.sub(r"(\[custodian\].*\nuids = )\[0\]", rf"\g<1>[0, {ada}, {bob}]", roles.read_text()))
            world.start_daemon()
            world.run.chmod(0o711)
            world.station.chmod(0o666)
            (card,) = confirmed(world, 1)
            (letter,) = letters_of(world)
            self.assertEqual((letter["state"], letter["card"]), ("waiting", card))
            name = letter["letter"]
            self.assertIn("PermissionDenied", ask_as(eve, world, "Custody.ReleaseLetters", letters=[name]))
            for _ in range(2):
                said = ask_as(ada, world, "Custody.ReleaseLetters", letters=[name])
                self.assertEqual((said["letters"], said["awaitingSecondPerson"]), ([], [name]))
            self.assertFalse(world.letter_file(card).exists())
            self.assertEqual(ask_as(bob, world, "Custody.ReleaseLetters", letters=[name])["letters"], [name])
            wait_until(world.letter_file(card).exists, 20, "the letter")
            wait_until(lambda: letters_of(world)[0]["state"] == "delivered", 20, "a word of it")
            self.assertEqual(letters_of(world)[0]["releasedBy"], [ada, bob])
            self.assertEqual(on(world.letter(card), "Control number"), letter["control"])
            let_others_verify(world, [card])


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

    def test_is_in_doubt_after_a_crash_until_a_person_has_looked(self):
        with Paper() as paper, World(change=lambda text: text.replace("[letters]\n", f'[letters]\nprinter = "{paper.uri}"\n')) as world:
            world.start_daemon()
            (paper.folder / "script").write_text("await go\n")
            confirmed(world, 1)
            wait_until(paper.printed, 20, "the printer's beginning")
            world.kill_daemon()
            world.start_daemon()
            (letter,) = letters_of(world)
            self.assertEqual(letter["state"], "inDoubt")
            (paper.folder / "go").touch()
            with world.client() as client:
                client.call("Custody.ResolveLetter", letter=letter["letter"], delivered=True)
            self.assertEqual(letters_of(world)[0]["state"], "delivered")
            self.assertEqual(len(paper.printed()), 1)


if __name__ == "__main__":
    unittest.main(verbosity=2)
