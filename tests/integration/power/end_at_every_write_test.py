"""Ends the process of a small station at its first write, at its second, and so on until it survives; each time the next start completes the batch.

end_at_every_write_test.py [--every N] [--from N]: only each N-th write, from this one.
"""
import argparse
import collections
import os
import pathlib
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest

BIN = pathlib.Path(os.environ["BIN"])
MEMORY = "/dev/shm"  # the end of a process loses nothing that was written, wherever it was: syncs may cost nothing
options = argparse.Namespace(every=1, first=1)


class AStationOnFile(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=MEMORY if os.path.isdir(MEMORY) else None))
        subprocess.run([BIN / "station-on-file", "--new", self.folder / "new"], check=True)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def live(self, end_at):
        """What the life says that came to its own end, nothing when it did not."""
        environment = {**os.environ, "LD_PRELOAD": str(BIN / "libend_at.so"), "END_AT": str(end_at)} if end_at else None
        life = subprocess.run([BIN / "station-on-file", self.folder / "station"], env=environment, capture_output=True, text=True, timeout=60)
        self.assertEqual(life.stderr, "")
        self.assertIn(life.returncode, (0, -9))
        return {name: int(number) for name, number in re.findall(r"(\w+) (\d+)", life.stdout)}

    def lives(self, *ends):
        """Lives that are ended at these writes, and one that is not. Whether the first was ended, and what the last one says."""
        shutil.rmtree(self.folder / "station", ignore_errors=True)
        shutil.copytree(self.folder / "new", self.folder / "station")
        for number, end_at in enumerate((*ends, None)):
            with self.subTest(ends=ends):
                if said := self.live(end_at):
                    self.assertEqual(said["good"], 2)
                    return number > 0, said
        self.fail("a life that nobody ends did not come to its end")

    def try_all(self, name, ends_from):
        sums, began, end_at = collections.Counter(), time.monotonic(), options.first
        ended = True
        while ended:
            ended, said = self.lives(*ends_from(end_at))
            sums.update(said if ended else {})
            sums["lives"] += ended
            end_at += options.every
        self.assertGreater(sums["lives"] * options.every, 400, "few writes were counted")
        print(f"{name}, each {options.every} from {options.first}, {dict(sums)}, {time.monotonic() - began:.0f} s")

    def test_completes_its_batch_wherever_its_process_ended(self):
        self.try_all("ended once", lambda end_at: [end_at])

    def test_completes_its_batch_wherever_its_recovery_ended_too(self):
        again = random.Random(1)
        self.try_all("ended twice", lambda end_at: [end_at, again.randrange(1, 150)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--every", type=int, default=options.every)
    parser.add_argument("--from", dest="first", type=int)
    options, rest = parser.parse_known_args()
    options.first = options.first or random.randint(1, options.every)
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
