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
from allegata.text.pairs import superseded_among

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
    """The disputes as rows of disputes.jsonl, and what of the sheets did not reach them: one sentence each.

    `places` is the number of quotes that stand for a claim, `otherwise` of those whose claim has another claimer than
    the sheet says: a spokesman for his firm, the page of a firm for the firm.
    """

    disputes: tuple[Row, ...]
    lost: tuple[str, ...]
    places: int = 0
    otherwise: int = 0


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
    disputes, lost, claimers = [], [], []
    for path in sorted((root / "sheets").glob("*.toml")):
        sheet = tomllib.loads(path.read_text(encoding="utf-8"))
        known = {(dispute["id"], one["id"]) for dispute in sheet["dispute"] for one in dispute["position"]}
        taken: dict[tuple[str, str], set[str]] = {}
        for row in json_lines(root / "realised" / f"{path.stem}.jsonl"):
            if "dispute" not in row:  # a near miss: claims that look like a dispute and are none
                continue
            place = (row["dispute"], row["position"])
            article = articles.get(names.get(row["article"], ""))
            fault = "" if place in known else "is of no position of the sheet"
            if article is None:
                fault = "is of no article of the corpus"
            elif not fault:
                claim, fault = _claim(row["quote"], article, gold.get(str(article.id), ()))
            if fault:
                where = f"{path.stem} {'.'.join(place)} in {row['article']}: {row['quote']!r}"
                lost.append(f"{where} {fault}")
            else:
                taken.setdefault(place, set()).add(claim.id)
                claimers.append((row["by"], claim.claimer))
        for dispute in sheet["dispute"]:
            found, faults = dispute_of(path.stem, dispute, taken)
            disputes += found
            lost += faults
    return Planted(tuple(disputes), tuple(lost), len(claimers), sum(said != made for said, made in claimers))


NOTHING = Claim("", "", frozenset())


def _claim(quote: str, article: Any, claims: Sequence[Claim]) -> tuple[Claim, str]:
    """The claim that a quote from an article stands for, or what is wrong with the quote."""
    start = article.text.find(quote)
    if start < 0:
        return NOTHING, "is not in the clean text"
    if article.text.find(quote, start + 1) >= 0:
        return NOTHING, "is in the clean text several times"
    span = article.offsets.span_to_source(allegata.Span(start, start + len(quote)))
    claim = claim_at(frozenset(range(span.start, span.end)), claims)
    return (NOTHING, "is in no annotated claim") if claim is None else (claim, "")


def dispute_of(story: str, dispute: Row, taken: Mapping[tuple[str, str], set[str]]) -> tuple[list[Row], list[str]]:
    """The row of a dispute and what it lost: positions that have no claim, and claims of two positions. No row where
    fewer than two positions are taken, or none replaces another in an update.

    `taken` are the claims by dispute and position, as the sheet names them.
    """
    name, faults = f"{story}-{dispute['id']}", []
    claims = {one["id"]: set(taken.get((dispute["id"], one["id"]), ())) for one in dispute["position"]}
    for claim in sorted(set().union(*claims.values())):
        if len(takes := [position for position, members in claims.items() if claim in members]) > 1:
            faults.append(f"{name}: the claim {claim} takes the positions {', '.join(takes)}: in none")
            for position in takes:
                claims[position].discard(claim)
    faults += [f"{name}: no claim takes position {position}" for position, members in claims.items() if not members]
    kept = {position for position, members in claims.items() if members}
    said = [{"id": one["id"], "supersedes": one.get("supersedes", [])} for one in dispute["position"]]
    supersedes = superseded_among(said, kept)
    if len(kept) < 2:
        return [], [*faults, f"{name}: fewer than two positions are taken: not in the corpus"]
    if dispute["kind"] == "update" and not any(supersedes.values()):
        return [], [*faults, f"{name}: no position replaces another any more: not in the corpus"]
    positions = [
        {
            "id": one["id"],
            "canonical": one["canonical"],
            "claims": sorted(claims[one["id"]]),
            "supersedes": supersedes[one["id"]],
        }
        for one in dispute["position"]
        if one["id"] in kept
    ]
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
    print(f"{planted.places} places are claims; {planted.otherwise} of these have another claimer than the sheet says")
    if asked.check:
        return int(not path.is_file() or path.read_text(encoding="utf-8") != text)
    path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
