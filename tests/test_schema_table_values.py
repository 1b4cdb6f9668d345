"""What a report says of values that a table may not have."""

import pyarrow as pa
import pytest

from allegata.schema.table_values import Names, own_faults, repeated


@pytest.mark.parametrize(("length", "shown"), [(60, "x" * 60), (61, "x" * 60 + "…")])
def test_a_value_is_shown_up_to_its_sixtieth_letter(length: int, shown: str) -> None:
    ids = pa.array(["x" * length, "x" * length])
    assert list(repeated(ids, "claim_id")) == [f"column 'claim_id': {shown!r} is the id of more than one row"]


def test_a_null_where_none_may_be_is_named_if_the_table_is_known() -> None:
    needed = pa.schema([pa.field("claim_id", pa.string(), nullable=False), pa.field("note", pa.string())])
    table = pa.table({"claim_id": ["a:1", None], "note": [None, "x"]})
    assert list(own_faults(table, needed, {})) == ["column 'claim_id' is null in 1 row, and may not be"]
    assert list(own_faults(table, None, {})) == ["column 'claim_id', the id, is null in 1 row"]


@pytest.mark.parametrize(("end", "length", "is_inside"), [(4, 4, True), (5, 5, False)])
def test_spans_in_a_list_end_in_their_text_whether_they_state_an_end_or_a_length(
    end: int, length: int, is_inside: bool
) -> None:
    names = Names(with_texts=True)
    names.add("articles", pa.table({"article_id": ["a"], "text": ["mill"], "source_text": ["mill"]}))
    for item in ({"start": 0, "end": end}, {"start": 0, "length": length}):
        rows = pa.table({"claim_id": ["a:1"], "article_id": ["a"], "segments": [[item]]})
        found = list(names.faults("claims", rows))
        assert found == ([] if is_inside else ["column 'segments': the span of 'a:1' is not in its text"])
