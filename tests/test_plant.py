"""The planted disputes of the invented stories: what sheets fix and articles say, on claims that others annotated."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

from allegata.schema.problems import ProblemsFound
from allegata.schema.scheme import default_scheme
from project import ROOT

STORIES = ROOT / "examples" / "stories"
sys.path.insert(0, str(STORIES))

from plant import Claim, claim_at, dispute_of, plant, read_stories  # noqa: E402


def test_every_place_of_a_sheet_is_a_claim_or_is_named() -> None:
    rows = [json.loads(line) for path in (STORIES / "realised").glob("*.jsonl") for line in path.open()]
    planted = plant(STORIES)
    lost = [fault for fault in planted.lost if fault.endswith(("clean text", "annotated claim", "several times"))]
    assert planted.places + len(lost) == sum("dispute" in row for row in rows)
    assert not [fault for fault in planted.lost if fault.endswith(("of the sheet", "of the corpus"))]


def at(start: int, end: int, name: str = "x:c1") -> Claim:
    return Claim(name, "author", frozenset(range(start, end)))


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ([at(0, 50), at(10, 20, "x:c2")], "x:c2"),  # the claim inside is more like the quote
        ([at(10, 20), at(10, 20, "x:c2")], "x:c1"),  # the earlier of two
        ([at(14, 20)], "x:c1"),  # the quote holds words that attribute
        ([at(18, 60)], None),  # neither has half of the quote nor lies in it
        ([], None),
    ],
)
def test_a_quote_stands_for_the_claim_that_covers_it_best(claims: list[Claim], found: str | None) -> None:
    claim = claim_at(frozenset(range(10, 20)), claims)
    assert (claim and claim.id) == found


def sheet(kind: str, **supersedes: list[str]) -> dict[str, Any]:
    positions = [{"id": name, "canonical": "So.", "supersedes": others} for name, others in supersedes.items()]
    row = {"id": "d1", "question": "Is it?", "kind": kind, "differs": "scope", "about": "content"}
    return {**row, "position": positions}


def taken(**claims: list[str]) -> dict[tuple[str, str], set[str]]:
    return {("d1", position): set(names) for position, names in claims.items()}


def test_a_position_that_no_claim_takes_is_named_and_what_superseded_it_supersedes_what_it_did() -> None:
    (row,), faults = dispute_of("fire", sheet("update", a=[], b=["a"], c=["b"]), taken(a=["x:c1"], c=["y:c2", "x:c9"]))
    assert row["id"] == "fire-d1"
    assert [(one["id"], one["claims"], one["supersedes"]) for one in row["positions"]] == [
        ("a", ["x:c1"], []),
        ("c", ["x:c9", "y:c2"], ["a"]),
    ]
    assert faults == ["fire-d1: no claim takes position b"]


@pytest.mark.parametrize(
    ("dispute", "claims", "says"),
    [
        (sheet("tension", a=[], b=[]), taken(a=["x:c1"]), "fewer than two positions are taken"),
        (sheet("tension", a=[], b=[]), taken(a=["x:c1"], b=["x:c1"]), "the claim x:c1 takes the positions a, b"),
        (sheet("update", a=[], b=["a"], c=[]), taken(a=["x:c1"], c=["x:c2"]), "no position replaces another any more"),
    ],
)
def test_a_dispute_that_lost_what_makes_it_one_is_named_and_not_written(
    dispute: dict[str, Any], claims: dict[tuple[str, str], set[str]], says: str
) -> None:
    rows, faults = dispute_of("fire", dispute, claims)
    assert rows == []
    assert any(says in fault for fault in faults)


SHEET = """
[[dispute]]
id = "d01"
question = "When did it burn?"
kind = "contradiction"
differs = "temporal"
about = "content"
[[dispute.position]]
id = "a"
canonical = "On Monday."
supersedes = []
said_in = [{ article = "x", by = "author" }]
[[dispute.position]]
id = "b"
canonical = "On Tuesday."
supersedes = ["a"]
"""
QUOTE = '{"dispute": "d01", "position": "a", "article": "x", "by": "author", "quote": "on Monday"}\n'
NEAR_MISS = '{"near_miss": "n01", "article": "x", "by": "author", "quote": "on Monday"}\n'


def written(root: Path, sheet: str | bytes = SHEET, quotes: str | bytes = QUOTE + NEAR_MISS) -> Path:
    for name, text in (("sheets/fire.toml", sheet), ("realised/fire.jsonl", quotes)):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def test_a_sheet_and_its_quotes_are_read_with_a_byte_order_mark_or_without(tmp_path: Path) -> None:
    for mark in ("", "\ufeff"):
        disputes, quotes = read_stories(written(tmp_path, mark + SHEET, mark + QUOTE), default_scheme())["fire"]
        assert ([one["id"] for one in disputes], [row["quote"] for row in quotes]) == (["d01"], ["on Monday"])


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[[dispute]]", "[[[", "is not TOML"),
        ("[[dispute]]", "[[disputes]]", "has no list of disputes"),
        ('kind = "contradiction"', 'kind = "quarrel"', "'kind' is 'quarrel', not one of"),
        ('kind = "contradiction"', "", "'kind' is missing"),
        ('question = "When did it burn?"', 'question = "It burned."', "does not end with a question mark"),
        ('differs = "temporal"', 'differs = "temporal"\ncolour = "red"', "'colour' is not a field"),
        ('supersedes = ["a"]', 'supersedes = ["c"]', "supersedes 'c', which is no other position"),
        ("supersedes = []", 'supersedes = ["b"]', "in a circle"),
        ('id = "b"', 'id = "a"', "has 2 positions 'a'"),
        ("[[dispute]]", 'dispute = ["d01"]', "has no list of disputes"),
    ],
)
def test_a_damaged_sheet_is_reported(tmp_path: Path, old: str, new: str, says: str) -> None:
    sheet = new if new.startswith("dispute = ") else SHEET.replace(old, new)
    with pytest.raises(ProblemsFound, match=r"sheets/fire\.toml") as found:
        read_stories(written(tmp_path, sheet), default_scheme())
    assert says in str(found.value)


def test_a_sheet_with_two_disputes_of_one_id_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="duplicate id 'd01'"):
        read_stories(written(tmp_path, SHEET + SHEET), default_scheme())


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("rubbish", "is not JSON"),
        (b"\xff", "is not UTF-8"),
        ("[1]", "is not a JSON object"),
        ('{"dispute": "d01"}', "'position' is missing"),
        (QUOTE.replace('"d01"', "1"), "'dispute' is 1, not a str"),
        (QUOTE.replace('"dispute"', '"dispte"'), "'dispte' is not a field of a quote"),
        (NEAR_MISS.replace('"n01"', "[]"), "'near_miss' is [], not a str"),
        (QUOTE.replace("on Monday", ""), "the quote is empty"),
    ],
)
def test_a_damaged_quote_is_reported_by_its_line(tmp_path: Path, line: str | bytes, says: str) -> None:
    quotes = QUOTE.encode() + (line if isinstance(line, bytes) else line.encode())
    with pytest.raises(ProblemsFound, match=r"realised/fire\.jsonl:2:(\d+:)? ") as found:
        read_stories(written(tmp_path, quotes=quotes), default_scheme())
    assert says in str(found.value)


def test_a_sheet_without_quotes_and_quotes_without_a_sheet_are_reported(tmp_path: Path) -> None:
    written(tmp_path)
    (tmp_path / "realised" / "fire.jsonl").rename(tmp_path / "realised" / "flood.jsonl")
    with pytest.raises(ProblemsFound) as found:
        read_stories(tmp_path, default_scheme())
    assert [problem.file for problem in found.value.problems] == ["realised/fire.jsonl", "realised/flood.jsonl"]


@pytest.mark.parametrize("damage", ["gold", "raw", "sheet"])
def test_what_is_wrong_is_said_in_a_report_and_the_disputes_stay(tmp_path: Path, damage: str) -> None:
    root = Path(copytree(STORIES, tmp_path / "stories", ignore=ignore_patterns("corpus", "passes", "build")))
    folder, pattern = {"gold": ("annotations/gold", "*"), "raw": ("raw", "manifest.jsonl"), "sheet": ("sheets", "*")}[
        damage
    ]
    next(path for path in (root / folder).glob(pattern)).write_bytes(b"\x00")
    before = (root / "annotations" / "disputes.jsonl").read_bytes()
    done = subprocess.run([sys.executable, root / "plant.py"], capture_output=True, text=True)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "nothing is written")
    assert "Traceback" not in done.stderr
    assert (root / "annotations" / "disputes.jsonl").read_bytes() == before
