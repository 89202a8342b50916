"""A printer for paper: the IPP printer of CUPS, whose command keeps what it prints. It wants a bus, and the loopback."""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import urllib.parse
import urllib.request

from world import TOP, wait_until


class Paper:
    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        for name in ("spool", "printed", "names"):
            (self.folder / name).mkdir()
        (self.folder / "script").write_text("")
        with socket.socket() as free:  # its port: ippeveprinter takes no socket
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.uri = f"ipp://localhost:{self.port}/ipp/print"
        self.processes = []

    def __enter__(self):
        self.start("dbus-daemon", "--session", "--nopidfile", "--nofork", f"--address=unix:path={self.folder}/bus")
        wait_until((self.folder / "bus").exists, 10, "the bus")
        self.start("ippeveprinter", "-r", "off", "-n", "localhost", "-p", str(self.port), "-d", self.folder / "spool", "-f", "application/pdf",
                   "-c", TOP / "tests/integration/ipp/print_command", "Letters",
                   env={**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin", "IPP_TEST_FOLDER": str(self.folder),
                        "DBUS_SYSTEM_BUS_ADDRESS": f"unix:path={self.folder}/bus"})
        wait_until(self.answers, 10, "the printer of letters")
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.send_signal(signal.SIGKILL)
            process.wait()
        shutil.rmtree(self.folder)

    def start(self, *command, **options):
        with open(self.folder / "log", "ab") as log:
            self.processes.append(subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, **options))

    def answers(self):
        try:
            self.page("/")
            return True
        except OSError:
            return False

    def page(self, path):
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as answer:
            return answer.read()

    def load(self, sheets):
        self.page("/media?" + urllib.parse.urlencode({"size1": "na_letter_8.5x11in", "type1": "stationery", "level1": sheets,
                                                      "size3": "na_letter_8.5x11in", "type3": "stationery", "level3": -2}))

    def printed(self):
        """The documents, oldest first."""
        return sorted((self.folder / "printed").iterdir(), key=lambda path: int(path.name))

    def names(self):
        """Under which name each was printed."""
        return [(self.folder / "names" / path.name).read_text().split()[0] for path in self.printed()]
