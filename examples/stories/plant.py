"""Write annotations/disputes.jsonl of the planted stories: the disputes that the sheets fix, on the annotated claims.

    python examples/stories/plant.py            # from the root of the repository; --check compares and writes nothing

A sheet (sheets/STORY.toml) was written before its articles: it fixes on what they differ, and who takes which position.
realised/STORY.jsonl quotes each place of an article where a position is taken. The claims were annotated by others, who
saw neither. Here the two meet: a quote stands for the claim that covers it best. What is wrong with a sheet, a quote or
a gold file comes in one report, and then nothing is written.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import allegata
from allegata.annotate.cross_article_faults import Line, checked
from allegata.annotate.records import Field, field_faults
from allegata.annotate.stage import GoldArticle, gold_files, read_gold_files, read_registers
from allegata.schema.files import unreadable
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.scheme import Scheme, read_scheme
from allegata.schema.toml_files import TomlFile, read_toml
from allegata.schema.transaction import write_files
from allegata.schema.unchanged import Before
from allegata.text.pairs import superseded_among

HERE = Path(__file__).resolve().parent
Row = Mapping[str, Any]
# A line of realised/: a quote, and the position that is taken there, or the near miss that it is half of.
_QUOTE = {"article": Field(), "by": Field(), "quote": Field()}
_PLACE, _NEAR_MISS = {**_QUOTE, "dispute": Field(), "position": Field()}, {**_QUOTE, "near_miss": Field()}
_DISPUTE = ("id", "question", "kind", "differs", "about")


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
    the sheet says: a spokesman for his firm, the page of a firm for the firm, a title for the source of its article.
    """

    disputes: tuple[Row, ...]
    lost: tuple[str, ...]
    places: int = 0
    otherwise: int = 0


def claims_of(article: GoldArticle) -> list[Claim]:
    """The claims of a gold file, in the order of the text."""
    return [
        Claim(
            f"{article.article_id}:{record['id']}",
            record["claimer_id"],
            frozenset(at for span in record["segments"] for at in range(span.start, span.end)),
        )
        for record in article.of("claim")
    ]


def annotated(root: Path, texts: Mapping[str, str]) -> dict[str, list[Claim]]:
    """The claims of every gold file by article, anchored to the source texts. Raises `ProblemsFound`, and `UsageError`
    where there is no gold file."""
    folder = root / "annotations"
    registers, problems = read_registers(folder, read_scheme(folder))
    gold, faults = read_gold_files(gold_files(folder), folder, texts, registers)
    if problems or faults:
        raise ProblemsFound([*problems, *faults])
    if not gold:
        raise UsageError("annotations/gold holds no gold file: no claim could take a position")
    return {article_id: claims_of(article) for article_id, article in gold.items()}


def read_sheet(path: Path, scheme: Scheme) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The disputes of a sheet, and what is wrong with them, as if each place where a position is taken was a claim."""
    name = f"{path.parent.name}/{path.name}"
    file = read_toml(path, name)
    if not isinstance(file, TomlFile):
        return [], [file]
    disputes = file.values.get("dispute")
    if not isinstance(disputes, list) or not all(isinstance(one, dict) for one in disputes):
        return [], [Problem("has no list of disputes", "write [[dispute]]", file=name)]
    lines, claims = [], {}
    for dispute in disputes:
        row = {key: value for key, value in dispute.items() if key != "position"}
        row["positions"] = dispute.get("position")
        if isinstance(row["positions"], list):
            row["positions"] = [
                {**{key: value for key, value in one.items() if key != "said_in"}, "claims": [str(number)]}
                if isinstance(one, dict)
                else one
                for number, one in enumerate(row["positions"])
            ]
            claims |= {str(number): number for number in range(len(row["positions"]))}
        lines.append(Line(name, file.lines.get(("dispute",), 0), row))
    problems = checked([], lines, claims, {}, [], scheme)[1]
    return ([], problems) if problems else (disputes, [])


def read_realised(path: Path) -> tuple[list[dict[str, Any]], list[Problem]]:
    """The quotes of a story, and what is wrong with them."""
    name = f"{path.parent.name}/{path.name}"
    if not path.exists() or unreadable(path, name):
        return [], [unreadable(path, name) or Problem("is missing", "quote where positions are taken", file=name)]
    lines, problems = parse_json_lines(path.read_bytes(), name)
    for number, row in lines:
        fields = _NEAR_MISS if "near_miss" in row else _PLACE
        faults = field_faults(row, fields, "a quote") or ([] if row["quote"] else ["the quote is empty"])
        problems += [Problem(fault, "correct the line", file=name, line=number) for fault in faults]
    return [row for _, row in lines], problems


def read_stories(root: Path, scheme: Scheme) -> dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]:
    """Story -> the disputes of its sheet, and its quotes. Raises `ProblemsFound` with all that is wrong."""
    found, problems = {}, []
    sheets = {path.stem: path for path in sorted((root / "sheets").glob("*.toml"))}
    for story, path in sheets.items():
        disputes, faults = read_sheet(path, scheme)
        quotes, more = read_realised(root / "realised" / f"{story}.jsonl")
        found[story] = disputes, quotes
        problems += [*faults, *more]
    problems += [
        Problem("is of no story that has a sheet", "add the sheet or remove it", file=f"realised/{path.name}")
        for path in (root / "realised").glob("*.jsonl")
        if path.stem not in sheets
    ]
    if problems:
        raise ProblemsFound(problems)
    return found


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
    """The disputes of every sheet of the corpus `root`, by story and number; ids are `STORY-d01`.

    Raises `ProblemsFound` with what is wrong with sheets, quotes or gold files, `UsageError` where there is no gold.
    """
    scheme = read_scheme(root / "annotations")
    stories = read_stories(root, scheme)
    articles = {str(article.id): article for article in allegata.open(root).articles()}
    manifest = parse_json_lines((root / "raw" / "manifest.jsonl").read_bytes(), "")[0]  # read before, without a fault
    names = {Path(row["original_name"]).stem: row["id"] for _, row in manifest if row.get("original_name")}
    gold = annotated(root, {name: article.source_text for name, article in articles.items()})
    disputes, lost, claimers = [], [], []
    for story, (sheet, quotes) in stories.items():
        known = {(dispute["id"], one["id"]) for dispute in sheet for one in dispute["position"]}
        taken: dict[tuple[str, str], set[str]] = {}
        for row in quotes:
            if "near_miss" in row:  # claims that look like a dispute and are none
                continue
            place = (row["dispute"], row["position"])
            article = articles.get(names.get(row["article"], ""))
            fault = "" if place in known else "is of no position of the sheet"
            if article is None:
                fault = "is of no article of the corpus"
            elif not fault:
                claim, fault = _claim(row["quote"], article, gold.get(str(article.id), ()))
            if fault:
                where = f"{story} {'.'.join(place)} in {row['article']}: {row['quote']!r}"
                lost.append(f"{where} {fault}")
            else:
                taken.setdefault(place, set()).add(claim.id)
                claimers.append((row["by"], claim.claimer))
        for dispute in sheet:
            found, faults = dispute_of(story, dispute, taken)
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
    row = {"id": name, **{field: dispute[field] for field in _DISPUTE[1:] if field in dispute}}
    return [{**row, "positions": positions, "note": None}], faults


def lines(disputes: Sequence[Row]) -> Iterator[str]:
    """The rows as lines of a file."""
    for row in disputes:
        yield json.dumps(row, ensure_ascii=False) + "\n"


def main() -> int:
    """0 where the file is written, or equal with --check; 1 where it differs, or something is wrong with the input."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only")
    asked, path = parser.parse_args(), HERE / "annotations" / "disputes.jsonl"
    before = Before.of(path)
    try:
        planted = plant(HERE)
    except (ProblemsFound, UsageError) as error:
        print(f"{error}\nnothing is written", file=sys.stderr)
        return 1
    text = "".join(lines(planted.disputes))
    for fault in planted.lost:
        print(fault)
    print(f"{len(planted.disputes)} disputes; {len(planted.lost)} places or positions of the sheets did not reach them")
    print(f"{planted.places} places are claims; {planted.otherwise} of these have another claimer than the sheet says")
    if asked.check:
        return int(not path.is_file() or path.read_text(encoding="utf-8") != text)
    write_files(path.parent, {path.name: text}, before)
    return 0


if __name__ == "__main__":
    sys.exit(main())
