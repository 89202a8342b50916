"""Lets systemd's varlinkctl validate, introspect and call the interfaces of a running station. For a recorded run (docs/varlinkctl.md): needs root.

    BIN=build/dev/bin tools/private-pcscd --readers 2 -- python3 tests/conformance/varlink/varlinkctl_run.py ROOT

ROOT: the root folder of a system that has varlinkctl (systemd 255 or newer); Debian 12 has none.
"""
import pathlib
import shutil
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "tests/integration/station"))
from use_cases_test import Station  # noqa: E402

INTERFACES = "org.cardwright.Production", "org.cardwright.Maintenance", "org.cardwright.Custody", "org.varlink.service"
PRODUCTION, MAINTENANCE = "org.cardwright.Production.", "org.cardwright.Maintenance."


class Varlinkctl:
    def __init__(self, root):
        self.root, self.wrong = pathlib.Path(root), 0

    def __call__(self, *words, status=0, says=""):
        ended = subprocess.run(["chroot", self.root, "varlinkctl", *words], capture_output=True, text=True, timeout=120)
        said = (ended.stdout + ended.stderr).strip()
        right = ended.returncode == status and says in said
        self.wrong += not right
        print("ok   " if right else "WRONG", "varlinkctl", *words, f"-> {ended.returncode}, {len(said.splitlines())} lines")
        if not right:
            print(said)


def main(root):
    varlinkctl = Varlinkctl(root)
    folder = varlinkctl.root / "run/cardwright-here"
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-t", "proc", "proc", varlinkctl.root / "proc"], check=True)
    for interface in INTERFACES:
        shutil.copy(TOP / f"ipc/{interface}.varlink", varlinkctl.root / "run")
        varlinkctl("validate-idl", f"/run/{interface}.varlink")
    with Station() as station:
        station.start_daemon()
        subprocess.run(["mount", "--bind", station.run, folder], check=True)
        address = "/run/cardwright-here/station"
        varlinkctl("info", address, says="Cardwright")
        varlinkctl("list-interfaces", address, says=INTERFACES[0])
        varlinkctl("list-methods", address, says=PRODUCTION + "OrderCards")
        for interface in INTERFACES:
            varlinkctl("introspect", address, interface, says=f"interface {interface}")
        varlinkctl("call", address, PRODUCTION + "RequestCards", '{"amount": 2}', says='["C1","C2"]')
        varlinkctl("call", address, PRODUCTION + "RequestCards", '{"amount": 10}', status=1, says=PRODUCTION + "AmountOutOfRange")
        varlinkctl("call", address, PRODUCTION + "RequestCards", "{}", status=1, says="InvalidParameter")
        varlinkctl("call", "--more", address, PRODUCTION + "IssueCards", '{"all": true}', says="awaitingConfirmation")
        varlinkctl("call", address, PRODUCTION + "CompleteBatch", '{"batch": "B1"}', says='["C1","C2"]')
        varlinkctl("call", address, PRODUCTION + "OrderCards", '{"amount": 1, "productionType": "queued"}', says='"O1"')
        varlinkctl("call", address, PRODUCTION + "PutHolder", '{"holder": {"id": "ada", "state": "active", "name": "Ada"}}', says="ada")
        varlinkctl("call", address, PRODUCTION + "AssignCard", '{"card": "C1", "holder": "ada"}', says="assigned")
        varlinkctl("call", address, MAINTENANCE + "GetStation", says="lines")
        varlinkctl("call", address, MAINTENANCE + "GetStatistics", '{"by": "product"}', says='"good":2')
        subprocess.run(["umount", folder, varlinkctl.root / "proc"], check=True)
    return 1 if varlinkctl.wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
