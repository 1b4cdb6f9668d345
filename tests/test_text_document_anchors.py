"""Annotations of a text that changed in a tool: they move with what is the same, in a long text as in a short one."""

from __future__ import annotations

import pytest

from allegata.text.document_anchors import reanchored
from allegata.text.documents import Annotation, Document
from allegata.text.spans import Span

SAME = "The old mill stands at the river, people say, as ever."  # every other line: it tells no place


@pytest.mark.parametrize("count", [20, 400])
def test_annotations_move_with_their_lines(count: int) -> None:
    lines = [SAME if number % 2 else f"Mill {number} burned on Monday." for number in range(count)]
    changed = ["A first line.", *lines]
    changed[count // 2] = f"{changed[count // 2]} Nobody was hurt."
    del changed[count // 4]
    text, other = "\n".join(lines), "\n".join(changed)
    names = [line.partition(" burned")[0] for line in lines if line != SAME and line in changed]
    spans = [Span(text.index(f"{name} b"), text.index(f"{name} b") + len(name)) for name in names]
    given = Document("a", text, tuple(Annotation(f"m{span.start}", "mention", "FAC", (span,)) for span in spans))
    found, moved, lost = reanchored(given, other)
    assert not lost
    assert moved > len(names) // 2
    assert [one.segments[0].quote(other) for one in found.annotations] == names
    assert [one.segments[0].start for one in found.annotations] == [other.index(f"{name} b") for name in names]


@pytest.mark.parametrize("count", [20, 400])
def test_what_is_said_again_and_again_moves_with_the_lines_around_it(count: int) -> None:
    lines = [SAME if number % 2 else f"Mill {number} burned on Monday." for number in range(count)]
    text, other = (
        "\n".join(lines),
        "\n".join(["A first line.", *lines[: count // 2], "A new line.", *lines[count // 2 :]]),
    )
    at = [place for place in range(len(text)) if text.startswith("river", place)]
    given = Document("a", text, tuple(Annotation(f"m{one}", "mention", "LOC", (Span(one, one + 5),)) for one in at))
    found, moved, lost = reanchored(given, other)
    assert (moved, lost) == (len(at), [])
    assert [one.segments[0].start for one in found.annotations] == [
        place for place in range(len(other)) if other.startswith("river", place)
    ]


def test_words_of_a_long_line_move_where_some_stand_once() -> None:
    words = [f"w{number}" if number % 3 else "the" for number in range(900)]
    changed = [*words[:300], "new", "words", *words[300:600], *words[610:]]
    text, other = " ".join(words), " ".join(changed)
    places = [Span(text.index(f" w{n} ") + 1, text.index(f" w{n} ") + 1 + len(f"w{n}")) for n in (100, 301, 500, 700)]
    given = Document("a", text, tuple(Annotation(f"m{at}", "mention", "ORG", (at,)) for at in places))
    found, moved, lost = reanchored(given, other)
    assert (moved, lost) == (3, [])
    assert [one.segments[0].quote(other) for one in found.annotations] == ["w100", "w301", "w500", "w700"]


def test_what_reaches_into_a_changed_word_is_not_carried_with_the_words_before_it() -> None:
    words = [f"w{number}" for number in range(90)]
    changed = ["x" if number in (10, 60) else word for number, word in enumerate(words)]
    text, other = " ".join(words), " ".join(changed)
    spans = [Span(text.index("w57"), text.index(last) + len(last)) for last in ("w59", "w60")]
    given = Document("a", text, tuple(Annotation(f"m{span.end}", "mention", "ORG", (span,)) for span in spans))
    found, _, lost = reanchored(given, other)
    assert [one.segments[0].quote(other) for one in found.annotations] == ["w57 w58 w59"]
    assert [one.segments for one, _ in lost] == [(spans[1],)]
