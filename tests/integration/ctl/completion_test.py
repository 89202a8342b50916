"""What bash offers after the words of a command line; the station is a script that answers lists.

BIN (folder of the programs) comes from the environment.
"""
import os
import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[3]
BIN = pathlib.Path(os.environ["BIN"])

# Lists come from here, everything else from the program itself.
STATION = f"""#!/bin/sh
case "$*" in
  cards) printf 'CARD  STATE\\nC1    failed\\nC12   requested\\n' ;;
  'cards --state inDoubt') printf 'CARD  STATE\\nC7    inDoubt\\n' ;;
  batches) printf 'BATCH  STATE\\nB3     paused\\n' ;;
  orders) printf 'ORDER  STATE\\nO5     ordered\\n' ;;
  'letters --state waiting') printf 'LETTER  CARD\\nL4      C1\\n' ;;
  *) exec {BIN}/cardwrightctl "$@" ;;
esac
"""


class Completion(unittest.TestCase):
    def offered(self, line):
        """The last word of the line is the one that is being typed."""
        words = line.split(" ")
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "cardwrightctl"
            program.write_text(STATION)
            program.chmod(0o755)
            script = (f'source {TOP}/tools/completion/cardwrightctl; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
                      '_cardwrightctl; printf "%s\\n" "${COMPREPLY[@]}"')
            done = subprocess.run(["bash", "-euc", script, "bash", *words], capture_output=True, text=True, check=True,
                                  env={"PATH": f"{folder}:{os.environ['PATH']}"})
        self.assertEqual(done.stderr, "")
        return done.stdout.split()

    def test_offers_every_command(self):
        helped = subprocess.run([BIN / "cardwrightctl", "--help"], capture_output=True, text=True, check=True).stdout
        commands = [line.split()[0] for line in helped.split("Subcommands:")[1].split("\n\n")[0].splitlines() if line.startswith("  ")
                    and not line.startswith("   ")]
        self.assertIn("give-up", commands)
        self.assertEqual(self.offered("cardwrightctl "), sorted(commands))

    def test_offers_the_commands_that_begin_so(self):
        self.assertEqual(self.offered("cardwrightctl --json or"), ["order", "orders"])
        self.assertEqual(self.offered("cardwrightctl --socket /x comp"), ["complete"])

    def test_offers_the_options_of_the_command_and_those_of_all(self):
        offered = self.offered("cardwrightctl order --")
        self.assertLessEqual({"--priority", "--no-queue", "--amount", "--json", "--help"}, set(offered))
        self.assertNotIn("--email", offered)
        self.assertEqual(self.offered("cardwrightctl lock C1 --rep"), ["--replace"])

    def test_offers_the_ids_that_the_station_knows(self):
        self.assertEqual(self.offered("cardwrightctl issue C1 "), ["C1", "C12"])
        self.assertEqual(self.offered("cardwrightctl card C12"), ["C12"])
        self.assertEqual(self.offered("cardwrightctl complete "), ["B3"])
        self.assertEqual(self.offered("cardwrightctl hold "), ["O5"])
        self.assertEqual(self.offered("cardwrightctl repeat "), ["B3", "O5"])
        self.assertEqual(self.offered("cardwrightctl abort C"), ["C1", "C12"])
        self.assertEqual(self.offered("cardwrightctl resolve C"), ["C7"])
        self.assertEqual(self.offered("cardwrightctl letters release L"), ["L4"])

    def test_offers_the_values_of_options(self):
        self.assertEqual(self.offered("cardwrightctl repeat B3 --reason m"), ["misprinted"])
        self.assertEqual(self.offered("cardwrightctl export B3 --format "), ["csv", "json"])

    def test_offers_nothing_where_no_station_answers(self):
        """Bash offers files then."""
        self.assertEqual(self.offered("cardwrightctl import "), [])

    def test_is_what_complete_calls(self):
        done = subprocess.run(["bash", "-c", f"source {TOP}/tools/completion/cardwrightctl; complete -p cardwrightctl"],
                              capture_output=True, text=True, check=True)
        self.assertEqual(done.stdout, "complete -o default -F _cardwrightctl cardwrightctl\n")


if __name__ == "__main__":
    unittest.main()
