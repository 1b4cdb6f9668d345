"""What a published corpus says of itself."""

import pyarrow as pa
import pytest

from allegata.schema.published import PublishedCorpus


@pytest.mark.parametrize(
    ("stories", "unit"), [(["mill", "mill", "mill"], "article"), (["mill", "mill", "ferry"], "story")]
)
def test_a_story_is_held_out_where_there_are_two(stories: list[str], unit: str) -> None:
    articles = pa.table({"article_id": ["a", "b", "c"], "story": stories})
    assert PublishedCorpus("v0", {"articles": articles}).held_out_unit == unit
