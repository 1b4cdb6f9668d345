"""What a report says of values that a table may not have."""

import pyarrow as pa
import pytest

from allegata.schema.table_values import repeated


@pytest.mark.parametrize(("length", "shown"), [(60, "x" * 60), (61, "x" * 60 + "…")])
def test_a_value_is_shown_up_to_its_sixtieth_letter(length: int, shown: str) -> None:
    ids = pa.array(["x" * length, "x" * length])
    assert list(repeated(ids, "claim_id")) == [f"column 'claim_id': {shown!r} is the id of more than one row"]
