#!/usr/bin/env python3
"""A small front end of the station, with nothing but Python's standard library.

Orders cards or requests and issues them, follows their production, repeats what failed, and completes the batch.

    client.py 2                          two cards of the default product
    client.py 2 --order                  the same as an order, made when the station is free
    client.py 2 --field name='Ada Lovelace'
"""
import argparse
import json
import os
import socket
import sys
import uuid


class Refused(Exception):
    """The station's error: its name, and parameters that say which card, field or value is meant."""

    def __init__(self, name, parameters):
        super().__init__(f"{name} {parameters}")
        self.name, self.parameters = name.rpartition(".")[2], parameters


class Station:
    """One connection: it runs one call at a time."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def replies(self, method, more=True, **parameters):
        """Calls and yields the parameters of each reply. A message is one JSON object and a NUL byte."""
        message = {"method": "org.cardwright." + method, "parameters": parameters, "more": more}
        self.socket.sendall(json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.received:
                data = self.socket.recv(65536)
                if not data:
                    raise ConnectionError("the station closed the connection")
                self.received += data
            text, self.received = self.received.split(b"\0", 1)
            reply = json.loads(text)
            if "error" in reply:
                raise Refused(reply["error"], reply.get("parameters", {}))
            yield reply.get("parameters", {})
            if not reply.get("continues"):
                return

    def call(self, method, **parameters):
        (reply,) = self.replies(method, more=False, **parameters)
        return reply

    def change(self, method, **parameters):
        """Takes effect once, however often it is sent with this key: keep the key where an answer may be lost."""
        return self.call(method, idempotencyKey=str(uuid.uuid4()), **parameters)


def say(change):
    who = change.get("card") or change.get("order") or change.get("batch") or change["subject"]
    print(who, change["state"], change.get("reason", ""), flush=True)


def produce(station, method, **parameters):
    """Issues or repeats cards and follows them until production has ended; the batch's id."""
    reply = {}
    for reply in station.replies("Production." + method, idempotencyKey=str(uuid.uuid4()), **parameters):
        for skipped in reply["skipped"]:
            print(skipped["card"], "is skipped:", skipped["why"])
        if "change" in reply:
            say(reply["change"])
    return reply["batch"]


def request_and_issue(station, amount, fields):
    cards = station.change("Production.RequestCards", amount=amount, fields=fields)["cards"]
    return produce(station, "IssueCards", cards=cards)


def order(station, path, amount, fields):
    """Orders cards and watches, on a connection of its own, until the batch of the order has ended."""
    with Station(path) as watcher:
        changes = watcher.replies("Production.Watch")
        next(changes)  # how things stand; every change after that comes, none left out
        ordered = station.change("Production.OrderCards", amount=amount, fields=fields)["order"]
        batch = None
        for reply in changes:
            change = reply["change"]
            say(change)
            if change["subject"] == "order" and change["order"] == ordered:
                batch = change.get("batch", batch)
            if change["subject"] in ("batch", "order") and not batch:
                batch = station.call("Production.GetOrder", order=ordered)["order"].get("batch")
            if change["subject"] == "batch" and change["batch"] == batch and change["state"] in ("awaitingConfirmation", "completed", "cancelled"):
                return batch


def finish(station, batch, repeats_max):
    """Has failed cards made again, a few times, then confirms the batch; whether that worked."""
    state = station.call("Production.GetBatch", batch=batch)["batch"]
    while repeats_max > 0 and state["state"] == "awaitingConfirmation" and state["counts"].get("failed"):
        produce(station, "RepeatProduction", batch=batch, reason="damaged")
        state = station.call("Production.GetBatch", batch=batch)["batch"]
        repeats_max -= 1
    if state["state"] == "completed":  # its product confirms by itself
        return True
    try:
        cards = station.change("Production.CompleteBatch", batch=batch)["cards"]
    except Refused as refused:
        if refused.name != "BatchNotSettled":
            raise
        print(batch, "cannot be completed:", refused.parameters["text"], *refused.parameters["cards"])
        return False
    print(batch, "completed:", *cards)
    return True


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("amount", type=int)
    parser.add_argument("--order", action="store_true", help="order instead of request and issue")
    parser.add_argument("--field", action="append", default=[], metavar="NAME=VALUE", help="what the layout prints")
    parser.add_argument("--socket", default=os.environ.get("CARDWRIGHT_SOCKET", "/run/cardwright/station"))
    said = parser.parse_args()
    fields = dict(field.split("=", 1) for field in said.field)
    with Station(said.socket) as station:
        try:
            if said.order:
                batch = order(station, said.socket, said.amount, fields)
            else:
                batch = request_and_issue(station, said.amount, fields)
            return 0 if finish(station, batch, repeats_max=3) else 4
        except Refused as refused:
            print(refused, file=sys.stderr)
            return 1


if __name__ == "__main__":
    sys.exit(main())
