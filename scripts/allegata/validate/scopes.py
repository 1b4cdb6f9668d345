"""How much of a corpus an expectation must see at once: one batch of articles, the rows of one group, everything."""

from __future__ import annotations

from enum import Enum

from allegata.validate.suites import Expectation


class Scope(Enum):
    """`ROWS`: whatever it says of a row is in the tables of the row's article. `GROUPS`: it compares the rows that
    share a value, wherever they stand. `WHOLE`: anything else."""

    ROWS = "rows"
    GROUPS = "groups"
    WHOLE = "whole"


# expectation -> its argument that names the column (or the text) whose equal values make a group
_GROUPED = {
    "expect_column_values_to_be_unique": "column",
    "expect_same_split_within": "column",
    "expect_same_split_for_equal_texts": "text",
}
# What Great Expectations itself asks of single rows. Its others may look at all rows at once: a mean, an order.
_ROW_BY_ROW = frozenset(
    f"expect_column_{what}"
    for what in (
        "values_to_be_in_set",
        "values_to_not_be_in_set",
        "values_to_be_between",
        "values_to_be_null",
        "values_to_not_be_null",
        "values_to_match_regex",
        "values_to_not_match_regex",
        "values_to_match_regex_list",
        "values_to_not_match_regex_list",
        "value_lengths_to_be_between",
        "value_lengths_to_equal",
        "pair_values_to_be_equal",
        "pair_values_a_to_be_greater_than_b",
        "pair_values_to_be_in_set",
    )
)


def scope(expectation: Expectation, is_ours: bool) -> Scope:
    """The scope of an expectation; `is_ours` for a custom one, whose check looks things up by article."""
    if "mostly" in expectation.kwargs:  # a share of all rows
        return Scope.WHOLE
    if expectation.type in _GROUPED:
        return Scope.WHOLE if expectation.rows else Scope.GROUPS
    return Scope.ROWS if is_ours or expectation.type in _ROW_BY_ROW else Scope.WHOLE


def grouped_by(expectation: Expectation) -> str:
    """The column that makes the groups of an expectation with `Scope.GROUPS`."""
    return str(expectation.kwargs[_GROUPED[expectation.type]])
