"""What the curator decides against the search for duplicates: annotations/decisions.jsonl, one decision a line.

    {"article_id": "…", "decision": "keep", "reason": "…"}

`keep` keeps a copy that the search would remove: it and the copy that stands for it stay, in one cluster, so that
they are in one split. `drop` removes an article before the search. Both reasons go into the ledger, at the stage
`decision`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from allegata.dedup.search import Found
from allegata.schema.fields import Field, field_faults
from allegata.schema.files import read_file
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem, ProblemsFound

DECISIONS = "decisions.jsonl"
STAGE = "decision"
KEEP, DROP = "keep", "drop"
DECISION_FIELDS = {"article_id": Field(), "decision": Field(choices=(KEEP, DROP)), "reason": Field()}


@dataclass(frozen=True)
class Decisions:
    """Article id -> reason: of the copies that are kept, and of the articles that are dropped."""

    kept: Mapping[str, str] = field(default_factory=dict)
    dropped: Mapping[str, str] = field(default_factory=dict)


def read_decisions(
    annotations: Path, removed: Mapping[str, str | None], annotated: Collection[str] | None = None
) -> Decisions:
    """The decisions in `annotations`; none where the file is missing.

    `removed` maps every article of raw/ to where and why it was removed before the search, None where it was not;
    `annotated` are the articles with a gold file. Raises `ProblemsFound` with every fault of the file.
    """
    path, name = annotations / DECISIONS, f"{annotations.name}/{DECISIONS}"
    data = read_file(path, name)
    if data is None:
        return Decisions()
    lines, problems = parse_json_lines(data, name)
    found: dict[str, dict[str, str]] = {KEEP: {}, DROP: {}}
    first: dict[str, tuple[int, str]] = {}
    for number, row in lines:
        faults = list(_form_faults(row)) or list(_faults(row, first, removed, annotated or ()))
        problems += [Problem(what, fix, file=name, line=number) for what, fix in faults]
        if not faults:
            first[row["article_id"]] = number, row["decision"]
            found[row["decision"]][row["article_id"]] = " ".join(row["reason"].split())
    if problems:
        raise ProblemsFound(problems)
    return Decisions(found[KEEP], found[DROP])


def _form_faults(row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    form = f'write {{"article_id": "…", "decision": "{KEEP}" or "{DROP}", "reason": "…"}}'
    yield from ((fault, form) for fault in field_faults(row, DECISION_FIELDS, "a decision"))
    if isinstance(row.get("reason"), str) and not any(map(str.isalnum, row["reason"])):
        yield "empty reason", "say why: the reason goes into the ledger"


def _faults(
    row: Mapping[str, str],
    first: Mapping[str, tuple[int, str]],
    removed: Mapping[str, str | None],
    annotated: Collection[str],
) -> Iterator[tuple[str, str]]:
    article, decision = row["article_id"], row["decision"]
    if article in first:
        line, before = first[article]
        what = (
            f"a second decision about the article {article!r}"
            if decision == before
            else (f"the article {article!r} is to be kept and to be dropped")
        )
        yield f"{what} (first in line {line})", "keep one of the lines"
    elif article not in removed:
        yield f"unknown article {article!r}: raw/manifest.jsonl does not list it", "correct the id, or remove the line"
    elif decision == KEEP and (why := removed[article]):
        yield f"the article {article!r} cannot be kept: {why}", "remove the line"
    elif decision == DROP and article in annotated:
        what = f"the article {article!r} is to be dropped, but annotations/gold has a gold file of it"
        yield what, f"remove the line, or the article with its annotations: allegata remove {article}"


def overrule(found: Found, decisions: Decisions) -> Found:
    """What was found, but for the copies that are kept."""
    ids = found.ids.to_pylist()
    wanted = [place for place, article_id in enumerate(ids) if article_id in decisions.kept]
    copies = [place for place in wanted if found.kept[place] != found.members[place]]
    if not copies:
        return found
    kept, similarity, exact = found.kept.copy(), found.similarity.copy(), found.exact.copy()
    kept[copies], similarity[copies], exact[copies] = found.members[copies], 1.0, False
    return replace(found, kept=kept, similarity=similarity, exact=exact)
