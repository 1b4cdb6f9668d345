"""A rule that decides otherwise has another version: the removals that were published name rule and version."""

from __future__ import annotations

from typing import Any

import pytest

import rule_decisions
from allegata.clean import citations, judged_lines
from allegata.clean.stage import PLAIN_TEXT_RULES, RULES
from rule_decisions import COMMAND, WHOLE, digests, main, stored, updated


def test_every_rule_decides_as_its_version_says() -> None:
    changed = {name: digest for name, digest in digests().items() if stored()["rules"].get(name) != digest}
    assert changed == {}, f"what these rules decide is not on record: run `{COMMAND}`"


def test_every_rule_is_on_record_and_decides_something() -> None:
    assert digests().keys() == {name for name, _ in (*RULES, *PLAIN_TEXT_RULES)} | {
        citations.NAME,
        judged_lines.NAME,
        WHOLE,
    }
    assert len(set(digests().values())) == len(digests())  # two rules that found nothing would share one


def test_the_record_is_of_these_texts() -> None:
    content, refused = updated(stored(), digests(), rule_decisions.texts_digest())
    assert (content, refused) == (stored(), []), f"the texts or the rules have changed: run `{COMMAND}`"


OLD: dict[str, Any] = {"texts": "t", "rules": {"ticker/1": "a", "ticker/2": "b", WHOLE: "w"}}


@pytest.mark.parametrize(
    ("rules", "texts", "refusal"),
    [
        ({"ticker/2": "c"}, "t", "ticker/2 decides otherwise than it did: give its NAME the version 3"),
        ({"ticker/1": "a"}, "t", "ticker/1 is older than what is on record: give its NAME the version 3"),
        (
            {"ticker/2": "b", WHOLE: "x"},
            "t",
            "plain text is cleaned otherwise than it was: give the NAME of a rule another version",
        ),
        ({"ticker/1": "c"}, "u", "ticker/1 is older than what is on record: give its NAME the version 3"),
    ],
)
def test_another_digest_without_a_new_version_is_refused(rules: dict[str, str], texts: str, refusal: str) -> None:
    assert updated(OLD, rules, texts)[1] == [refusal]


@pytest.mark.parametrize(
    ("rules", "texts", "kept"),
    [
        ({"ticker/2": "b"}, "t", {}),
        ({"ticker/3": "c"}, "t", {"ticker/3": "c"}),
        ({"ticker/3": "c", WHOLE: "x"}, "t", {"ticker/3": "c", WHOLE: "x"}),
        ({"ticker/2": "b", "new/1": "d"}, "t", {"new/1": "d"}),
        ({"ticker/2": "c"}, "u", {"ticker/2": "c"}),  # of other texts: the digests cannot be compared
    ],
)
def test_a_new_version_a_new_rule_and_new_texts_are_taken(
    rules: dict[str, str], texts: str, kept: dict[str, str]
) -> None:
    content, refused = updated(OLD, rules, texts)
    assert (content, refused) == ({"texts": texts, "rules": OLD["rules"] | kept}, [])


def test_the_command_refuses_a_changed_rule_and_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before = rule_decisions.STORE.read_bytes()
    name = RULES[0][0]
    monkeypatch.setattr(rule_decisions, "RULES", ((name, lambda page: ()), *RULES[1:]))
    digests.cache_clear()
    with pytest.raises(SystemExit, match=f"{name} decides otherwise than it did"):
        main()
    digests.cache_clear()
    assert rule_decisions.STORE.read_bytes() == before
