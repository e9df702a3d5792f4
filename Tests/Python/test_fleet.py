"""Three real daemons are one: they send what one would, and users notice neither kills nor a database that is away.

Some virtual hours; a week with WARMER_FLEET_DAYS=7."""

import json
import os
import random
from collections import defaultdict
from decimal import Decimal

import pytest
from fleet import WARMER, House, Postgres

MODEL = "claude-sonnet-5-5"
HOURS = 24 * int(os.environ.get("WARMER_FLEET_DAYS", "0")) or int(os.environ.get("WARMER_FLEET_HOURS", "5"))

# What a prompt is called by: its tokens up to the last breakpoint, by this modulus.
NAMES = 101
ROOMS = ["every:285s@5m", "every:285s@5m", "idle:2@5m", "idle:2@5m", "break-even@5m", "break-even@5m"]
PROMPTS = [len(ROOMS) + number for number in range(3)]
FIRST_CONVERSATION = 20
BASE = NAMES - 1


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

    def __init__(self, seed, end, wanders):
        self.random = random.Random(seed)
        self.replicas = random.Random(seed + 1)
        events = []
        for name in [*range(len(ROOMS)), *PROMPTS]:
            at = 30.0
            while (at := at + self.gap(5, 20_000)) < end:
                events.append((at, "room", name, self.replicas.randrange(3)))
        number = 0
        for _ in range(3):
            at = 30.0
            while (at := at + self.gap(60, 10_000)) < end:
                home = self.replicas.randrange(3)
                for _ in range(self.random.randint(6, 20)):
                    if at < end:
                        events.append((at, "turn", number, self.replicas.randrange(3) if wanders else home))
                    at += self.gap(5, 1_500)
                number += 1
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
            usage = self.house.ask(body(name, self.asked), number, scope)
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


def configuration(url, policy, budget):
    scopes = [
        {"name": f"room-{name}", "request": f"../room-{name}.json", "policy": policy} for name, policy in enumerate(ROOMS)
    ]
    # JSON is YAML.
    return json.dumps({
        "upstreams": {"emulator": {"url": url, "api_key": {"env": "ANTHROPIC_API_KEY"}}},
        "budget": {"per_day": budget},
        "store": {"postgres": {"env": "WARMER_DATABASE"}},
        "scopes": scopes,
        "proxy": {"listen": "127.0.0.1:0", "warm": True, "policy": policy},
        "dashboard": {"listen": "127.0.0.1:0"},
    })


@pytest.fixture(scope="module")
def postgres():
    postgres = Postgres()
    yield postgres
    postgres.remove()


def live(folder, postgres, count, wanders, policy="break-even@5m", budget=1000.0):
    folder.mkdir()
    for name in range(len(ROOMS)):
        (folder / f"room-{name}.json").write_text(json.dumps(body(name, 0)))
    house = House(folder, postgres, count, lambda url: configuration(url, policy, budget))
    try:
        users = Users(house)
        end = HOURS * 3600.0
        for event in Traffic(7, end, wanders).events:
            users.ask(event)
        house.advance(end)
        house.stop()
        return Outcome(house, users)
    finally:
        house.end()


def tokens(usage):
    return usage["cache_read"] + usage["cache_creation_5m"] + usage["cache_creation_1h"]


class Outcome:
    def __init__(self, house, users):
        self.requests, self.cold = users.asked, users.cold
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
    import subprocess

    command = [WARMER, "cost", "--model", MODEL, "--json"]
    done = subprocess.run(command, input=json.dumps({"usage": usage}), capture_output=True, text=True, check=True)
    return Decimal(json.loads(done.stdout)["usd"])


@pytest.mark.parametrize("wanders", [False, True], ids=["sticky", "wandering"])
def test_three_replicas_send_what_one_does(postgres, tmp_path, wanders):
    one = live(tmp_path / "one", postgres, 1, wanders)
    three = live(tmp_path / "three", postgres, 3, wanders)
    print(f"\n{HOURS} hours, {one.requests} requests; pings {len(one.pings)} {len(three.pings)}, cold {one.cold} {three.cold}; closest {three.closest():.0f} s")
    print(one.counts(), three.counts())
    print(one.spent(), one.ledger)
    print(three.spent(), three.ledger)
    for outcome in [one, three]:
        assert outcome.spent() == Decimal(outcome.ledger["settled_usd"])
        assert outcome.ledger["open_reservations"] == 0
    assert three.closest() > 150
    assert abs(len(three.pings) - len(one.pings)) * 50 <= len(one.pings)
