"""Three real daemons are one: they send what one would, and users notice neither kills nor a database that is away.

Two virtual hours; a week with WARMER_FLEET_DAYS=7."""

import json
import os
import random
import subprocess
from collections import defaultdict
from decimal import Decimal

import pytest
from fleet import WARMER, House, Postgres

MODEL = "claude-sonnet-5-5"
HOURS = 24 * int(os.environ.get("WARMER_FLEET_DAYS", "0")) or 2

# What a prompt is called by: its tokens up to the last breakpoint, by this modulus.
NAMES = 101
ROOMS = ["every:285s@5m", "every:285s@5m", "idle:2@5m", "idle:2@5m", "break-even@5m", "break-even@5m"]
PROMPTS = [len(ROOMS) + number for number in range(3)]
FIRST_CONVERSATION = 20
BASE = NAMES - 1
VISITOR = FIRST_CONVERSATION - 1
BUDGET = Decimal("1.00")


def text(tokens, words):
    """A text that the emulator counts as so many tokens."""
    size = 4 * (tokens - 4)
    return (words * (size // len(words) + 1))[:size]


def system(name, tokens=8 * NAMES):
    """A prompt whose tokens bear its name."""
    words = f"You are the assistant number {name}, and you know everything about it. "
    return [{"type": "text", "text": text(tokens + name, words), "cache_control": {"type": "ephemeral"}}]


def body(name, question):
    return {
        "model": MODEL, "max_tokens": 16, "system": system(name),
        "messages": [{"role": "user", "content": f"Question {question}?"}],
    }


class Conversation:
    """It grows by a question and an answer at a time, all of a size that leaves its name as it is."""

    def __init__(self, number):
        self.name = FIRST_CONVERSATION + number % (BASE - FIRST_CONVERSATION)
        tokens = 2 * NAMES + self.name - BASE - 3
        self.messages = [self.message("user", tokens, f"Conversation {number}, at the beginning. ")]

    @staticmethod
    def message(role, tokens, words):
        return {"role": role, "content": [{"type": "text", "text": text(tokens, words)}]}

    def body(self):
        *earlier, last = self.messages
        marked = {**last["content"][0], "cache_control": {"type": "ephemeral"}}
        messages = [*earlier, {"role": "user", "content": [marked]}]
        return {"model": MODEL, "max_tokens": 16, "system": system(BASE), "messages": messages}

    def grow(self):
        turn = len(self.messages)
        self.messages += [
            self.message("assistant", NAMES - 3, f"The answer {turn} is that it depends. "),
            self.message("user", 3 * NAMES - 3, f"And then, after {turn}, what do you think? "),
        ]


class Traffic:
    """What users ask and when, the same for the same seed: (time, who, replica)."""

    def __init__(self, seed, end):
        self.random = random.Random(seed)
        self.replicas = random.Random(seed + 1)
        events = []
        for name in [*range(len(ROOMS)), *PROMPTS]:
            at = 30.0
            while (at := at + self.gap(5, 20_000)) < end:
                events.append((at, "room", name, self.replicas.randrange(3)))
        conversations = []
        for _ in range(3):
            at = 30.0
            while (at := at + self.gap(60, 10_000)) < end:
                turns = []
                for _ in range(self.random.randint(6, 20)):
                    turns.append((at, self.replicas.randrange(3)))
                    at += self.gap(5, 1_500)
                conversations.append(turns)
        # By their beginnings, so that those that bear the same name are far apart.
        for number, turns in enumerate(sorted(conversations)):
            events += [(at, "turn", number, replica) for at, replica in turns if at < end]
        self.events = sorted(events)

    def gap(self, low, high):
        return low * (high / low) ** self.random.random()


class Users:
    """Asks what the traffic says, and counts who has found less than there was to be found."""

    def __init__(self, house):
        self.house = house
        self.conversations = {}
        self.cached = {}
        self.cold = 0
        self.asked = 0

    def ask(self, event):
        at, kind, name, number = event
        self.house.advance(at)
        self.asked += 1
        if kind == "room":
            scope = f"room-{name}" if name < len(ROOMS) else None
            usage = self.house.ask(body(name, self.asked), number, scope, off=scope is not None)
        else:
            if name in self.conversations:
                self.conversations[name].grow()
            conversation = self.conversations.setdefault(name, Conversation(name))
            usage = self.house.ask(conversation.body(), number)
            name = f"conversation {name}"
        cached = usage["cache_read_input_tokens"] + usage["cache_creation_input_tokens"]
        known = self.cached.get(name, 0)
        self.cold += usage["cache_read_input_tokens"] < known
        self.cached[name] = cached


def configuration(url):
    scopes = [
        {"name": f"room-{name}", "request": f"../room-{name}.json", "policy": policy} for name, policy in enumerate(ROOMS)
    ]
    # JSON is YAML.
    return json.dumps({
        "upstreams": {"emulator": {"url": url, "api_key": {"env": "ANTHROPIC_API_KEY"}}},
        "budget": {"per_day": float(BUDGET)},
        "store": {"postgres": {"env": "WARMER_DATABASE"}},
        "scopes": scopes,
        "proxy": {"listen": "127.0.0.1:0", "warm": True, "policy": "break-even@5m"},
        "dashboard": {"listen": "127.0.0.1:0"},
    })


@pytest.fixture(scope="module")
def postgres():
    postgres = Postgres()
    yield postgres
    postgres.remove()


class Roughness:
    """What befalls a fleet: a kill in every hour, three restarts of PostgreSQL, and a replica cut off from it for hours."""

    def __init__(self, house, users):
        self.house, self.users = house, users
        self.random = random.Random(99)
        # Scopes that a replica has left behind, of all; and of these, those of the one cut off.
        self.orphans = self.of_cut = 0
        self.away = None

    def events(self):
        events = [(3600 * (hour + self.random.random()), "kill", hour, None) for hour in range(HOURS)]
        for part in [1, 2, 3]:
            events.append((3600 * HOURS * part / 4, "restart", part == 2, None))
        events.append((3600 * HOURS / 5, "cut_off", None, None))
        events.append((3600 * (HOURS / 5 + min(4, HOURS / 5)), "mend", None, None))
        return events

    def befall(self, event):
        at, kind, detail, _ = event
        self.house.advance(at)
        getattr(self, kind)(detail)

    def kill(self, _):
        house = self.house
        victim = self.random.choice([number for number in range(3) if number != self.away])
        self.orphans += len(self.only_at(victim))
        house.replicas[victim].kill()
        house.replicas[victim] = house.replica(victim)
        house.advance(house.now)

    def restart(self, crashes):
        """Users ask on while the database is away."""
        self.house.postgres.stop(crashes)
        for number in range(3):
            self.house.ask(body(VISITOR, self.users.asked), number, off=True)
        self.house.advance(self.house.now + 2)
        self.house.postgres.start()
        self.house.await_store(but=[self.away])

    def cut_off(self, _):
        self.away = 2
        self.lose(len(self.only_at(self.away)))
        self.house.postgres.cut_off(self.house.user(self.away))

    def mend(self, _):
        self.house.postgres.let_in(self.house.user(self.away))
        self.away = None
        self.house.await_store()

    def asked(self, number):
        """What is asked for by way of the one cut off, others do not hear of."""
        self.lose(number == self.away)

    def lose(self, count):
        self.orphans += count
        self.of_cut += count

    def only_at(self, number):
        """What nobody would go on with if a replica were no more."""
        kept = [replica.kept() for replica in self.house.replicas]
        others = [kept[other] for other in range(3) if other not in [number, self.away]]
        # An earlier turn of a conversation that has gone on elsewhere is nobody's loss.
        last = set(self.users.cached.values())
        return {tokens for tokens in kept[number] if tokens in last}.difference(*others)


@pytest.fixture(scope="module")
def one(postgres, tmp_path_factory):
    """What one daemon makes of the same traffic."""
    return live(tmp_path_factory.mktemp("one"), postgres, 1)


def live(folder, postgres, count, is_rough=False):
    for name in range(len(ROOMS)):
        (folder / f"room-{name}.json").write_text(json.dumps(body(name, 0)))
    house = House(folder, postgres, count, configuration)
    try:
        users = Users(house)
        rough = Roughness(house, users)
        end = HOURS * 3600.0
        asked = [(event[0], users.ask, event) for event in Traffic(7, end).events]
        befallen = [(event[0], rough.befall, event) for event in rough.events()] if is_rough else []
        for _, act, event in sorted(asked + befallen, key=lambda one: one[0]):
            act(event)
            if act == users.ask:
                rough.asked(event[-1])
        house.advance(end)
        house.stop()
        return Outcome(house, users, rough)
    finally:
        house.end()


def tokens(usage):
    return usage["cache_read"] + usage["cache_creation_5m"] + usage["cache_creation_1h"]


class Outcome:
    def __init__(self, house, users, rough):
        self.requests, self.cold = users.asked, users.cold
        self.orphans, self.of_cut = rough.orphans, rough.of_cut
        self.days = [Decimal(text) / 10**12 for text in house.spent_by_day()]
        self.pings = house.pings()
        self.ledger = house.ledger()
        self.bill = house.emulator.bill("fleet")
        self.usages = house.usages

    def counts(self):
        kinds = defaultdict(int)
        for ping in self.pings:
            kinds[kind(tokens(ping["usage"]) % NAMES)] += 1
        return dict(kinds)

    def closest(self):
        """The shortest time between two pings of one scope."""
        last, shortest = {}, float("inf")
        for ping in sorted(self.pings, key=lambda ping: ping["at_seconds"]):
            name = tokens(ping["usage"]) % NAMES
            shortest = min(shortest, ping["at_seconds"] - last.get(name, float("-inf")))
            last[name] = ping["at_seconds"]
        return shortest

    def spent(self):
        """What all pings have cost, by the provider's bill less what users were told."""
        usage = {
            "input_tokens": self.bill["input_tokens"] - sum(one["input_tokens"] for one in self.usages),
            "cache_creation_input_tokens": self.bill["cache_creation_5m"]
            - sum(one["cache_creation_input_tokens"] for one in self.usages),
            "cache_read_input_tokens": self.bill["cache_read"] - sum(one["cache_read_input_tokens"] for one in self.usages),
            "output_tokens": self.bill["output_tokens"] - sum(one["output_tokens"] for one in self.usages),
        }
        return priced(usage)


def kind(name):
    if name < len(ROOMS):
        return ROOMS[name]
    return "prompts" if name < FIRST_CONVERSATION else "base" if name == BASE else "conversations"


def priced(usage):
    command = [WARMER, "cost", "--model", MODEL, "--json"]
    done = subprocess.run(command, input=json.dumps({"usage": usage}), capture_output=True, text=True, check=True)
    return Decimal(json.loads(done.stdout)["usd"])


def test_three_replicas_send_what_one_does(postgres, one, tmp_path):
    three = live(tmp_path, postgres, 3)
    print(
        f"\nfleet: {HOURS} hours, {one.requests} requests; pings of one daemon {len(one.pings)}, of three {len(three.pings)}; "
        f"cold starts {one.cold} and {three.cold}; pings of one scope {three.closest():.0f} s apart at least; "
        f"spent {one.spent()} and {three.spent()}\n{one.counts()}\n{three.counts()}")
    for outcome in [one, three]:
        assert outcome.spent() == Decimal(outcome.ledger["settled_usd"])
        assert outcome.ledger["open_reservations"] == 0
    assert three.closest() > 150
    assert abs(len(three.pings) - len(one.pings)) * 50 <= len(one.pings)


def test_kills_a_database_that_is_away_and_a_replica_cut_off_go_unnoticed(postgres, one, tmp_path):
    rough = live(tmp_path, postgres, 3, is_rough=True)
    print(
        f"\nrough: {HOURS} hours; pings {len(rough.pings)} against {len(one.pings)} of one daemon, cold starts {rough.cold} "
        f"against {one.cold}, {rough.orphans} orphaned scopes ({rough.of_cut} of the one cut off); spent {rough.spent()}, by the ledger {rough.ledger}\n"
        f"{one.counts()}\n{rough.counts()}")
    assert max(rough.days) <= BUDGET
    assert rough.spent() <= Decimal(rough.ledger["settled_usd"]) + Decimal(rough.ledger["open_usd"])
    assert rough.cold <= one.cold + rough.orphans
