"""What was kept and removed of an article, line by line: nothing of the source text is missing, every cut has a why."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.recipe.explained import explained, summary

DEFAULTS: dict[str, Any] = {
    "reason": "comments", "rule": "r/1", "evidence": "seen", "fills": None, "confidence": None, "repeats_start": None,
    "repeats_end": None,
}  # fmt: skip


def removal(start: int, end: int, **more: Any) -> dict[str, Any]:
    return DEFAULTS | {"start": start, "end": end} | more


def lines(text: str, *removals: dict[str, Any]) -> list[tuple[str, str]]:
    return [(line.kind, line.text) for line in explained(text, removals)]


def test_kept_lines_are_plain_and_the_reason_stands_above_what_is_removed() -> None:
    assert lines("One.\n\n\nShare\nTwo.\n", removal(6, 13, confidence=0.9, fills="tags")) == [
        ("kept", "One."),
        ("kept", ""),
        ("reason", "[6,13) comments, r/1: seen; fills tags; confidence 0.90"),
        ("removed", "Share"),
        ("kept", "Two."),
    ]


def test_removals_side_by_side_that_say_the_same_have_one_reason() -> None:
    same = removal(0, 2), removal(2, 4), removal(4, 6, evidence="other")
    assert lines("a\nb\nc\n", *same) == [
        ("reason", "[0,4) comments, r/1: seen"), ("removed", "a"), ("removed", "b"),
        ("reason", "[4,6) comments, r/1: other"), ("removed", "c"),
    ]  # fmt: skip


def test_what_leaves_a_kept_line_is_marked_in_it() -> None:
    cuts = (removal(*span, reason="citation_marker") for span in ((6, 10), (17, 21)))
    assert lines("A mill [1] burned [2].", *cuts) == [
        ("kept", "A mill[- [1]-] burned[- [2]-]."),
        ("reason", "[6,10) [17,21) citation_marker, r/1: seen"),
    ]


def test_a_repetition_says_what_it_repeats() -> None:
    again = removal(2, 3, reason="repetition", repeats_start=0, repeats_end=1)
    assert lines("a\na", again)[1] == ("reason", "[2,3) repetition, r/1: seen; repeats [0,1)")


@given(text=st.text("ab \n\t", max_size=40), cuts=st.lists(st.integers(0, 40), max_size=8, unique=True))
def test_every_character_is_shown_once_as_kept_or_removed(text: str, cuts: list[int]) -> None:
    ends = sorted(min(cut, len(text)) for cut in cuts)
    pairs = [(a, b) for a, b in zip(ends[::2], ends[1::2], strict=False) if a < b]
    shown = lines(text, *(removal(a, b) for a, b in pairs))
    seen = "".join(line.replace("[-", "").replace("-]", "") for kind, line in shown if kind != "reason")
    assert "".join(seen.split()) == "".join(text.split())
    removed = "".join(text[a:b] for a, b in pairs)
    whole = "".join(line for kind, line in shown if kind == "removed")
    inside = "".join(part.split("-]")[0] for kind, line in shown if kind == "kept" for part in line.split("[-")[1:])
    assert sorted((whole + inside).replace("\t", "").replace(" ", "")) == sorted("".join(removed.split()))


@pytest.mark.parametrize(
    ("text", "confidence", "kinds"),
    [("a", 0.79, ["low_confidence"]), ("a", 0.8, []), ("a", None, []), (" .", 0.1, ["no_clean_text"])],
)
def test_a_low_confidence_and_an_empty_text_are_notices(text: str, confidence: float | None, kinds: list[str]) -> None:
    row = {"article_id": "x", "language": "en", "confidence": confidence, "notices": None, "source_text": "a b",
           "text": text, "removals": []}  # fmt: skip
    assert [notice.kind for notice in summary(row, 0.8).notices] == kinds


def test_what_needs_a_look_comes_first() -> None:
    hidden = [{"kind": "hidden_text", "text": "300 characters were hidden"}]
    rows = {"a": 1.0, "b": None, "c": 0.2, "d": 0.2, "e": 0.9}
    made = [
        summary({"article_id": name, "language": "en", "confidence": confidence, "source_text": "a", "removals": [],
                 "notices": hidden if name == "e" else [], "text": "" if name == "d" else "a"}, 0.8)
        for name, confidence in rows.items()
    ]  # fmt: skip
    assert [one.article_id for one in sorted(made, key=lambda one: one.order)] == ["d", "c", "e", "a", "b"]
