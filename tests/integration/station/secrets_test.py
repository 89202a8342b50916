"""After cards were made and confirmed, no PIN and no PUK is anywhere but on the letters and on the chips."""
import json
import pathlib
import re
import unittest

from world import World, wait_until


class PinsAndPuks(unittest.TestCase):
    def test_are_in_no_log_no_database_and_no_reply(self):
        # PUKs on the letters too, so that this test knows them.
        with World(change=lambda text: text.replace("[product.temporary]", "[product.temporary]\npuk_on_letter = true")) as world:
            world.start_daemon()
            batch = world.issue(3)
            world.wait_for_batch(batch)
            replies = []
            with world.client() as client:
                client.call("Production.CompleteBatch", batch=batch)
                letters = world.directory / "letters"
                wait_until(lambda: len(list(letters.glob("C*.txt"))) == 3, 10, "the letters")
                for card in ("C1", "C2", "C3"):
                    replies.append(json.dumps(client.call("Production.GetCard", card=card)))
            secrets = [secret for letter in letters.glob("C*.txt") for secret in re.findall(r"^(?:PIN|PUK): (\d+)$", letter.read_text(), re.M)]
            self.assertEqual(len(secrets), 6)
            for letter in letters.glob("*"):
                self.assertEqual(letter.stat().st_mode & 0o777, 0o600)
            world.daemon.terminate()
            self.assertEqual(world.daemon.wait(20), 0)
            places = [path for folder in ("state", "log", "etc", "ca") for path in (world.directory / folder).rglob("*") if path.is_file()]
            self.assertTrue(any(path.name == "station.db" for path in places))
            # Six digits also occur by chance in binary files: each secret is looked for as a number of its own.
            for place, data in [(path, path.read_bytes()) for path in places] + [("a reply", reply.encode()) for reply in replies]:
                for secret in secrets:
                    found = re.search(rb"(?<![0-9a-fA-F])%s(?![0-9a-fA-F])" % secret.encode(), data)
                    self.assertIsNone(found, f"a PIN or PUK stands in {place}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
