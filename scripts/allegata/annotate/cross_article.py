"""The layer across articles: propositions (clusters of equivalent claims) and relations between two claims.

Both stand inside one story: claims of two stories are never compared. Two files, `propositions.jsonl` and
`relations.jsonl`; a claim is named `<article_id>:<claim id>`. A draft (section 9
of the guidelines) holds both kinds of record in one file and names claims `000:c4`: the one
article whose id begins with `000_`.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any, Protocol

from allegata.annotate.draft import padded
from allegata.annotate.records import FIX, PROPOSITION_FIELDS, Records, field_faults, filled
from allegata.schema.files import unreadable
from allegata.schema.json_lines import parse_json_lines
from allegata.schema.problems import Problem
from allegata.schema.scheme import Relations, Scheme
from allegata.text.sentence_ends import ends_as_sentence

PROPOSITIONS = "propositions.jsonl"
RELATIONS = "relations.jsonl"

Record = Mapping[str, Any]
Stories = Mapping[str, str | None]
Lines = Sequence[tuple[int, Record]]  # with the number of the line each record stands in


@dataclass(frozen=True)
class CrossArticle:
    """The records of both files, in the order of the files."""

    propositions: tuple[Record, ...] = ()
    relations: tuple[Record, ...] = ()


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


def read_cross_article(
    folder: Path, claims: Mapping[str, int], scheme: Scheme, stories: Stories | None = None
) -> tuple[CrossArticle, list[Problem]]:
    """Both files of `folder` (each may be missing: then it is empty) and every fault of them.

    `stories` maps an article to its story (missing and None: the same one).
    """
    lines: dict[str, Lines] = {}
    problems: list[Problem] = []
    for name in (PROPOSITIONS, RELATIONS):
        path, lines[name], shown = folder / name, [], f"{folder.name}/{name}"
        if problem := unreadable(path, shown):
            problems.append(problem)
        elif path.is_file():
            lines[name], faults = parse_json_lines(path.read_bytes(), shown)
            problems += faults
    propositions, relations = lines[PROPOSITIONS], lines[RELATIONS]
    names = (f"{folder.name}/{PROPOSITIONS}", f"{folder.name}/{RELATIONS}")
    return _checked(propositions, relations, names, claims, stories or {}, problems, scheme)


def read_cross_article_draft(
    lines: Lines, name: str, claims: Mapping[str, int], scheme: Scheme, stories: Stories | None = None
) -> tuple[CrossArticle, list[Problem]]:
    """The records of a draft with full claim ids, and every fault of it; `stories` as in `read_cross_article`.

    A symmetric relation is stored from the earlier claim to the later, whichever the draft has as `a`.
    """
    full_names = _full_names(claims)
    rows: dict[str, list[tuple[int, Record]]] = {"proposition": [], "relation": []}
    problems: list[Problem] = []
    for number, draft in lines:
        kind = draft.get("record")
        if kind not in rows:
            what = f"the record type is {kind!r}, not one of {', '.join(rows)}"
            problems.append(Problem(what, "correct the draft", file=name, line=number))
            continue
        row = {key: value for key, value in draft.items() if key != "record" and (kind, key) != ("relation", "id")}
        for key in ("a", "b"):
            if key in row:
                row[key] = full_names(row[key])
        if isinstance(row.get("members"), list):
            row["members"] = [full_names(member) for member in row["members"]]
        row["id"] = padded(row.get("id"))
        if kind == "relation":
            del row["id"]
            a, b = row.get("a"), row.get("b")
            # A symmetric relation may be drafted either way round: the order of the ids says nothing to a reader.
            if row.get("relation") in scheme.relations.symmetric and claims.get(str(a), 0) > claims.get(str(b), 0):
                row |= {"a": b, "b": a}
        rows[kind].append((number, row))
    return _checked(rows["proposition"], rows["relation"], (name, name), claims, stories or {}, problems, scheme)


def cross_article_files(found: CrossArticle, scheme: Scheme) -> dict[str, str]:
    """The content of both files."""
    return {
        name: "".join(json.dumps({key: row[key] for key in fields}, ensure_ascii=False) + "\n" for row in rows)
        for name, rows, fields in (
            (PROPOSITIONS, found.propositions, PROPOSITION_FIELDS),
            (RELATIONS, found.relations, Records(scheme).relation_fields),
        )
    }


def _full_names(claims: Mapping[str, int]) -> Any:
    articles = {claim_id.rpartition(":")[0] for claim_id in claims}
    beginnings = Counter(article.partition("_")[0] for article in articles)
    short = {start: article for article in articles if beginnings[start := article.partition("_")[0]] == 1}
    short |= {article: article for article in articles}

    def full(name: object) -> object:
        article, colon, claim = str(name).rpartition(":")
        return f"{short.get(article, article)}{colon}{padded(claim)}"

    return full


def _checked(
    propositions: Lines,
    relations: Lines,
    names: tuple[str, str],
    claims: Mapping[str, int],
    stories: Stories,
    problems: list[Problem],
    scheme: Scheme,
) -> tuple[CrossArticle, list[Problem]]:
    of_propositions = list(_proposition_faults(propositions, claims))
    forms = Records(scheme)
    problems = [
        *problems,
        *(Problem(what, fix, file=names[0], line=line) for line, what, fix in of_propositions),
        *(
            Problem(what, fix, file=names[1], line=line)
            for line, what, fix in _relation_faults(relations, claims, forms)
        ),
    ]
    if not problems:
        problems = [
            Problem(what, fix, file=names[which], line=line)
            for which, line, what, fix in (
                *_cluster_faults(propositions, relations, scheme.relations),
                *_story_faults(propositions, relations, stories),
            )
        ]
    whole = (_filled_relation(row, forms) for _, row in relations)
    return CrossArticle(tuple(row for _, row in propositions), tuple(whole)), problems


def _filled_relation(row: Record, forms: Records) -> Record:
    """A relation with all its fields; what only a contradiction has is null where it says nothing."""
    found = filled(row, forms.relation_fields)
    if found["relation"] != forms.scheme.relations.contradiction:
        found["conflict_type"] = row.get("conflict_type")
    return found


def _proposition_faults(lines: Lines, claims: Mapping[str, int]) -> Iterable[tuple[int, str, str]]:
    ids: dict[str, int] = {}
    homes: dict[str, int] = {}
    for line, row in lines:
        faults = field_faults(row, PROPOSITION_FIELDS, "a proposition")
        for fault in faults:
            yield line, fault, "correct the line"
        if faults:
            continue
        if (first := ids.setdefault(row["id"], line)) != line:
            yield line, f"duplicate id {row['id']!r} (first in line {first})", "rename or delete one"
        if len(set(row["members"])) < 2:
            yield line, f"{row['id']} has fewer than two members", "a proposition is a cluster: take it out"
        if not ends_as_sentence(row["canonical"]):
            yield line, f"the canonical sentence of {row['id']} does not end with a full stop", "write a sentence"
        for member in row["members"]:
            if member not in claims:
                yield line, f"the member {member!r} is no claim of the gold files", "correct the id"
            elif (first := homes.setdefault(member, line)) != line or row["members"].count(member) > 1:
                yield line, f"the claim {member} is a member twice (line {first})", "merge the propositions"


def _relation_faults(lines: Lines, claims: Mapping[str, int], forms: Records) -> Iterable[tuple[int, str, str]]:
    decided: dict[frozenset[str], int] = {}
    meaning = forms.scheme.relations
    only_contradictions = (
        ("conflict_type", "strict") if forms.scheme.values("relation", "conflict_type") else ("strict",)
    )
    for line, given in lines:
        faults = field_faults(given, forms.relation_fields, "a relation")
        for fault in faults:
            yield line, fault, FIX
        if faults:
            continue
        row = _filled_relation(given, forms)
        a, b, relation = row["a"], row["b"], row["relation"]
        unknown = [claim for claim in (a, b) if claim not in claims]
        for claim in unknown:
            yield line, f"{claim!r} is no claim of the gold files", "correct the id"
        if a == b:
            yield line, f"the claim {a} is related to itself", "take the line out"
        elif (first := decided.setdefault(frozenset((a, b)), line)) != line:
            yield line, f"duplicate pair {a}, {b} (first in line {first})", "keep one decision a pair"
        if not unknown and relation in meaning.symmetric and claims[a] > claims[b]:
            yield line, f"{relation} is symmetric and {b} comes before {a}", "write the earlier claim as a"
        for name in only_contradictions:
            if (row[name] is not None) != (relation == meaning.contradiction):
                has = "has none" if row[name] is None else f"has {row[name]!r}"
                where = f"exactly for {meaning.contradiction}" if meaning.contradiction else "for no relation"
                yield line, f"{relation} {has} as {name!r}", f"write {name!r} {where}"
        if relation == meaning.negative and not row["note"]:
            yield line, f"{relation} has no note", "say in the note why the pair was rejected"


def _cluster_faults(propositions: Lines, relations: Lines, meaning: Relations) -> Iterable[tuple[int, int, str, str]]:
    """A proposition and the relation of equivalence say the same: neither stands without the other."""
    same = meaning.equivalence
    if same is None:
        return
    relation_of = {frozenset((row["a"], row["b"])): row["relation"] for _, row in relations}
    homes = defaultdict(set)
    for line, row in propositions:
        for member in row["members"]:
            homes[member].add(row["id"])
        for a, b in combinations(row["members"], 2):
            if (found := relation_of.get(frozenset((a, b)))) != same:
                what = f"{a} and {b} are members of {row['id']}, but their relation is {found or 'not recorded'}"
                yield 0, line, what, f"record the pair as {same}, or split the proposition"
    for line, row in relations:
        if row["relation"] == same and not homes[row["a"]] & homes[row["b"]]:
            what = f"{row['a']} and {row['b']} are {same}, but no proposition holds both"
            yield 1, line, what, "add them to one proposition"


def _story_faults(propositions: Lines, relations: Lines, stories: Stories) -> Iterable[tuple[int, int, str, str]]:
    """Claims of two stories in one record: each line is reported with one article of each of its stories."""
    lines = [(0, line, f"{row['id']} holds claims", row["members"]) for line, row in propositions]
    lines += [(1, line, f"{row['a']} and {row['b']} are claims", [row["a"], row["b"]]) for line, row in relations]
    for which, line, what, members in lines:
        found: dict[str | None, str] = {}
        for article in sorted({member.rpartition(":")[0] for member in members}):
            found.setdefault(stories.get(article), article)
        if len(found) > 1:
            where = ", ".join(
                f"article {article} ({'no story stated' if story is None else f'story {story!r}'})"
                for story, article in found.items()
            )
            fix = "relations and propositions stand inside one story: remove the record, or correct `story` in "
            yield which, line, f"{what} of {len(found)} stories: {where}", f"{fix}raw/manifest.jsonl"
