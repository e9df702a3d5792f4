"""Requests that several tests send."""

MODEL = "claude-sonnet-5"
LONG = "All work and no play makes Jack a dull boy. " * 200


def system(text=LONG, **marker):
    return [{"type": "text", "text": text, "cache_control": {"type": "ephemeral", **marker}}]


def request(**changes):
    body = {
        "model": MODEL,
        "max_tokens": 16,
        "system": system(),
        "messages": [{"role": "user", "content": "Hello?"}],
    }
    body.update(changes)
    return body
