"""docs/messages.md: the messages of a module as its source writes them out, each with its own cure."""

from __future__ import annotations

from bench.messages import messages

SOURCE = """
def faults(row, name):
    if row.get("id") is None:
        yield f"lacks {name!r}, an id", "give it one"
    what, fix = f"{name} is early", "wait a day"
    if row["late"]:
        what, fix = f"{name} is late", "hurry a bit"
    yield what, fix
    raise UsageError(f"--at {name} is no place")


def lamps(row, name):
    what = "the lamp" + " is out"
    yield Problem(what, "light it" if row else "buy a lamp", file=name)
    yield "name", row
    what, fix = f"{name} has no text", "give a text"
    yield Problem(what, fix)
    what = f"{name} has no id"
    yield Problem(what=what, fix="give an id")
    yield row.problem("the table is empty", "fill the table", name)

    def inner():
        what = "the wick is short"
        yield what, "put in another"

    yield f"… {name}", "it says nothing"
    raise UsageError(f"--at {name} is no place")
"""


def test_a_message_stands_with_what_it_found_left_open_and_with_its_own_cure() -> None:
    assert set(messages(SOURCE)) == {
        ("lacks …, an id", "give it one"),
        ("… is early", "wait a day"),
        ("… is late", "hurry a bit"),
        ("--at … is no place", ""),
        ("the lamp is out", "light it\0buy a lamp"),
        ("… has no text", "give a text"),
        ("… has no id", "give an id"),
        ("the table is empty", "fill the table"),
        ("the wick is short", "put in another"),
    }
