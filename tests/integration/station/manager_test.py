"""The daemon and its service manager: notifications, watchdog, socket activation, configuration that stops the start."""
import re
import signal
import subprocess
import unittest

from world import BIN, Client, Manager, VarlinkError, World, wait_until


class TheDaemon(unittest.TestCase):
    def test_says_that_it_is_ready_alive_and_stopping(self):
        with World() as world, Manager() as manager:
            daemon = world.start_daemon(env=manager.environment(WATCHDOG_USEC="2000000"))
            self.assertTrue(any(line.startswith("STATUS=") for line in manager.wait_for("READY=1")))
            for _ in range(3):
                manager.wait_for("WATCHDOG=1")
            daemon.terminate()
            manager.wait_for("STOPPING=1")
            self.assertEqual(daemon.wait(15), 0)

    def test_finishes_the_card_in_the_machine_before_it_stops(self):
        with World() as world:
            daemon = world.start_daemon()
            world.issue(3)
            wait_until(lambda: world.batch("B1")["cards"][0]["state"] == "awaitingConfirmation", 60, "the first card")
            daemon.terminate()
            self.assertEqual(daemon.wait(60), 0)
            world.station.unlink(missing_ok=True)
            world.start_daemon()
            states = [card["state"] for card in world.wait_for_batch("B1")["cards"]]
            self.assertEqual(states, ["awaitingConfirmation"] * 3)

    def test_takes_its_socket_from_systemd(self):
        with World() as world:
            world.start("activate", "systemd-socket-activate", "-l", world.station, BIN / "cardwrightd", "--config", world.configuration)
            wait_until(world.station.exists, 10, "the socket")
            with Client(world.station) as client:
                self.assertTrue(client.call("Production.ListProducts")["products"])

    def test_refuses_a_second_daemon_on_the_same_journal(self):
        with World() as world:
            world.start_daemon()
            second = subprocess.run([BIN / "cardwrightd", "--config", world.configuration], capture_output=True, text=True, timeout=20)
            self.assertEqual(second.returncode, 1)
            self.assertIn("cardwrightd: ", second.stderr)
            with world.client() as client:
                client.call("Maintenance.GetStation")

    def test_only_prints_where_there_is_no_encoder(self):
        def only_prints(text):
            return text.replace('default_product = "temporary"', 'default_product = "visitor"').replace('"^Cardwright 0 00 00$"', '"^no such reader$"')

        with World(change=only_prints) as world:
            world.start_daemon()
            states = [card["state"] for card in world.wait_for_batch(world.issue(2))["cards"]]
            self.assertEqual(states, ["awaitingConfirmation"] * 2)

    def test_opens_its_socket_to_its_group(self):
        with World() as world:
            world.start_daemon()
            wait_until(lambda: world.station.stat().st_mode & 0o777 == 0o660, 10, "the socket's mode 0660")

    def reload(self, world, manager, change):
        """Changes the configuration, tells the daemon, and returns what it wrote to the journal."""
        before = len(world.log())
        world.configuration.write_text(change(world.configuration.read_text()))
        world.daemon.send_signal(signal.SIGHUP)
        self.assertTrue(any(line.startswith("MONOTONIC_USEC=") for line in manager.wait_for("RELOADING=1")))
        manager.wait_for("READY=1")
        return world.log()[before:]

    def test_reads_its_configuration_again_and_drops_nobody(self):
        def more(text):
            return text.replace("amount_max = 9", "amount_max = 12").replace('title = "Temporary card"', 'title = "Card for a day"')

        with World() as world, Manager() as manager:
            world.start_daemon(env=manager.environment())
            manager.wait_for("READY=1")
            with world.client() as client, world.client() as watcher:
                watcher.send({"method": "org.cardwright.Production.Watch", "parameters": {}, "more": True})
                watcher.receive()
                with self.assertRaises(VarlinkError):
                    client.call("Production.RequestCards", amount=12)
                said = self.reload(world, manager, more)
                self.assertIn("the configuration was read again", said)
                self.assertEqual(len(client.call("Production.RequestCards", amount=12)["cards"]), 12)
                self.assertIn("Card for a day", [product["title"] for product in client.call("Production.ListProducts")["products"]])
                self.assertTrue(watcher.receive()["continues"], "the stream goes on")

                roles = world.directory / "etc/roles.toml"
                roles.write_text(roles.read_text().replace("[0]", "[4242]"))
                self.reload(world, manager, lambda text: text)
                with self.assertRaises(VarlinkError) as refused:
                    client.call("Production.ListProducts")
                self.assertEqual(refused.exception.name, "org.varlink.service.PermissionDenied")

    def test_stays_as_it_was_when_the_new_configuration_is_wrong(self):
        with World() as world, Manager() as manager:
            world.start_daemon(env=manager.environment())
            manager.wait_for("READY=1")
            good = world.configuration.read_text()
            said = self.reload(world, manager, lambda text: text.replace("amount_max = 9", "amount_max = 12").replace("pin_length = 6", "pin_length = 66"))
            self.assertRegex(said, r"station\.toml:\d+: .*pin_length")
            self.assertIn("stays as it was", said)
            with world.client() as client:
                with self.assertRaises(VarlinkError):
                    client.call("Production.RequestCards", amount=12)
                self.assertIn("read again", self.reload(world, manager, lambda _: good))
                client.call("Production.RequestCards", amount=9)

    def test_says_what_needs_a_restart_and_takes_the_rest(self):
        with World() as world, Manager() as manager:
            world.start_daemon(env=manager.environment())
            manager.wait_for("READY=1")
            said = self.reload(world, manager, lambda text: text.replace("amount_max = 9", "amount_max = 12").replace('encoder = "^Cardwright 0 00 00$"', 'encoder = "Other"'))
            self.assertRegex(said, r"station\.toml: \[line\] encoder cannot change while the station runs")
            with world.client() as client:
                cards = client.call("Production.RequestCards", amount=12)["cards"]
                batch = client.call("Production.IssueCards", cards=cards[:1])["batch"]
            self.assertEqual(world.wait_for_batch(batch)["cards"][0]["state"], "awaitingConfirmation", "with the reader it has")

    def test_makes_a_card_as_it_was_begun(self):
        """The product loses a face, and then itself, while a card is made."""
        with World(speed=10) as world, Manager() as manager:
            world.start_daemon(env=manager.environment())
            manager.wait_for("READY=1")
            batch = world.issue(2)
            wait_until(lambda: any(a["phase"] not in ("claimed", "done") for a in world.attempts("C1")), 60, "a card in the machine")
            self.reload(world, manager, lambda text: text.replace('default_product = "temporary"', 'default_product = "visitor"')
                        .replace('layout_back = "layouts/temporary-card-back.svg"', "", 1))
            self.reload(world, manager, lambda text: text.replace("[product.temporary]", "[product.other]").replace('product = "temporary"', 'product = "other"'))
            states = [card["state"] for card in world.wait_for_batch(batch)["cards"]]
            self.assertEqual(states[0], "awaitingConfirmation")
            self.assertIsNone(world.daemon.poll())

    def test_does_not_start_with_a_bad_configuration_and_says_where_and_what_instead(self):
        cases = {
            "unknown key": (lambda text: text.replace("pin_length = 6", "pin_lenght = 6", 1), "pin_lenght", "pin_length"),
            "certificates without encode": (lambda text: text.replace("encode = true", "encode = false", 1), "certificates", "encode"),
            "missing file": (lambda text: text.replace("temporary-card-front.svg", "nowhere.svg"), "nowhere.svg", ""),
            "bad regex": (lambda text: text.replace('encoder = "^Cardwright 0 00 00$"', 'encoder = "(["'), "encoder", ""),
            "unknown driver": (lambda text: text.replace('"simulated:', '"simulatd:'), "simulatd", "simulated"),
            "no renderer": (lambda text: text.replace("/cardwright-render", "/nowhere"), "renderer", "cardwright-render"),
            "no roles file": (lambda text: text.replace('"roles.toml"', '"nowhere.toml"'), "nowhere.toml", "roles"),
            "no certificate": (lambda text: text.replace("ca/ca.pem", "ca/nowhere"), "certificate", "--init-authority"),
            "no key of the authority": (lambda text: text.replace("keys/ca.key", "keys/nowhere"), "key", "--init-authority"),
            "no vault key": (lambda text: text.replace("keys/vault.key", "keys/nowhere"), "key", "--init-authority"),
            "no master key": (lambda text: text.replace("keys/master.key", "keys/nowhere"), "master_key", "--init-authority"),
            "nowhere to initialise": (lambda text: text.replace("initialize = false", "initialize = true"), "initialize", "hand_encoder"),
            "no such bureau": (lambda text: text.replace('producer = "station"', 'producer = "bureau"'), "producer", "[bureau]"),
        }
        for name, (change, wrong, instead) in cases.items():
            with self.subTest(name), World() as world:
                good = world.configuration.read_text()
                world.configuration.write_text(change(good))
                self.assertNotEqual(world.configuration.read_text(), good, "the test changes nothing")
                for options in ([], ["--check-config"]):
                    run = subprocess.run([BIN / "cardwrightd", "--config", world.configuration, *options], capture_output=True, text=True, timeout=20)
                    self.assertEqual(run.returncode, 1, run.stderr)
                    self.assertRegex(run.stderr, r"station\.toml:\d+: ")
                    self.assertIn(wrong, run.stderr)
                    self.assertIn(instead, run.stderr)


    def test_check_config_looks_at_the_layouts_too(self):
        with World() as world:
            def check():
                return subprocess.run([BIN / "cardwrightd", "--config", world.configuration, "--check-config"], capture_output=True, text=True, timeout=60)
            right = check()
            self.assertEqual(right.returncode, 0, right.stdout + right.stderr)
            layouts = world.directory / "etc/layouts"
            for layout, old, new, wrong in (
                    ("employee-badge-front.svg", 'data-fit="wrap"', 'data-fit="squeeze"', r"employee-badge-front\.svg: line \d+: data-fit"),
                    ("temporary-card-front.svg", '<g id="k"', '<g id="k"><rect x="10" y="20" width="3" height="3"/></g><g id="black"', r"temporary-card-front\.svg: line \d+: "),
                    ("pin-letter.svg", 'data-field="product"', 'data-field="name"', r"pin-letter\.svg: line \d+: .*name")):
                with self.subTest(layout):
                    good = (layouts / layout).read_text()
                    (layouts / layout).write_text(good.replace(old, new))
                    ended = check()
                    self.assertEqual(ended.returncode, 1, ended.stdout)
                    self.assertRegex(ended.stdout, wrong)
                    (layouts / layout).write_text(good)

    def test_check_config_finds_an_organisation_that_fits_no_card(self):
        with World() as world:
            text = world.configuration.read_text()
            self.assertRegex(text, r"(?m)^organisation = ")
            world.configuration.write_text(re.sub(r"(?m)^organisation = .*$", f'organisation = "{"W" * 200}"', text))
            ended = subprocess.run([BIN / "cardwrightd", "--config", world.configuration, "--check-config"], capture_output=True, text=True, timeout=60)
            self.assertEqual(ended.returncode, 1, ended.stdout)
            for layout in ("temporary-card-front", "pin-letter"):
                self.assertRegex(ended.stdout, rf"{layout}\.svg: line \d+: the field organisation ")


if __name__ == "__main__":
    unittest.main(verbosity=2)
