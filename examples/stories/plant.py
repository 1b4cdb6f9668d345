"""Write annotations/disputes.jsonl of the planted stories: the disputes that the sheets fix, on the annotated claims.

    python examples/stories/plant.py            # from the root of the repository; --check compares and writes nothing

A sheet (sheets/STORY.toml) was written before its articles: it fixes on what they differ, and who takes which position.
realised/STORY.jsonl quotes each place of an article where a position is taken. The claims were annotated by others, who
saw neither. Here the two meet: a quote stands for the claim that covers it best.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import allegata

HERE = Path(__file__).resolve().parent
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Claim:
    """A claim of a gold file: its id (`article:claim`), who makes it, and the code points of the source text in it."""

    id: str
    claimer: str
    places: frozenset[int]


@dataclass(frozen=True)
class Planted:
    """The disputes as rows of disputes.jsonl, and what of the sheets did not reach them: one sentence each."""

    disputes: tuple[Row, ...]
    lost: tuple[str, ...]


def json_lines(path: Path) -> list[Any]:
    """The rows of a file of JSON Lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def claims_of(path: Path) -> list[Claim]:
    """The claims of a gold file, in the order of the text."""
    header, *records = json_lines(path)
    return [
        Claim(
            f"{header['article_id']}:{record['id']}",
            record["claimer_id"],
            frozenset(at for part in record["segments"] for at in range(part["start"], part["end"])),
        )
        for record in records
        if record["record"] == "claim"
    ]


def claim_at(quoted: frozenset[int], claims: Sequence[Claim]) -> Claim | None:
    """The claim whose code points are most like the quoted ones (Jaccard), the earlier of two.

    None where no claim has half of the quote, nor lies in it but for a tenth (it may hold the words that attribute).
    """
    best, found = 0.0, None
    for claim in claims:
        shared = len(quoted & claim.places)
        alike = shared / len(quoted | claim.places)
        if (2 * shared >= len(quoted) or 10 * shared >= 9 * len(claim.places)) and alike > best:
            best, found = alike, claim
    return found


def plant(root: Path) -> Planted:
    """The disputes of every sheet of the corpus `root`, by story and number; ids are `STORY-d01`."""
    articles = {article.id: article for article in allegata.open(root).articles()}
    names = {Path(row["original_name"]).stem: row["id"] for row in json_lines(root / "raw" / "manifest.jsonl")}
    gold = {path.stem: claims_of(path) for path in sorted((root / "annotations" / "gold").glob("*.jsonl"))}
    disputes, lost = [], []
    for path in sorted((root / "sheets").glob("*.toml")):
        sheet = tomllib.loads(path.read_text(encoding="utf-8"))
        taken: dict[tuple[str, str], set[str]] = {}
        for row in json_lines(root / "realised" / f"{path.stem}.jsonl"):
            if "dispute" not in row:
                continue
            where = f"{path.stem} {row['dispute']}.{row['position']} in {row['article']}: {row['quote']!r}"
            article = articles[names[row["article"]]]
            start = article.text.find(row["quote"])
            if start < 0:
                lost.append(f"{where} is not in the clean text")
                continue
            span = article.offsets.span_to_source(allegata.Span(start, start + len(row["quote"])))
            claim = claim_at(frozenset(range(span.start, span.end)), gold.get(str(article.id), ()))
            if claim is None:
                lost.append(f"{where} is in no annotated claim")
            else:
                taken.setdefault((row["dispute"], row["position"]), set()).add(claim.id)
        for dispute in sheet["dispute"]:
            found, faults = _dispute(path.stem, dispute, taken)
            disputes += found
            lost += faults
    return Planted(tuple(disputes), tuple(lost))


def _dispute(story: str, dispute: Row, taken: Mapping[tuple[str, str], set[str]]) -> tuple[list[Row], list[str]]:
    """The row of a dispute, if two positions of it are taken; a claim that takes two of them is in none."""
    name, faults = f"{story}-{dispute['id']}", []
    claims = {one["id"]: set(taken.get((dispute["id"], one["id"]), ())) for one in dispute["position"]}
    for claim in sorted(set().union(*claims.values())):
        if len(takes := [position for position, members in claims.items() if claim in members]) > 1:
            faults.append(f"{name}: the claim {claim} takes the positions {', '.join(takes)}: in none")
            for position in takes:
                claims[position].discard(claim)
    for position, members in claims.items():
        if not members:
            faults.append(f"{name}: no claim takes position {position}")
    positions = [
        {
            "id": one["id"],
            "canonical": one["canonical"],
            "claims": sorted(claims[one["id"]]),
            "supersedes": [other for other in one.get("supersedes", []) if claims.get(other)],
        }
        for one in dispute["position"]
        if claims[one["id"]]
    ]
    if len(positions) < 2:
        return [], [*faults, f"{name}: fewer than two positions are taken: not in the corpus"]
    row = {"id": name, **{field: dispute[field] for field in ("question", "kind", "differs", "about")}}
    return [{**row, "positions": positions, "note": None}], faults


def lines(disputes: Sequence[Row]) -> Iterator[str]:
    """The rows as lines of a file."""
    for row in disputes:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def main() -> int:
    """0 where the file is written, or equal with --check; 1 where it differs."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    asked = parser.parse_args()
    planted = plant(HERE)
    path = HERE / "annotations" / "disputes.jsonl"
    text = "".join(lines(planted.disputes))
    for fault in planted.lost:
        print(fault)
    print(f"{len(planted.disputes)} disputes; {len(planted.lost)} places or positions of the sheets did not reach them")
    if asked.check:
        return int(not path.is_file() or path.read_text(encoding="utf-8") != text)
    path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
