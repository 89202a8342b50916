"""After cards were made and confirmed, no PIN and no PUK is anywhere but on the letters and on the chips."""
import json
import os
import pathlib
import re
import threading
import time
import unittest

from world import World, wait_until


class Onlooker(threading.Thread):
    """What a process list shows of the daemon, of what it starts, and of the world: words and environment."""

    def __init__(self, parent):
        super().__init__(daemon=True)
        self.parent, self.seen, self.programs, self.ended = parent, set(), set(), threading.Event()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join()

    def run(self):
        while not self.ended.is_set():
            for process in self.family(self.parent):
                for what in ("cmdline", "environ"):
                    try:
                        data = pathlib.Path(f"/proc/{process}/{what}").read_bytes()
                    except OSError:
                        continue  # it ended meanwhile
                    self.seen.add(data)
                    if what == "cmdline":
                        self.programs.add(os.path.basename(data.split(b"\0")[0]))
            time.sleep(0.002)

    def family(self, process):
        """The process and all that come from it."""
        yield process
        try:
            children = [child for path in pathlib.Path(f"/proc/{process}/task").glob("*/children") for child in path.read_text().split()]
        except OSError:
            return
        for child in children:
            yield from self.family(child)


class PinsAndPuks(unittest.TestCase):
    def test_are_in_no_log_no_database_no_reply_and_no_process_list(self):
        # PUKs on the letters too, so that this test knows them.
        with World(change=lambda text: text.replace("[product.temporary]", "[product.temporary]\npuk_on_letter = true")) as world:
            temporary = world.directory / "temporary"
            temporary.mkdir()
            replies = []
            with Onlooker(os.getpid()) as onlooker:
                world.start_daemon(env={**os.environ, "TMPDIR": str(temporary)})
                batch = world.issue(3)
                world.wait_for_batch(batch)
                with world.client() as client:
                    client.call("Production.CompleteBatch", batch=batch)
                    wait_until(lambda: {letter["state"] for letter in client.call("Custody.ListLetters")["letters"]} == {"delivered"}, 20, "the letters")
                    replies.append(json.dumps(client.call("Custody.ListLetters")))
                    for card in ("C1", "C2", "C3"):
                        replies.append(json.dumps(client.call("Production.GetCard", card=card)))
                running = [(path, path.read_bytes()) for path in (world.directory / "state").iterdir()]  # the write-ahead log too
                world.daemon.terminate()
                self.assertEqual(world.daemon.wait(20), 0)
            self.assertIn(b"cardwright-render", onlooker.programs)
            self.assertTrue(any(path.name == "station.db-wal" for path, _ in running))
            secrets = [secret for card in ("C1", "C2", "C3") for secret in re.findall(r"^ *(?:PIN|PUK): *(\d+)$", world.letter(card), re.M)]
            self.assertEqual(len(secrets), 6)
            self.assertEqual(sorted(path.name for path in (world.directory / "letters").iterdir()), ["C1.pdf", "C2.pdf", "C3.pdf"])
            for letter in (world.directory / "letters").iterdir():
                self.assertEqual(letter.stat().st_mode & 0o777, 0o600)
            folders = ("state", "log", "etc", "ca", "faces", "temporary")
            left = [path for folder in folders for path in (world.directory / folder).rglob("*") if path.is_file()]
            places = [(path, path.read_bytes()) for path in left] + running
            places += [("a reply", reply.encode()) for reply in replies] + [("the process list", data) for data in onlooker.seen]
            # Six digits also occur by chance in binary files: each secret is looked for as a number of its own.
            for place, data in places:
                self.assertNotIn(b"%PDF", data, f"a letter, packed as it may be, is in {place}")
                for secret in secrets:
                    found = re.search(rb"(?<![0-9a-fA-F])%s(?![0-9a-fA-F])" % secret.encode(), data)
                    self.assertIsNone(found, f"a PIN or PUK stands in {place}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
