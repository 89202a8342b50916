"""Cards before they are made: what a preview shows is what the printer gets; what cannot be drawn is known in time; photos that are too large."""
import re
import struct
import subprocess
import unittest
import zlib

from world import BIN, TOP, VarlinkError, World, wait_until

PORTRAIT = TOP / "docs/examples/portrait.png"
BADGE = '\n[production_type.badge]\nproduct = "employee"\nproducer = "station"\nqueue = false\n'


def everything(text):
    return re.sub(r"^(order|assign) = false", r"\1 = true", text, flags=re.M) + BADGE


def paeth(left, up, corner):
    estimate = left + up - corner
    return min((left, up, corner), key=lambda near: abs(estimate - near))


def unfilter(kind, line, before, step):
    """W3C PNG, 9.2."""
    for i in range(len(line)):
        left, corner = (line[i - step], before[i - step]) if i >= step else (0, 0)
        guess = (0, left, before[i], (left + before[i]) // 2, paeth(left, before[i], corner) if kind == 4 else 0)[kind]
        line[i] = (line[i] + guess) & 255
    return line


def read_png(data):
    """Width, height, and a list of lines of pixels: (r, g, b), or one number for grey."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n", data[:8]
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at:at + 8])
        content = data[at + 8:at + 8 + size]
        assert struct.unpack(">I", data[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + content), kind
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", content)
            assert not interlaced and colour in (0, 2, 6) and (depth == 8 or colour == 0), (depth, colour)
        packed += content if kind == b"IDAT" else b""
        at += 12 + size
    raw, channels = zlib.decompress(packed), {0: 1, 2: 3, 6: 4}[colour]
    row = (width * depth * channels + 7) // 8
    lines, before = [], bytearray(row)
    for y in range(height):
        start = y * (row + 1)
        before = unfilter(raw[start], bytearray(raw[start + 1:start + 1 + row]), before, max(1, channels * depth // 8))
        if depth == 1:
            lines.append([255 * (before[x >> 3] >> (7 - (x & 7)) & 1) for x in range(width)])
        else:
            lines.append([tuple(before[x:x + 3]) if channels > 1 else before[x] for x in range(0, row, channels)])
    return width, height, lines


def together(color, k):
    """What the two planes print: resin is opaque."""
    return [[(0, 0, 0) if resin == 0 else dye for dye, resin in zip(*lines)] for lines in zip(color, k)]


class Previews(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.world = World(change=everything)
        cls.world.start_daemon()

    @classmethod
    def tearDownClass(cls):
        cls.world.__exit__()

    def ctl(self, *words, status=0):
        ended = subprocess.run([BIN / "cardwrightctl", "--socket", self.world.station, *map(str, words)], capture_output=True, text=True, timeout=120)
        self.assertEqual(ended.returncode, status, f"{words}: {ended.stdout}{ended.stderr}")
        return ended.stdout if status in (0, 4) else ended.stderr

    def preview(self, card):
        """The pictures of the card with its planes, by what their files are called behind the card."""
        files = self.ctl("preview", card, "--planes", "--out", self.world.directory).split()
        pictures = {}
        for file in files:
            with open(file, "rb") as content:
                pictures[file.rpartition(f"{card}-")[2].removesuffix(".png")] = read_png(content.read())
        return pictures

    def make(self, *wish):
        card = self.ctl("request", "-n", 1, *wish).strip()
        self.ctl("issue", card)
        return card

    def test_show_exactly_what_is_printed(self):
        self.ctl("holder", "ada", "--name", "Ada Lovelace", "--photo", PORTRAIT)
        order = self.ctl("order", "-n", 1, "-t", "badge", "--holder", "ada").partition(":")[0]
        batch = wait_until(lambda: self.order(order).get("batch"), 10, "the batch of the order")
        card = self.world.wait_for_batch(batch)["cards"][0]
        self.assertEqual(card["state"], "awaitingConfirmation", card)
        pictures = self.preview(card["id"])
        attempt = self.world.attempts(card["id"])[-1]["id"]
        for face in ("front", "back"):
            with self.subTest(face=face):
                printed = read_png((self.world.directory / f"printer/faces/{attempt}-{face}.png").read_bytes())
                self.assertEqual(printed[:2], (1016, 648))
                k = pictures[f"{face}-k"][2]
                white = [[(255, 255, 255)] * 1016] * 648
                color = pictures[f"{face}-color"][2] if face == "front" else white
                self.assertTrue(together(color, k) == printed[2], "another picture than the printer's")
                self.assertGreater(sum(line.count(0) for line in k), 1000, "resin")
                width, height, _ = pictures[face]
                self.assertTrue(1000 < width <= 1016 and 600 < height <= 648, "the card is cut to its outline")

    def test_show_a_card_that_waits_with_its_own_photo(self):
        card = self.ctl("request", "-n", 1, "-p", "employee", "--field", "name=Grace Hopper", "--photo", PORTRAIT).strip()
        with_photo = self.preview(card)["front-color"][2]
        self.assertEqual(self.card(card)["state"], "requested", "nothing was made")
        self.assertGreater(len({pixel for line in with_photo for pixel in line}), 200, "a photo has many colours")

    def order(self, order):
        with self.world.client() as client:
            return client.call("Production.GetOrder", order=order)["order"]

    def card(self, card):
        with self.world.client() as client:
            return client.call("Production.GetCard", card=card)["card"]

    def test_say_what_cannot_be_drawn_before_anything_is_made(self):
        good = self.ctl("request", "-n", 1, "-p", "visitor").strip()
        bad = self.ctl("request", "-n", 1, "-p", "employee", "--field", "name=Ada").strip()
        self.assertIn("fieldMissing", self.ctl("preview", bad, status=1))
        told = self.ctl("issue", good, bad, "--check", status=1)
        self.assertIn(f"{bad} cannot be drawn (fieldMissing)", told)
        self.assertNotIn(f"{good} cannot", told)
        self.assertEqual([self.card(card)["state"] for card in (good, bad)], ["requested"] * 2)
        self.ctl("issue", good, "--check")

    def test_do_not_mind_who_goes_away(self):
        card = self.ctl("request", "-n", 1, "-p", "visitor").strip()
        for messages in (0, 1, 2) * 4:
            with self.world.client() as client:
                client.send({"method": "org.cardwright.Production.PreviewCard", "parameters": {"card": card, "planes": True}, "more": True})
                for _ in range(messages):
                    client.receive()
        self.assertEqual(len(self.preview(card)), 4)
        self.assertIsNone(self.world.daemon.poll(), "the daemon runs")

    def test_refuse_a_photo_that_nobody_stored(self):
        self.assertIn("there is no such photo", self.ctl("request", "-n", 1, "--field", "photo=abc", status=1))

    def test_leave_the_station_unhurt_by_a_photo_of_100_megabytes(self):
        large = self.world.directory / "large.jpg"
        with open(large, "wb") as file:
            file.write(b"\xff\xd8\xff")
            file.truncate(100_000_000)
        self.assertIn("larger than the station takes", self.ctl("request", "-n", 1, "--photo", large, status=1))
        # A client that sends it all the same loses its connection, and nobody else does.
        with self.world.client() as client:
            with self.assertRaises(ConnectionError):
                client.socket.sendall(b'{"method":"org.cardwright.Production.StorePhoto","parameters":{"image":"')
                for _ in range(130):
                    client.socket.sendall(b"A" * 1_000_000)
                client.receive()
        with self.world.client() as client:
            with self.assertRaises(VarlinkError) as refused:
                client.call("Production.StorePhoto", image="/9j/" + "AAAA" * 350_000)
        self.assertEqual(refused.exception.name, "org.cardwright.Production.PhotoInvalid")
        self.assertIsNone(self.world.daemon.poll(), "the daemon runs")
        card = self.make("-p", "visitor", "--field", "name=Ada")
        self.assertEqual(self.card(card)["state"], "awaitingConfirmation")


if __name__ == "__main__":
    unittest.main()
