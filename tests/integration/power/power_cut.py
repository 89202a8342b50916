"""Cuts the power of the daemon's disk while it makes cards over real PC/SC; printer, chips and pcscd live on. For a recorded run: needs root and a loop device.

    BIN=build/dev/bin tools/private-pcscd --readers 1 -- python3 tests/integration/power/power_cut.py [--cuts N] [--seed S]

Journal, letters and revocation list are on an ext4 file system of their own. A cut is EXT4_IOC_SHUTDOWN without a flush of
its log: what was not written until then is lost. Every other time the daemon is killed with it, as by a real cut; else it
has to end by itself at the first write that fails. The next start has what a copy of the disk, taken at that moment, holds.
"""
import argparse
import fcntl
import os
import pathlib
import random
import re
import struct
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "station"))
from crash_test import Run, report, verify_good_cards  # noqa: E402
from people import bodies_wrong, certificates_wrong, sums_wrong  # noqa: E402
from world import Manager, World  # noqa: E402

EXT4_IOC_SHUTDOWN = 0x8004587D  # _IOR('X', 125, __u32), linux/fs/ext4/ext4.h
NOLOGFLUSH = 2


class Disk:
    def __init__(self, folder, mounted_at):
        self.image, self.mounted_at = folder / "disk", mounted_at
        self.image.touch()
        os.truncate(self.image, 64 * 1024 * 1024)
        subprocess.run(["mkfs.ext4", "-q", self.image], check=True)
        self.mount()

    def mount(self):
        subprocess.run(["mount", "-o", "loop", self.image, self.mounted_at], check=True)

    def cut(self):
        folder = os.open(self.mounted_at, os.O_RDONLY | os.O_DIRECTORY)
        fcntl.ioctl(folder, EXT4_IOC_SHUTDOWN, struct.pack("I", NOLOGFLUSH))
        os.close(folder)

    def come_back(self):
        """As it was at the cut: the caches of the old mount would hide what was lost."""
        after = self.image.with_name("after")
        subprocess.run(["cp", "--sparse=always", self.image, after], check=True)
        subprocess.run(["umount", self.mounted_at], check=True)
        after.rename(self.image)
        self.mount()


class RunWithCuts(Run):
    def __init__(self, world, manager, seed, disk):
        super().__init__(world, manager, seed)
        self.disk, self.cuts, self.ended_by_itself = disk, 0, 0

    def end_daemon(self):
        self.disk.cut()
        if self.cuts % 2 == 0:
            self.world.kill_daemon()
        else:
            status = self.world.daemon.wait(20)
            assert status == 1, f"the daemon ended with {status}"
            self.ended_by_itself += 1
        self.cuts += 1
        self.disk.come_back()


def on_the_disk(text):
    """The configuration with everything that has to last in the state directory."""
    text = re.sub(r'^folder = "(.*)/letters"$', r'folder = "\1/state/letters"', text, flags=re.M)
    return re.sub(r'^crl = "(.*)/ca/crl.pem"$', r'crl = "\1/state/crl.pem"', text, flags=re.M)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cuts", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    options = parser.parse_args()
    print(f"seed {options.seed}, {options.cuts} cuts", flush=True)
    with World("--blanks", "5000", "--seed", str(options.seed), change=on_the_disk) as world, Manager() as manager:
        state = world.directory / "state"
        disk = Disk(world.directory, state)
        (state / "letters").mkdir()
        (world.directory / "letters").rmdir()
        (world.directory / "letters").symlink_to(state / "letters")
        (world.directory / "ca/crl.pem").symlink_to(state / "crl.pem")
        run = RunWithCuts(world, manager, options.seed, disk)
        try:
            run.go(options.cuts)
            wrong = sums_wrong(world) + bodies_wrong(world) + certificates_wrong(world) + run.watcher.contradictions
            wrong += run.operator.orders.forgotten() + run.requester.orders.forgotten()
            verify_good_cards(world, 9)
            world.daemon.terminate()
            world.daemon.wait(20)
            report(run, world)
            print(f"cuts {run.cuts}, of which the daemon ended by itself {run.ended_by_itself}; wrong {wrong}")
            assert not wrong
        except BaseException:
            print(world.log()[-3000:])
            raise
        finally:
            world.daemon.kill()
            world.daemon.wait()
            subprocess.run(["umount", state], check=True)


if __name__ == "__main__":
    main()
