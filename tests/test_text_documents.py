"""What an attribute of a document may be, and how a format that has texts alone says it."""

from __future__ import annotations

import pytest

from allegata.text.documents import AttributeKind, AttributeType


def test_a_closed_set_takes_in_the_value_and_the_label_that_an_annotation_has() -> None:
    closed = AttributeType("strict", values={"a": "the first"}, labels=("claim",))
    assert closed.allowing("claim", "a") is closed
    assert closed.allowing("claim", "b").values == {"a": "the first", "b": ""}
    assert closed.allowing("cue", "a").labels == ("claim", "cue")
    assert AttributeType("note").allowing("claim", "b").values is None


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        *(("bool", "True", True), ("bool", "false", False), ("bool", "no", None)),
        *(("int", "-7", -7), ("int", "7.5", None), ("int", "9" * 20, None), ("int", "1" * 19, int("1" * 19))),
        ("list", "one, two", ("one, two",)),
    ],
)
def test_a_value_that_a_format_wrote_as_text_is_read(kind: AttributeKind, said: str, value: object) -> None:
    assert AttributeType("it", kind).parsed(said) == value
