"""Layouts, fields and photos that mean harm: the card fails with a reason of class `data` before a blank is fed, and the next one is made."""
import base64
import struct
import subprocess
import unittest
import zlib

from world import BIN, World

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="-2 -2 89.6 57.98">'
NAME = '<text data-field="name" data-width="20" x="30" y="40" font-size="5" font-family="Noto Sans">Ada</text>'
PHOTO = '<image data-field="photo" data-type="photo" x="40" y="10" width="20" height="25"/>'


def face(k="", color="", defs=""):
    return f'{HEAD}<defs>{defs}</defs><g id="color">{color}</g><g id="k">{k}</g></svg>'


def ten_times(what, depth):
    """<use> of <use> of …: ten to the power of `depth` rectangles."""
    groups = [f'<rect id="{what}0" width="1" height="1"/>']
    for level in range(1, depth + 1):
        groups.append(f'<g id="{what}{level}">' + f'<use xlink:href="#{what}{level - 1}"/>' * 10 + "</g>")
    return "".join(groups)


def png_that_says(width, height):
    """A small file that would unpack to a picture of this size."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")


BLUR = '<filter id="blur" x="-50" y="-50" width="101" height="101">' + '<feGaussianBlur stdDeviation="40"/><feMorphology operator="dilate" radius="9"/>' * 60 + "</filter>"

# Name of the product: its layout, the fields of the card, the reasons of which one is right.
HARM = {
    "loads": (face('<image xlink:href="file:///etc/passwd" width="20" height="20"/>'), {}, {"layoutInvalid"}),
    "entities": ('<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + face('<text font-size="3">&x;</text>'), {}, {"layoutInvalid"}),
    "recurses": (face('<use xlink:href="#u9"/>', defs=ten_times("u", 9)), {}, {"layoutInvalid", "drawingLimit"}),
    "hangs": (face(color='<g filter="url(#blur)">' + '<circle cx="40" cy="25" r="20" filter="url(#blur)"/>' * 40 + "</g>", defs=BLUR), {}, {"layoutInvalid", "drawingLimit"}),
    "no-glyph": (face(NAME), {"name": "Ada \U0010fffd"}, {"textInvalid"}),
    "too-long": (face(NAME), {"name": "Wolfeschlegelsteinhausenbergerdorff"}, {"textDoesNotFit"}),
    "nameless": (face(NAME), {}, {"fieldMissing"}),
    "bomb": (face(color=PHOTO), {"photo": png_that_says(60_000, 60_000)}, {"imageInvalid"}),
    "no-svg": ("hello", {}, {"layoutInvalid"}),
    "chip": (face('<rect x="10" y="20" width="5" height="5"/>'), {}, {"layoutInvalid"}),
}


class Faces(unittest.TestCase):
    def setUp(self):
        self.world = World()
        self.addCleanup(self.world.__exit__)
        with open(self.world.configuration, "a") as configuration:
            for name, (layout, _, _) in HARM.items():
                (self.world.directory / f"etc/layouts/{name}.svg").write_text(layout)
                configuration.write(f'\n[product.{name}]\ntitle = "{name}"\nencode = false\nchip = true\nlayout_front = "layouts/{name}.svg"\n')
        self.world.start_daemon()

    def request(self, client, name):
        _, fields, _ = HARM[name]
        fields = dict(fields)
        if isinstance(fields.get("photo"), bytes):
            fields["photo"] = client.call("Production.StorePhoto", image=base64.b64encode(fields["photo"]).decode())["photo"]
        return client.call("Production.RequestCards", amount=1, product=name, fields=fields)["cards"][0]

    def test_that_mean_harm_cost_neither_a_blank_nor_the_next_card(self):
        with self.world.client() as client:
            cards = {name: self.request(client, name) for name in HARM}
            good = client.call("Production.RequestCards", amount=1, product="visitor", fields={"name": "Ada Lovelace"})["cards"][0]
            hopper = self.world.ask_printer("counters")["fed"]
            # Three failures in a row stop a batch: each of these has one of its own.
            for card in [*cards.values(), good]:
                batch = client.call("Production.IssueCards", cards=[card])["batch"]
                self.world.wait_for_batch(batch)
        for name, card in cards.items():
            with self.subTest(harm=name):
                last = self.world.attempts(card)[-1]
                self.assertEqual(last["phase"], "void", last)
                self.assertIn(last["reason"], HARM[name][2], last)
        self.assertEqual(self.world.attempts(good)[-1]["phase"], "done")
        self.assertEqual(self.world.ask_printer("counters")["fed"], hopper + 1)
        self.assertIsNone(self.world.daemon.poll(), "the daemon died")

    def test_a_photo_of_a_hundred_megabytes_is_refused_before_it_is_sent(self):
        large = self.world.directory / "large.jpg"
        with open(large, "wb") as file:
            file.write(b"\xff\xd8\xff")
            file.truncate(100 * 1024 * 1024)
        ended = subprocess.run([BIN / "cardwrightctl", "--socket", self.world.station, "request", "-n", "1", "-p", "employee", "--field", "name=Ada",
                                "--photo", large], text=True, capture_output=True, timeout=60)
        self.assertEqual(ended.returncode, 1, ended.stderr)
        self.assertIn("larger than the station takes", ended.stderr)
        self.assertIsNone(self.world.daemon.poll(), "the daemon died")


if __name__ == "__main__":
    unittest.main(verbosity=2)
