"""Two passes compared across articles: propositions and disputes that differ, or that one of them alone has.

The claims of each pass have names of its own; they are brought together by their spans.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from allegata.annotate.agreement_disputes import DECIDED, dispute_of
from allegata.annotate.passes import Pass, Record
from allegata.measures.counterparts import counterparts_both, match_disputes
from allegata.measures.matching import LabelledSpan

ONLY_A, ONLY_B, DIFFERS = "only in A", "only in B", "differs"


@dataclass(frozen=True)
class AcrossDifference:
    """A proposition or dispute in which the passes differ, as text; `a` and `b` are "" for a pass without it.

    `id` is that of pass A where it has one, `what` the canonical sentence or the question.
    """

    record: str
    id: str
    what: str
    field: str
    kind: str
    a: str
    b: str


def across_differences(first: Pass, second: Pass) -> list[AcrossDifference]:
    """What the passes have differently: disputes that ask the same question field by field, then those of one alone.

    Positions differ where the claims of the other pass at the place of their claims are others; propositions likewise.
    Of articles that one pass does not have nothing is compared.
    """
    both = first.articles.keys() & second.articles.keys()
    first, second = first.within(both), second.within(both)
    there, back = counterparts_both(_spans(first), _spans(second))
    return [*_disputes(first, second, there, back), *_propositions(first, second, there, back)]


def _spans(found: Pass) -> dict[str, dict[str, LabelledSpan]]:
    """The claims of each article by their full names, in offsets of the source."""
    spans: dict[str, dict[str, LabelledSpan]] = defaultdict(dict)
    for article_id, article in found.articles.items():
        for claim in article.of("claim"):
            spans[article_id][f"{article_id}:{claim['id']}"] = LabelledSpan.of("claim", *claim["segments"])
    return spans


def _disputes(
    first: Pass, second: Pass, there: Mapping[str, str], back: Mapping[str, str]
) -> Iterator[AcrossDifference]:
    left, right = ({str(row["id"]): row for row in found.disputes or ()} for found in (first, second))
    positions = ({key: dispute_of(row) for key, row in side.items()} for side in (left, right))
    matched = dict(match_disputes(next(positions), next(positions), there, back))
    for key, row in left.items():
        if key not in matched:
            yield AcrossDifference("dispute", key, row["question"], "", ONLY_A, dispute_text(row), "")
            continue
        other = right[matched[key]]
        for name in DECIDED:
            if row.get(name) != other.get(name):
                values = (str(row.get(name)), str(other.get(name)))
                yield AcrossDifference("dispute", key, row["question"], name, DIFFERS, *values)
        ours, theirs = _answers(row, there), _answers(other)
        if set(ours.values()) != set(theirs.values()):
            values = (dispute_text(row), dispute_text(other))
            yield AcrossDifference("dispute", key, row["question"], "positions", DIFFERS, *values)
        elif _replaced(row, ours) != _replaced(other, theirs):
            values = (_supersedes_text(row), _supersedes_text(other))
            yield AcrossDifference("dispute", key, row["question"], "supersedes", DIFFERS, *values)
    for key in sorted(right.keys() - set(matched.values())):
        yield AcrossDifference("dispute", key, right[key]["question"], "", ONLY_B, "", dispute_text(right[key]))


def _answers(row: Record, claims: Mapping[str, str] | None = None) -> dict[str, frozenset[str | None]]:
    """The claims of each position, or those that the map has for them: None where there is none."""
    return {
        one["id"]: frozenset(one["claims"] if claims is None else map(claims.get, one["claims"]))
        for one in row["positions"]
    }


def _replaced(row: Record, answers: Mapping[str, frozenset[str | None]]) -> set[tuple[frozenset[str | None], ...]]:
    """Each position with one that it supersedes, both by their claims."""
    return {(answers[one["id"]], answers[older]) for one in row["positions"] for older in one["supersedes"]}


def _supersedes_text(row: Record) -> str:
    """What supersedes what: `It opened. > It will open.`"""
    said = {one["id"]: one["canonical"] for one in row["positions"]}
    pairs = (f"{one['canonical']} > {said[older]}" for one in row["positions"] for older in one["supersedes"])
    return " / ".join(pairs) or "(nothing)"


def _propositions(
    first: Pass, second: Pass, there: Mapping[str, str], back: Mapping[str, str]
) -> Iterator[AcrossDifference]:
    for found, other, claims, kind in ((first, second, there, ONLY_A), (second, first, back, ONLY_B)):
        theirs = {frozenset(row["members"]) for row in other.propositions}
        for row in found.propositions:
            if frozenset(map(claims.get, row["members"])) not in theirs:
                members = ", ".join(row["members"])
                sides = (members, "") if kind == ONLY_A else ("", members)
                yield AcrossDifference("proposition", str(row["id"]), row["canonical"], "", kind, *sides)


def dispute_text(row: Record) -> str:
    """The answers of a dispute with their claims: `contradiction: It opened. (x:c001) / It did not. (y:c002)`."""
    answers = (f"{one['canonical']} ({', '.join(one['claims'])})" for one in row["positions"])
    return f"{row['kind']}: {' / '.join(answers)}"
