"""Whatever comes to the socket gets a typed error or a closed connection, changes nothing and never kills the daemon."""
import json
import socket
import unittest

from world import Client, VarlinkError, World


class TheSocket(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World()
        cls.world.start_daemon()
        with cls.world.client() as client:
            client.call("Production.RequestCards", amount=2)

    @classmethod
    def tearDownClass(cls):
        cls.world.__exit__()

    def setUp(self):
        self.before = self.everything()

    def tearDown(self):
        self.assertIsNone(self.world.daemon.poll(), "the daemon died")
        self.assertEqual(self.everything(), self.before, "something changed")

    def everything(self):
        with self.world.client() as client:
            return client.call("Production.ListCards"), client.call("Production.ListBatches")

    def assert_refused(self, error, method, **parameters):
        with self.world.client() as client, self.assertRaises(VarlinkError) as caught:
            client.call(method, **parameters)
        self.assertEqual(caught.exception.name.rsplit(".", 1)[1], error, caught.exception)
        return caught.exception.parameters

    def assert_closes(self, data):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(20)
            connection.connect(str(self.world.station))
            try:
                connection.sendall(data)
                self.assertEqual(connection.recv(1), b"", "there was an answer")
            except (BrokenPipeError, ConnectionResetError):
                pass  # closed while we were still sending

    def test_closes_on_a_message_without_end(self):
        self.assert_closes(b"x" * (3 * 1024 * 1024))

    def test_closes_on_a_message_of_100_megabytes(self):
        self.assert_closes(b'{"method":"' + b"x" * (100 * 1024 * 1024) + b'"}\0')

    def test_closes_on_a_message_nested_10000_deep(self):
        self.assert_closes(b'{"method":"a.b.C","parameters":' + b"[" * 10000 + b"]" * 10000 + b"}\0")

    def test_closes_on_what_is_no_message(self):
        for data in (b"\0", b"[]\0", b"42\0", b'"text"\0', b"{\0", b"\xff\xfe\0", b"GET / HTTP/1.1\r\n\r\n\0"):
            with self.subTest(data=data):
                self.assert_closes(data)

    def test_answers_unknown_methods_and_interfaces(self):
        self.assert_refused("MethodNotFound", "Production.MakeCoffee")
        self.assert_refused("InterfaceNotFound", "Kitchen.MakeCoffee")

    def test_names_the_parameter_of_the_wrong_type(self):
        for name, parameters in (("amount", {"amount": "four"}), ("amount", {"amount": 1.5}), ("amount", {"amount": 10**20}), ("amount", {}),
                                 ("fields", {"amount": 1, "fields": [1]}), ("colour", {"amount": 1, "colour": "red"})):
            with self.subTest(parameters=parameters):
                refused = self.assert_refused("InvalidParameter", "Production.RequestCards", **parameters)
                self.assertIn(name, refused["parameter"])

    def test_refuses_amounts_out_of_range(self):
        for amount in (0, -1, 10, -(2**63), 2**63 - 1):
            with self.subTest(amount=amount):
                refused = self.assert_refused("AmountOutOfRange", "Production.RequestCards", amount=amount)
                self.assertEqual((refused["amount"], refused["minimum"], refused["maximum"]), (amount, 1, 9))

    def test_refuses_options_that_the_product_does_not_take(self):
        for length in (3, 5, 9, -6, 2**32 + 6):
            with self.subTest(length=length):
                refused = self.assert_refused("OptionInvalid", "Production.RequestCards", amount=1, options={"pinLength": length})
                self.assertEqual(refused["option"], "pinLength")
        self.assert_refused("OptionNotAllowed", "Production.RequestCards", amount=1, options={"pukLength": 8})
        self.assert_refused("OptionInvalid", "Production.RequestCards", amount=1, options={"encode": False, "certificates": ["authentication"]})

    def test_refuses_what_there_is_not(self):
        self.assert_refused("ProductNotFound", "Production.RequestCards", amount=1, product="gold")
        self.assert_refused("CardNotFound", "Production.GetCard", card="C999")
        self.assert_refused("CardNotFound", "Production.IssueCards", cards=["C1", "C999"])
        self.assert_refused("BatchNotFound", "Production.CompleteBatch", batch="B999")
        self.assert_refused("WrongState", "Production.GiveUpCards", cards=["C1"])
        self.assert_refused("NoCards", "Production.IssueCards")

    def test_gives_the_same_answer_to_the_same_key_and_refuses_it_for_other_content(self):
        with self.world.client() as client:
            first = client.call("Production.RequestCards", amount=1, idempotencyKey="once")
            self.assertEqual(client.call("Production.RequestCards", amount=1, idempotencyKey="once"), first)
        self.before = self.everything()
        self.assert_refused("IdempotencyKeyReused", "Production.RequestCards", amount=2, idempotencyKey="once")

    def test_answers_many_calls_that_came_in_one_piece(self):
        with self.world.client() as client:
            client.socket.sendall(b"".join(json.dumps({"method": "org.cardwright.Production.ListProducts"}).encode() + b"\0" for _ in range(100)))
            for _ in range(100):
                self.assertTrue(client.receive()["parameters"]["products"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
