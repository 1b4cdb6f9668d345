"""What is wrong with propositions and disputes: all of it, in one report."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from allegata.annotate.records import FIX, POSITION_FIELDS, PROPOSITION_FIELDS, Records
from allegata.schema.fields import field_faults, filled
from allegata.schema.problems import Problem
from allegata.schema.scheme import Scheme
from allegata.text.pairs import cycle
from allegata.text.sentence_ends import ends_as_question, ends_as_sentence

Record = Mapping[str, Any]
Stories = Mapping[str, str | None]
KnownClaims = Mapping[str, int] | None
_NO_CLAIM = "name a claim that is there, or take this one out"
_POSITION = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Line:
    """A record with its place: the file as a report names it, and the number of the line."""

    file: str
    number: int
    row: Record

    def problem(self, what: str, fix: str) -> Problem:
        """A problem with it."""
        return Problem(what, fix, file=self.file, line=self.number)

    def seen_from(self, other: Line) -> str:
        """Where it is, as a problem with another line says it: drafts may be several files."""
        return f"line {self.number}" if self.file == other.file else f"{self.file}:{self.number}"


@dataclass(frozen=True)
class CrossArticle:
    """The records of both files, in the order of the files."""

    propositions: tuple[Record, ...] = ()
    disputes: tuple[Record, ...] = ()

    @property
    def claims(self) -> list[str]:
        """The claims that they name."""
        of_disputes = [claim for row in self.disputes for position in row["positions"] for claim in position["claims"]]
        return [member for row in self.propositions for member in row["members"]] + of_disputes


def checked(
    propositions: Sequence[Line],
    disputes: Sequence[Line],
    claims: KnownClaims,
    stories: Stories,
    problems: list[Problem],
    scheme: Scheme,
) -> tuple[CrossArticle, list[Problem]]:
    """The records without a fault of their own, with all their fields, and `problems` with everything that is wrong
    with the lines. `claims` are those that there are; None where that is not known, and none is missed."""
    fields = Records(scheme).dispute_fields
    sound = _Sound()
    problems = [
        *problems,
        *_proposition_problems(propositions, claims, sound),
        *_dispute_problems(disputes, claims, scheme, sound),
    ]
    problems += [problem for line in sound.propositions for problem in _story_problems(line, "members", stories)]
    problems += [problem for line in sound.disputes for problem in _story_problems(line, "positions", stories)]
    problems += _same_said(sound, scheme)
    rows = [filled(line.row, PROPOSITION_FIELDS) for line in sound.propositions]
    whole = [
        {**filled(line.row, fields), "positions": [filled(one, POSITION_FIELDS) for one in line.row["positions"]]}
        for line in sound.disputes
    ]
    return CrossArticle(tuple(rows), tuple(whole)), problems


@dataclass
class _Sound:
    """The lines without a fault of their own: what relates lines is asked of these alone."""

    propositions: list[Line] = field(default_factory=list)
    disputes: list[Line] = field(default_factory=list)


def _proposition_problems(lines: Iterable[Line], claims: KnownClaims, sound: _Sound) -> Iterator[Problem]:
    ids: dict[str, Line] = {}
    homes: dict[str, Line] = {}
    for line in lines:
        faults = [(fault, "correct the line") for fault in field_faults(line.row, PROPOSITION_FIELDS, "a proposition")]
        if not faults:
            faults = list(_id_faults(line, ids))
            faults += _proposition_faults(line, claims, homes)
        yield from (line.problem(what, fix) for what, fix in faults)
        sound.propositions += [] if faults else [line]


def _id_faults(line: Line, ids: dict[str, Line]) -> Iterator[tuple[str, str]]:
    if (first := ids.setdefault(line.row["id"], line)) is not line:
        yield f"duplicate id {line.row['id']!r} (first in {first.seen_from(line)})", "rename or delete one"


def _proposition_faults(line: Line, claims: KnownClaims, homes: dict[str, Line]) -> Iterator[tuple[str, str]]:
    row = line.row
    members = [member for member in row["members"] if isinstance(member, str)]
    if len(members) < len(row["members"]):
        yield f"the members of {row['id']} are not all ids of claims", "correct the line"
    if len(set(members)) < 2:
        yield f"{row['id']} has fewer than two members", "a proposition is a cluster: remove it"
    if not ends_as_sentence(row["canonical"]):
        yield f"the canonical sentence of {row['id']} does not end with a full stop", "write a sentence"
    for member, times in Counter(members).items():
        if claims is not None and member not in claims:
            yield f"the member {member!r} is no claim of the gold files", _NO_CLAIM
        elif (first := homes.setdefault(member, line)) is not line:
            yield f"the claim {member} is a member twice ({first.seen_from(line)})", "merge the propositions"
        elif times > 1:
            yield f"the claim {member} is a member of {row['id']} {times} times", "keep one"


def _dispute_problems(lines: Iterable[Line], claims: KnownClaims, scheme: Scheme, sound: _Sound) -> Iterator[Problem]:
    fields = Records(scheme).dispute_fields
    ids: dict[str, Line] = {}
    for line in lines:
        faults = [(fault, FIX) for fault in field_faults(line.row, fields, "a dispute")]
        if not faults:
            faults = list(_id_faults(line, ids))
            faults += _dispute_faults(line.row, claims, scheme)
        yield from (line.problem(what, fix) for what, fix in faults)
        sound.disputes += [] if faults else [line]


def _dispute_faults(row: Record, claims: KnownClaims, scheme: Scheme) -> Iterator[tuple[str, str]]:
    name = row["id"]
    if not ends_as_question(row["question"]):
        yield f"the question of {name} does not end with a question mark", "write a question that holds no answer"
    given = [one if isinstance(one, dict) else {} for one in row["positions"]]
    faults = [
        (f"position {number} of {name}: {fault}", "correct the position: id, canonical, claims, supersedes")
        for number, one in enumerate(given, 1)
        for fault in (field_faults(one, POSITION_FIELDS, "a position") if one else ["it is no object"])
    ]
    if len(given) < 2:
        yield f"{name} has fewer than two positions", "a question with one answer is no dispute: remove it"
    if faults:
        yield from faults
        return
    positions = [filled(one, POSITION_FIELDS) for one in given]
    ids = Counter(one["id"] for one in positions)
    taken: dict[str, str] = {}
    for one in positions:
        shown = f"the position {one['id']!r} of {name}"
        if not _POSITION.fullmatch(one["id"]):
            yield f"{shown} has an id that is not made of small letters, digits and '-'", 'write "a", "b", …'
        if not ends_as_sentence(one["canonical"]):
            yield f"the canonical sentence of {shown} does not end with a full stop", "write a sentence"
        if not one["claims"]:
            yield f"{shown} has no claim", "a position is taken by one claim or more: remove it"
        for claim, times in _counted(one["claims"]):
            if not isinstance(claim, str) or (claims is not None and claim not in claims):
                yield f"{shown} has {claim!r}, which is no claim of the gold files", _NO_CLAIM
            elif (first := taken.setdefault(claim, one["id"])) != one["id"]:
                yield f"the claim {claim} takes two positions of {name}: {first} and {one['id']}", "keep one of them"
            elif times > 1:
                yield f"{shown} has {claim!r} {times} times", "keep one"
        for other, times in _counted(one["supersedes"]):
            if not isinstance(other, str) or other not in ids or other == one["id"]:
                yield f"{shown} supersedes {other!r}, which is no other position of it", "correct the id"
            elif times > 1:
                yield f"{shown} supersedes {other!r} {times} times", "keep one"
    for repeated in sorted(one for one, count in ids.items() if count > 1):
        yield f"{name} has {ids[repeated]} positions {repeated!r}", "rename or merge them"
    edges = {one["id"]: [other for other in one["supersedes"] if isinstance(other, str)] for one in positions}
    if circle := cycle(edges):
        path = " → ".join([*circle, circle[0]])
        yield f"the positions of {name} supersede one another in a circle: {path}", "keep the later state alone"
    if row["kind"] in scheme.role("dispute", "kind", "succession") and not any(edges.values()):
        what = f"{name} is of kind {row['kind']}, and none of its positions supersedes another"
        yield what, "say with 'supersedes' which state replaces which, or choose another kind"


def _counted(values: Iterable[object]) -> Iterator[tuple[object, int]]:
    """Each value with how often it occurs. A value that is not a string may not be hashable: it is given by itself."""
    texts: Counter[str] = Counter()
    for value in values:
        if isinstance(value, str):
            texts[value] += 1
        else:
            yield value, 1
    yield from texts.items()


def _story_problems(line: Line, name: str, stories: Stories) -> Iterator[Problem]:
    """Claims of two stories in one record: it is reported with one article of each of its stories."""
    row = line.row
    claims = row["members"] if name == "members" else [claim for one in row["positions"] for claim in one["claims"]]
    found: dict[str | None, str] = {}
    for article in sorted({claim.rpartition(":")[0] for claim in claims}):
        found.setdefault(stories.get(article), article)
    if len(found) > 1:
        where = ", ".join(
            f"article {article} ({'no story stated' if story is None else f'story {story!r}'})"
            for story, article in found.items()
        )
        fix = "such a record is inside one story: remove it, or correct `story` in raw/manifest.jsonl"
        yield line.problem(f"{row['id']} holds claims of {len(found)} stories: {where}", fix)


def _same_said(sound: _Sound, scheme: Scheme) -> Iterator[Problem]:
    """Claims that say the same and take different positions, on a question that is not about who said it and where."""
    frame = scheme.role("dispute", "about", "frame")
    home = {member: line.row["id"] for line in sound.propositions for member in line.row["members"]}
    for line in sound.disputes:
        row = line.row
        about = row.get("about") or (scheme.default("dispute", "about") if scheme.has("dispute", "about") else None)
        if about in frame:
            continue
        taken: dict[str, tuple[str, str]] = {}
        for one in row["positions"]:
            for claim in (claim for claim in one["claims"] if claim in home):
                position, other = taken.setdefault(home[claim], (one["id"], claim))
                if position != one["id"]:
                    what = (
                        f"{other} and {claim} say the same ({home[claim]}) and take different positions of {row['id']}"
                    )
                    yield line.problem(what, "divide the proposition, or give both claims the same position")
