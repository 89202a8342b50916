"""A private station for tests: the simulated world, the real daemon, and a Varlink client in a few lines.

Runs beside tools/private-pcscd. BIN (folder of the programs) comes from the environment.
"""
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

TOP = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ["BIN"])


def wait_until(condition, seconds, what):
    """Polls: the other side is another process, and says so nowhere else."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"{what}: not within {seconds} s")


def answers(path):
    """Whether somebody listens there; the socket of a process that was killed is only a file."""
    with socket.socket(socket.AF_UNIX) as connection:
        return connection.connect_ex(str(path)) == 0


class VarlinkError(Exception):
    def __init__(self, reply):
        super().__init__(f"{reply['error']} {reply.get('parameters')}")
        self.name, self.parameters = reply["error"], reply.get("parameters") or {}


class Client:
    """One connection: one JSON object and a NUL for each call and each reply."""

    def __init__(self, path, seconds=60):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        try:
            self.socket.connect(str(path))
        except OSError:
            self.socket.close()
            raise
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, call):
        self.socket.sendall(json.dumps(call).encode() + b"\0")

    def receive(self):
        while b"\0" not in self.buffer:
            data = self.socket.recv(65536)
            if not data:
                raise ConnectionError("closed")
            self.buffer += data
        message, self.buffer = self.buffer.split(b"\0", 1)
        reply = json.loads(message)
        if "error" in reply:
            raise VarlinkError(reply)
        return reply

    def call(self, method, **parameters):
        self.send({"method": f"org.cardwright.{method}", "parameters": parameters})
        return self.receive().get("parameters") or {}

    def call_more(self, method, **parameters):
        self.send({"method": f"org.cardwright.{method}", "parameters": parameters, "more": True})
        while True:
            reply = self.receive()
            yield reply.get("parameters") or {}
            if not reply.get("continues"):
                return


class Manager(threading.Thread):
    """The other end of sd_notify(3). Reads at once what comes, as systemd does: whoever notifies waits for that."""

    def __init__(self):
        super().__init__(daemon=True)
        self.path = tempfile.mktemp()
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.received = queue.Queue()

    def run(self):
        while message := self.socket.recv(65536):
            self.received.put(message.decode().split("\n"))

    def environment(self, **more):
        return {**os.environ, "NOTIFY_SOCKET": self.path, **more}

    def wait_for(self, line, seconds=15):
        while True:
            lines = self.received.get(timeout=seconds)
            if any(got.startswith(line) for got in lines):
                return lines

    def forget(self):
        """What a process that was killed had said."""
        while not self.received.empty():
            self.received.get_nowait()

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.socket.sendto(b"", self.path)  # ends the thread
        self.join()
        self.socket.close()
        os.unlink(self.path)


class World:
    def __init__(self, *simulator_options, faults="", speed=40, change=lambda text: text):
        self.directory = pathlib.Path(tempfile.mkdtemp())
        self.run = pathlib.Path(tempfile.mkdtemp())
        self.station = self.run / "station"
        self.tray, self.bin = self.directory / "printer/tray", self.directory / "printer/rejected"
        self.processes = []
        self.daemon = None
        subprocess.run([TOP / "tools/lay-out-station", BIN, self.directory, self.run], check=True)
        self.configuration = self.directory / "etc/station.toml"
        self.configuration.write_text(change(self.configuration.read_text()))
        (self.directory / "etc/faults").write_text(faults)
        self.simulator_options = ["--speed", str(speed), *simulator_options]
        self.start_simulator()
        subprocess.run([BIN / "cardwrightd", "--config", self.configuration, "--init-authority"], check=True, stdout=subprocess.DEVNULL)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
        shutil.rmtree(self.directory)
        shutil.rmtree(self.run)

    def start(self, name, *command, **options):
        with open(self.directory / "log" / f"{name}.log", "ab") as log:
            process = subprocess.Popen([str(part) for part in command], stdout=log, stderr=log, stdin=subprocess.DEVNULL, **options)
        self.processes.append(process)
        return process

    def start_simulator(self):
        self.simulator = self.start("simulator", BIN / "cardwright-simulator", "--socket", self.run / "printer", "--vpcd-port", "35963",
                                    "--directory", self.directory / "printer", "--state", self.directory / "printer/state.json",
                                    "--faults", self.directory / "etc/faults", *self.simulator_options)
        wait_until(lambda: answers(self.run / "printer"), 10, "the simulated printer")
        (self.directory / "etc/faults").write_text("")  # they strike once, also when the process is started again

    def ask_printer(self, operation, **members):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.run / "printer"))
            connection.sendall(json.dumps({"op": operation, **members}).encode() + b"\n")
            reply = json.loads(connection.makefile().readline())
        assert "value" in reply, reply
        return reply["value"]

    def tell(self, line):
        """What an operator does at the machine, or one fault more."""
        self.ask_printer("tell", line=line)

    def launch_daemon(self, **options):
        self.daemon = self.start("cardwrightd", BIN / "cardwrightd", "--config", self.configuration, **options)
        return self.daemon

    def start_daemon(self, **options):
        self.launch_daemon(**options)
        wait_until(lambda: answers(self.station), 10, "the daemon's socket")
        return self.daemon

    def kill_daemon(self):
        """As a crash ends it: at once, and whatever it was doing."""
        self.daemon.kill()
        self.daemon.wait()

    def log(self, name="cardwrightd"):
        path = self.directory / "log" / f"{name}.log"
        return path.read_text() if path.exists() else ""

    def client(self):
        return Client(self.station)

    def letter_file(self, card):
        return self.directory / f"letters/{card}.pdf"

    def letter(self, card):
        """The words on the letter of a card."""
        return subprocess.run(["pdftotext", "-layout", self.letter_file(card), "-"], check=True, capture_output=True, text=True).stdout

    def issue(self, amount):
        """Requests and issues cards; the batch's id, at once."""
        with self.client() as client:
            cards = client.call("Production.RequestCards", amount=amount)["cards"]
            return client.call("Production.IssueCards", cards=cards)["batch"]

    def batch(self, batch):
        with self.client() as client:
            return client.call("Production.GetBatch", batch=batch)["batch"]

    def attempts(self, card):
        with self.client() as client:
            return client.call("Production.GetCard", card=card)["card"]["attempts"]

    def wait_for_batch(self, batch, seconds=90):
        return wait_until(lambda: (lambda b: b if b["state"] == "awaitingConfirmation" else None)(self.batch(batch)), seconds, f"the end of {batch}")
