"""Two hundred clients at once order, hold, abort, list and watch while the station pulls from the queue; many of them lose
their connection in the middle of a call and ask again under the same key.

crowd_test.py [--steps N] [--seed S]: what each customer does, and the seed it is chosen by.
Runs beside tools/private-pcscd --readers 2.
"""
import argparse
import collections
import json
import random
import sys
import threading
import time
import unittest

from people import Orders, bodies_wrong, sums_wrong
from use_cases_test import Station
from world import Client, VarlinkError, wait_until

CUSTOMERS, WATCHERS = 150, 50
options = argparse.Namespace(steps=40, seed=None)


class Unsteady:
    """A connection that breaks at random: before a call is whole, before its answer is read, or not at all."""

    def __init__(self, world, chance):
        self.world, self.random, self.client = world, chance, None
        self.breaks = collections.Counter()

    def call(self, method, parameters):
        """One try; OSError when it broke, and nobody here knows what the daemon made of it."""
        self.client = self.client or Client(self.world.station)
        message = json.dumps({"method": f"org.cardwright.{method}", "parameters": parameters}).encode() + b"\0"
        how = self.random.choices(("answered", "halfSent", "notRead"), (80, 5, 15))[0]
        self.breaks[how] += 1
        self.client.socket.sendall(message[:self.random.randrange(len(message))] if how == "halfSent" else message)
        if how != "answered":
            time.sleep(self.random.choice((0, 0, 0.01)))
            raise ConnectionError(how)
        return self.client.receive().get("parameters") or {}

    def close(self):
        if self.client:
            self.client.socket.close()
        self.client = None


class Customer(threading.Thread):
    """Orders and requests cards, has second thoughts, and keeps what was acknowledged. Each change is asked for under a key
    of its own, until it is answered."""

    def __init__(self, world, name, seed, everybody, gone):
        super().__init__(daemon=True, name=name)
        self.world, self.random = world, random.Random(seed)
        self.connection = Unsteady(world, self.random)
        self.everybody, self.gone = everybody, gone  # (priority, number, answer) of all orders, to abort each other's; and those that were
        self.asked, self.answered, self.refused = 0, [], collections.Counter()
        self.mine, self.held, self.failure = [], {}, None

    def ask(self, method, **parameters):
        until = time.monotonic() + 90
        while time.monotonic() < until:
            try:
                return self.connection.call(method, parameters)
            except OSError:
                self.connection.close()
        raise AssertionError(f"{method}: no answer")

    def change(self, method, **parameters):
        """The answer, or None where it was refused: what the others or the station did came first."""
        self.asked += 1
        parameters["idempotencyKey"] = f"{self.name}-{self.asked}"
        try:
            answer = self.ask(method, **parameters)
        except VarlinkError as refused:
            if refused.name.rsplit(".", 1)[1] not in ("WrongState", "NoCards"):
                raise
            self.refused[f"{method} {refused.parameters.get('state', '')}".strip()] += 1
            return None
        self.answered.append((method, parameters, answer))
        return answer

    def run(self):
        doings = (self.order, self.order, self.abort, self.abort, self.hold, self.release, self.request, self.look, self.page)
        try:
            self.order()
            for _ in range(options.steps):
                self.random.choice(doings)()
        except Exception as failure:
            self.failure = f"{self.name}: {failure!r}"
        self.connection.close()

    def order(self):
        """Nearly always with the queue: what is accepted at once goes before it, and cannot be aborted. Few chips, which take
        their time."""
        kind = {"productionType": "queued"} if self.random.random() < 0.6 else {"queue": self.random.random() < 0.97}
        priority = self.random.choice((0, 128, 255))
        answer = self.change("Production.OrderCards", amount=self.random.randint(1, 3), priority=priority,
                             options={"encode": self.random.random() < 0.1}, **kind)
        self.mine.append(answer)
        self.everybody.append((priority, number(answer["order"]), answer))

    def abort(self):
        """An own order, anybody's, or the one that the station would pull next."""
        order = self.random.choice((self.mine[-1], self.random.choice(self.everybody)[-1], self.next_to_be_pulled()))
        some = self.random.sample(order["cards"], self.random.randint(1, len(order["cards"])))
        what = self.random.choice(({"order": order["order"]}, {"cards": some}))
        if "order" in what or len(some) == len(order["cards"]):
            self.gone.add(order["order"])
        self.change("Production.AbortCards", **what)

    def next_to_be_pulled(self):
        return min((entry for entry in self.everybody if entry[-1]["order"] not in self.gone), key=lambda entry: entry[:2],
                   default=self.everybody[-1])[-1]

    def hold(self):
        self.set_held("Production.HoldOrder", True)

    def release(self):
        self.set_held("Production.ReleaseOrder", False)

    def set_held(self, method, held):
        order = self.random.choice(self.mine)["order"]
        if self.change(method, order=order):
            self.held[order] = held

    def request(self):
        answer = self.change("Production.RequestCards", amount=self.random.randint(1, 2))
        if self.random.random() < 0.5:
            self.change("Production.AbortCards", cards=answer["cards"][:1])

    def look(self):
        expected = self.random.choice(self.everybody)[-1]
        order = self.ask("Production.GetOrder", order=expected["order"])["order"]
        assert order["cards"] == expected["cards"] and sum(order["counts"].values()) == len(order["cards"]), (expected, order)

    def page(self):
        after = {"after": self.random.choice(self.mine)["cards"][0]}
        ids = [number(card["id"]) for card in self.ask("Production.ListCards", limit=20, **after)["cards"]]
        assert ids == sorted(set(ids)), ids


class Witness(threading.Thread):
    """Watches from the start to the end over many connections, and keeps each change as often and in the order as it is told."""

    def __init__(self, world, seed):
        super().__init__(daemon=True)
        self.world, self.random = world, random.Random(seed)
        self.last, self.until, self.told, self.failure, self.connections = 0, None, [], None, 0

    def run(self):
        while self.until is None or self.last < self.until:
            try:
                self.watch(self.random.randint(1, 400))
            except OSError:  # nothing was told for a while
                pass
            except VarlinkError as refused:
                self.failure = refused
                return

    def watch(self, amount):
        with Client(self.world.station, seconds=1) as client:
            self.connections += 1
            for told in client.call_more("Production.Watch", after=self.last):
                self.told.append((told["sequence"], told["change"]))
                self.last = told["sequence"]
                amount -= 1
                if amount == 0 or self.last == self.until:
                    return


class Foreman(threading.Thread):
    """Keeps the station pulling: most batches are cancelled as soon as they are open, so that few cards are really made."""

    def __init__(self, world, chance):
        super().__init__(daemon=True)
        self.orders, self.random = Orders(world, "foreman"), chance
        self.fate, self.done, self.stopped, self.failure = {}, collections.Counter(), threading.Event(), None

    def run(self):
        try:
            while not self.stopped.wait(0.02):
                self.go_round()
        except Exception as failure:
            self.failure = failure

    def go_round(self):
        """Whether a batch is still being made."""
        batches = self.orders.ask("Production.ListBatches", limit=100)["batches"]
        for batch in batches:
            if batch["state"] in ("producing", "paused") and self.is_cancelled(batch["id"]):
                self.settle("Production.CancelBatch", batch["id"])
            elif batch["state"] == "awaitingConfirmation":
                self.settle("Production.CompleteBatch", batch["id"])
        return any(batch["state"] in ("producing", "paused", "awaitingConfirmation") for batch in batches)

    def is_cancelled(self, batch):
        return self.stopped.is_set() or self.fate.setdefault(batch, self.random.random() < 0.8)

    def settle(self, method, batch):
        """Refused when its last card ended first, or a revocation list is still being written."""
        try:
            self.orders.call(method, batch=batch)
            self.done[method] += 1
        except VarlinkError as refused:
            assert refused.name.endswith((".WrongState", ".BatchNotSettled")), refused

    def finish(self):
        """No more orders are pulled, and the machine is empty."""
        self.stopped.set()
        self.join()
        self.orders.ask("Maintenance.Pause")
        wait_until(lambda: not self.go_round(), 60, "the last batch")


def number(identity):
    return int(identity[1:])


def acknowledged(customers, method):
    return [answer for customer in customers for asked, _, answer in customer.answered if asked == f"Production.{method}"]


def cards_of_all(client):
    return {card["id"]: card for reply in client.call_more("Production.ListCards", attempts=True) for card in reply["cards"]}


def orders_of_all(client):
    listed, after = [], {}
    while page := client.call("Production.ListOrders", limit=100, **after)["orders"]:
        listed += page
        after = {"after": page[-1]["id"]}
    return listed


def orders_wrong(customers, orders, cards):
    """Each acknowledged order exists once with exactly its cards, and no other order or card does."""
    expected = {answer["order"]: answer["cards"] for answer in acknowledged(customers, "OrderCards")}
    requested = [card for answer in acknowledged(customers, "RequestCards") for card in answer["cards"]]
    wrong = []
    if len(expected) != len(acknowledged(customers, "OrderCards")):
        wrong.append("two calls were answered with the same order")
    if sorted(order["id"] for order in orders) != sorted(expected):
        wrong.append(f"orders that were not acknowledged, or are lost: {set(expected) ^ {order['id'] for order in orders}}")
    wrong += [f"{order['id']} has {order['cards']}, acknowledged {expected.get(order['id'])}" for order in orders
              if order["cards"] != expected.get(order["id"])]
    named = requested + [card for of_order in expected.values() for card in of_order]
    twice = [card for card, times in collections.Counter(named).items() if times > 1]
    if twice or set(named) != set(cards):
        wrong.append(f"cards of two calls {twice}; lost, or nobody's: {set(named) ^ set(cards)}")
    if len({card["number"] for card in cards.values()}) != len(cards):
        wrong.append("two cards have the same number")
    return wrong + [f"{card} is of {cards[card].get('order')}, acknowledged with {order}" for order, of_order in expected.items()
                    for card in of_order if card in cards and cards[card].get("order") != order]


def aborts_wrong(customers, orders, cards):
    """Aborted is what an acknowledged call aborted, by one call, and no blank was fed for it."""
    aborted = collections.Counter(card for answer in acknowledged(customers, "AbortCards") for card in answer["cards"])
    wrong = [f"{card} was aborted {times} times" for card, times in aborted.items() if times > 1]
    found = {card for card, of_card in cards.items() if of_card["state"] == "aborted"}
    if found != set(aborted):
        wrong.append(f"aborted, and not acknowledged, or the other way round: {found ^ set(aborted)}")
    wrong += [f"{card} is aborted, and has the attempts {cards[card]['attempts']}" for card in found
              if any(attempt["phase"] != "void" for attempt in cards[card]["attempts"])]
    empty = {order["id"] for order in orders if set(order["cards"]) <= found}
    if empty != {order["id"] for order in orders if order["state"] == "aborted"}:
        wrong.append(f"orders of aborted cards alone: {sorted(empty)}")
    return wrong


def holds_wrong(customers, orders):
    """Orders that were never pulled are held or not as their customer said last."""
    said = {order: held for customer in customers for order, held in customer.held.items()}
    return [f"{order['id']} held: {order['held']}" for order in orders
            if order["state"] == "processing" and not order.get("batch") and order["held"] != said.get(order["id"], False)]


def changes_wrong(witnesses, changes, orders, cards):
    """Every witness was told all of them, once and in order; and they lead to the states that the lists have."""
    wrong = [f"a witness was told {len(witness.told)} of {len(changes)} changes, {witness.failure}" for witness in witnesses
             if witness.told != changes]
    if [sequence for sequence, _ in changes] != list(range(1, len(changes) + 1)):
        wrong.append("numbers of changes are missing or twice")
    states = {(change["subject"], change[change["subject"]]): change["state"] for _, change in changes if change["subject"] in ("card", "order")}
    listed = {("card", card): of_card["state"] for card, of_card in cards.items()} | {("order", order["id"]): order["state"] for order in orders}
    return wrong + [f"{subject}: told {states.get(subject)}, listed {listed.get(subject)}" for subject in states.keys() | listed.keys()
                    if states.get(subject) != listed.get(subject)]


class Crowd:
    def __init__(self, world, seed):
        self.world = world
        everybody, gone = [], set()
        self.customers = [Customer(world, f"customer-{i}", f"{seed} {i}", everybody, gone) for i in range(CUSTOMERS)]
        self.witnesses = [Witness(world, f"{seed} witness {i}") for i in range(WATCHERS)]
        self.foreman = Foreman(world, random.Random(seed))

    def go(self):
        for thread in (*self.witnesses, self.foreman, *self.customers):
            thread.start()
        until = time.monotonic() + 150
        for customer in self.customers:
            customer.join(max(0, until - time.monotonic()))
        self.foreman.finish()
        failures = [thread.failure for thread in (*self.customers, self.foreman) if thread.failure]
        assert not failures and not any(customer.is_alive() for customer in self.customers), failures

    def changes(self):
        """All of them, as somebody is told who comes now; then the witnesses need no more than those."""
        with self.world.client() as client:
            newest = next(client.call_more("Production.Watch"))["sequence"]
        with self.world.client() as client:
            changes = []
            for told in client.call_more("Production.Watch", after=0):
                changes.append((told["sequence"], told["change"]))
                if told["sequence"] >= newest:
                    break
        for witness in self.witnesses:
            witness.until = newest
        for witness in self.witnesses:
            witness.join(30)
        return changes

    def forgotten(self):
        """What is answered otherwise now than it was acknowledged; over steady connections."""
        with self.world.client() as client:
            return [parameters for customer in self.customers for method, parameters, answer in customer.answered
                    if client.call(method, **parameters) != answer]

    def report(self, changes, cards):
        breaks = sum((customer.connection.breaks for customer in self.customers), collections.Counter())
        refused = sum((customer.refused for customer in self.customers), collections.Counter())
        print(f"acknowledged {dict(collections.Counter(method for customer in self.customers for method, _, _ in customer.answered))}")
        print(f"refused {dict(refused)}; calls {dict(breaks)}; the foreman {dict(self.foreman.done)}")
        print(f"changes {len(changes)}, told over {sum(witness.connections for witness in self.witnesses)} connections")
        print(f"cards {dict(collections.Counter(card['state'] for card in cards.values()))}", flush=True)


class ACrowd(unittest.TestCase):
    def test_gets_every_order_once_and_is_told_every_change(self):
        seed = options.seed if options.seed is not None else random.SystemRandom().randrange(10**6)
        print(f"seed {seed}", flush=True)
        with Station("--blanks", "5000", "--seed", str(seed), speed=400) as world:
            world.start_daemon()
            crowd = Crowd(world, seed)
            try:
                crowd.go()
                changes = crowd.changes()
                with world.client() as client:
                    orders, cards = orders_of_all(client), cards_of_all(client)
                crowd.report(changes, cards)
                self.assertEqual(orders_wrong(crowd.customers, orders, cards), [])
                self.assertEqual(aborts_wrong(crowd.customers, orders, cards), [])
                self.assertEqual(holds_wrong(crowd.customers, orders), [])
                self.assertEqual(changes_wrong(crowd.witnesses, changes, orders, cards), [])
                self.assertEqual(crowd.forgotten(), [])
                self.assertEqual(sums_wrong(world), [])
                self.assertEqual(bodies_wrong(world), [])
                self.assertTrue(any(card["state"] == "unassigned" for card in cards.values()), "nothing was made")
                world.daemon.terminate()
                self.assertEqual(world.daemon.wait(20), 0)
            except BaseException:
                print(world.log()[-3000:])
                raise


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--steps", type=int, default=options.steps)
    parser.add_argument("--seed", type=int)
    options, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
