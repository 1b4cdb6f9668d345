"""The layer across articles: propositions (claims that say the same) and disputes (questions on which claims differ).

Both are inside one story: claims of two stories are never compared. Two files, `propositions.jsonl` and
`disputes.jsonl`; a claim is named `<article_id>:<claim id>`. A draft (section 9 of the guidelines) may hold both kinds
of record in one file and names claims `000:c4`: the one article whose id begins with `000_`. Which pairs of claims are
related follows (`allegata.text.pairs`) and is never written by hand.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from allegata.annotate.cross_article_faults import CrossArticle, KnownClaims, Line, Stories, checked
from allegata.annotate.draft import padded
from allegata.annotate.records import ID, POSITION_FIELDS, PROPOSITION_FIELDS, Records
from allegata.schema.files import unreadable
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem
from allegata.schema.scheme import Scheme

PROPOSITIONS, DISPUTES = "propositions.jsonl", "disputes.jsonl"
FORMER = "relations.jsonl"
CROSS_ARTICLE = (PROPOSITIONS, DISPUTES, FORMER)
RECORDS = {PROPOSITIONS: "proposition", DISPUTES: "dispute"}  # file -> the record of its lines, as a draft names it
DERIVED = (
    "pairs are derived: write the questions on which claims differ, each with its positions, to disputes.jsonl "
    "(annotations/GUIDELINES.md), and delete the file"
)


class Claims(Protocol):
    """The claims of an article, in the order of the text."""

    @property
    def article_id(self) -> str:
        """The article."""

    @property
    def claims(self) -> Sequence[str]:
        """The ids of its claims."""


def claim_order(articles: Iterable[Claims]) -> dict[str, int]:
    """Every claim id (`article:claim`) with its place: articles by id, claims in the order of the text."""
    ids = [
        f"{article.article_id}:{claim}"
        for article in sorted(articles, key=lambda article: article.article_id)
        for claim in article.claims
    ]
    return {claim_id: place for place, claim_id in enumerate(ids)}


def shown_folder(folder: Path) -> str:
    """A folder as reports name it: from annotations/ on, one of somewhere else by its name alone."""
    places = [place for place, part in enumerate(folder.parts) if part == "annotations"]
    return "/".join(folder.parts[max(places, default=-1) :])


def read_cross_article(
    folder: Path, claims: KnownClaims, scheme: Scheme, stories: Stories | None = None
) -> tuple[CrossArticle, list[Problem]]:
    """Both files of `folder` (each may be missing: then it is empty) and every fault of them.

    `claims` are those of the gold files, None where these have faults. `stories` maps an article to its story (missing
    and None: the same one). A `relations.jsonl`, which listed pairs
    before 2.0.0, is a fault.
    """
    lines: dict[str, list[Line]] = {PROPOSITIONS: [], DISPUTES: []}
    problems: list[Problem] = []
    for name, found in lines.items():
        path, shown = folder / name, f"{shown_folder(folder)}/{name}"
        if problem := unreadable(path, shown):
            problems.append(problem)
        elif path.is_file():
            rows, faults = parse_json_lines(path.read_bytes(), shown)
            found += [Line(shown, number, row) for number, row in rows]
            problems += faults
    if os.path.lexists(folder / FORMER):
        what = "lists relations of pairs, which is no longer read"
        problems.append(Problem(what, DERIVED, file=f"{shown_folder(folder)}/{FORMER}"))
    return checked(lines[PROPOSITIONS], lines[DISPUTES], claims, stories or {}, problems, scheme)


def readable(data: bytes, name: str) -> Iterator[dict[str, Any]]:
    """The records of one of the files, called `name`, as far as they say which claims they hold; what is wrong with the
    others is reported where they are built from."""
    of_all = name == PROPOSITIONS
    names, fields = ("id", "members" if of_all else "claims"), PROPOSITION_FIELDS if of_all else POSITION_FIELDS
    for _, row in parse_json_lines(data, name)[0]:
        parts = [row] if of_all else row.get("positions")
        inner = parts if isinstance(parts, list) and all(isinstance(one, dict) for one in parts) else [{}]
        wrong = any(fields[field].fault(one.get(field)) for one in inner for field in names)
        if not wrong and not ID.fault(row.get("id")):
            yield row


def read_cross_article_draft(
    lines: Iterable[Line], claims: Mapping[str, int], scheme: Scheme, stories: Stories | None = None
) -> tuple[CrossArticle, list[Problem]]:
    """The records of drafts with full claim ids, and every fault; `stories` as in `read_cross_article`."""
    full = _full_names(claims)
    rows: dict[str, list[Line]] = {kind: [] for kind in RECORDS.values()}
    problems: list[Problem] = []
    for line in lines:
        kind = line.row.get("record")
        if not isinstance(kind, str) or kind not in rows:
            fix = DERIVED if kind == "relation" else "correct the draft"
            problems.append(line.problem(f"the record type is {kind!r}, not one of {', '.join(rows)}", fix))
            continue
        row = {key: value for key, value in line.row.items() if key != "record"}
        row["id"] = padded(row.get("id"))
        if isinstance(row.get("members"), list):
            row["members"] = [full(member) for member in row["members"]]
        if isinstance(row.get("positions"), list):
            row["positions"] = [
                {**one, "claims": [full(claim) for claim in one["claims"]]}
                if isinstance(one, dict) and isinstance(one.get("claims"), list)
                else one
                for one in row["positions"]
            ]
        rows[kind].append(Line(line.file, line.number, row))
    return checked(rows["proposition"], rows["dispute"], claims, stories or {}, problems, scheme)


def cross_article_files(found: CrossArticle, scheme: Scheme) -> dict[str, str]:
    """The content of both files."""
    return {
        name: "".join(json.dumps({key: row[key] for key in fields}, ensure_ascii=False) + "\n" for row in rows)
        for name, rows, fields in (
            (PROPOSITIONS, found.propositions, PROPOSITION_FIELDS),
            (DISPUTES, found.disputes, Records(scheme).dispute_fields),
        )
    }


def _full_names(claims: Mapping[str, int]) -> Callable[[object], object]:
    articles = {claim_id.rpartition(":")[0] for claim_id in claims}
    beginnings = Counter(article.partition("_")[0] for article in articles)
    short = {start: article for article in articles if beginnings[start := article.partition("_")[0]] == 1}
    short |= {article: article for article in articles}

    def full(name: object) -> object:
        if not isinstance(name, str) or name in claims:
            return name
        article, colon, claim = name.rpartition(":")
        return f"{short.get(article, article)}{colon}{padded(claim)}"

    return full
