"""The file of withdrawn articles, as it is written."""

import json

from allegata.schema.withdrawn import WITHDRAWAL_FIELDS, Withdrawal, render_withdrawn


def test_lines_are_sorted_and_say_all_but_that_nothing_was_taken_back() -> None:
    rows = [Withdrawal("b", "0" * 64, "Bitte aus Köln"), Withdrawal("a", "1" * 64, "asked for", restored=True)]
    text = render_withdrawn(rows)
    taken_back, other = map(json.loads, text.splitlines())
    assert (taken_back["article_id"], taken_back["restored"]) == ("a", True)
    assert set(taken_back) == set(WITHDRAWAL_FIELDS)
    assert set(other) == set(WITHDRAWAL_FIELDS) - {"restored"}
    assert "Bitte aus Köln" in text
