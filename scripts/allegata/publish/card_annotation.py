"""What the card says about the annotation: who made it and how, what agreement means, relations counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from allegata.publish.markdown import listed, markdown, number, thousands
from allegata.schema import labels
from allegata.schema.scheme import Scheme

_KINDS = {"human": "people", "model": "models"}
_ONE = {"human": "a person", "model": "a model"}


def annotation_process(
    annotators: Sequence[Mapping[str, Any]],
    passes: Mapping[str, tuple[str, ...]],
    gold: Mapping[str, tuple[str, ...]],
    passed: Mapping[str, int],
) -> str:
    """Who annotated, in which part, and whether a human was among them.

    `passes` maps a pass to the ids of its annotators, `gold` a published article to those of its annotation, `passed`
    an article to how many passes have it. An article was adjudicated where a pass has it and its annotation names
    somebody who made no pass.
    """
    kind_of = {row["id"]: row["kind"] for row in annotators}
    pass_makers = {who for makers in passes.values() for who in makers}
    adjudicated = [article for article, who in gold.items() if passed.get(article) and not pass_makers.issuperset(who)]
    adjudicators = {who for article in adjudicated for who in gold[article]} - pass_makers
    once = sum(passed.get(article, 0) < 2 for article in gold.keys() - set(adjudicated))
    everything = number(len(gold), "annotated article")
    parts = []
    by_kinds = Counter(frozenset(kind_of.get(who, "") for who in makers) for makers in passes.values())
    for kinds, count in sorted(by_kinds.items(), key=lambda item: sorted(item[0]), reverse=True):
        together = " together" if len(kinds) > 1 else ""
        parts.append(f"{_named(kinds).capitalize()}{together} made {number(count, 'pass', 'passes')}.")
    if adjudicated:
        theirs = sorted({kind_of.get(who, "") for who in adjudicators})
        whom = _ONE.get(theirs[0], "") if len(theirs) == 1 else ""
        partly = f"{thousands(len(adjudicated))} of {everything} {_was(len(adjudicated))}"
        subject = "What is published was" if len(adjudicated) == len(gold) else partly
        also = f"; {thousands(once)} {_was(once)} annotated once" if once else ""
        parts.append(f"{subject} adjudicated from them{' by ' + whom if whom else ''}{also}.")
    elif once:
        parts.append(f"{thousands(once)} of {everything} {_was(once)} annotated once.")
    if "human" not in {kind_of.get(who) for makers in (pass_makers, *gold.values()) for who in makers}:
        parts.append("No human has annotated or reviewed it yet.")
    else:
        parts.append("People took part: every gold file names its annotators in its first line.")
    parts_of = {f"pass {name}": set(makers) for name, makers in passes.items()}
    parts_of["adjudication"] = adjudicators
    parts_of["annotation"] = {who for article, makers in gold.items() if not passed.get(article) for who in makers}
    rows = [
        [f"`{row['id']}`", row["kind"], ", ".join(mine), row["description"]]
        for row in annotators
        if (mine := [part for part, makers in parts_of.items() if row["id"] in makers])
    ]
    text = " ".join(parts)
    return f"{text}\n\n{markdown(['annotator', 'kind', 'part', 'who'], rows)}" if rows else text


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _named(kinds: Iterable[str]) -> str:
    return listed([_KINDS.get(kind, f"annotators of kind {kind!r}") for kind in sorted(kinds)])


def agreement(fragment: str, gold: Iterable[str], passed: Mapping[str, int], kinds: Iterable[str]) -> str:
    """The section on agreement: what it means, which articles it covers, then `fragment`; empty without one.

    `gold` are the annotated articles; those that two passes have, by `passed`, can be compared. `kinds` are those of
    the annotators who made the passes.
    """
    if not fragment.strip():
        return ""
    compared = [passed.get(article, 0) > 1 for article in gold]
    covers = f" The figures cover {thousands(sum(compared))} of {number(len(compared), 'annotated article')}."
    meaning = (
        "Agreement between passes is consistency between passes, and no more: it shows that the guidelines can be "
        "followed, not that the labels are right."
    )
    if set(kinds) == {"model"}:
        meaning += (
            " All passes are by models: nothing here shows that people would agree, and models share their errors."
        )
    return f"**Agreement.** {meaning}{'' if all(compared) else covers}\n\n{fragment.strip()}"


def found_by_passes(
    gold: Iterable[Mapping[str, Any]], passes: Sequence[Iterable[Mapping[str, Any]]], scheme: Scheme
) -> dict[str, tuple[int, ...]]:
    """Relation -> how many of its gold records none of the passes had, one of them, … all of them.

    Rows have a, b and relation. A pass had a record where it wrote the same relation of the same pair, in the same
    direction where the relation has one; the kind of conflict is not looked at.
    """
    symmetric = scheme.relations.symmetric
    written = [{_decision(row, symmetric) for row in rows} for rows in passes]
    counts: dict[str, list[int]] = {}
    for row in gold:
        had = sum(_decision(row, symmetric) in rows for rows in written)
        counts.setdefault(row["relation"], [0] * (len(written) + 1))[had] += 1
    return {
        relation: tuple(counts[relation]) for relation in scheme.values("relation", "relation") if relation in counts
    }


def _decision(row: Mapping[str, Any], symmetric: Sequence[str]) -> tuple[str, str, str]:
    first, second = row["a"], row["b"]
    if row["relation"] in symmetric:
        first, second = min(first, second), max(first, second)
    return row["relation"], first, second


def relation_sources(
    found_by: Mapping[str, tuple[int, ...]], guidelines: Mapping[str, Sequence[str]], adjudicated: bool = True
) -> str:
    """How much of the published relations the passes had, and by which guidelines each part was made.

    `found_by` is what `found_by_passes` returns; `guidelines` maps a part (`pass a, relations`, `published`) to
    versions; `adjudicated` says whether a pass has every annotated article. Empty without passes.
    """
    if not found_by or len(next(iter(found_by.values()))) < 2:
        return ""
    passes = len(next(iter(found_by.values()))) - 1
    few = [f"{number(count, 'pass', 'passes')} only" for count in range(passes - 1, 0, -1)]
    head = ["relation", "both passes" if passes == 2 else "all passes", *few, "no pass"]
    rows = [[f"`{name}`", *(thousands(count) for count in reversed(counts))] for name, counts in found_by.items()]
    text = [
        "Where the published records across articles come from: how many of them the passes had, by relation (the "
        "kind of conflict is not looked at). What no pass had, one that no pass wrote or that all called otherwise, "
        f"was decided {'in adjudication ' if adjudicated else ''}by one reader alone.",
        markdown(head, rows),
        "The agreement on relations is measured twice. Of the pairs that either pass wrote, one that the other did not "
        "write counts as its `none`, although nobody may have looked at it; of the pairs that both wrote, each is a "
        "decision of both. A pair that no pass wrote counts nowhere.",
    ]
    if guidelines:
        parts = "; ".join(f"{part}: {', '.join(versions)}" for part, versions in guidelines.items())
        text.insert(0, f"Versions of the guidelines that were followed: {parts}.")
    return "\n\n".join(text)


def relation_counts(tables: Mapping[str, pa.Table], scheme: Scheme) -> str:
    """Propositions, and pairs by relation and by kind of conflict; empty where there are none."""
    if "relations" not in tables or not len(tables["relations"]):
        return ""
    pairs = tables["relations"].select(["relation", "conflict_type", "strict", "scope", "origin"]).to_pylist()
    groups = Counter((pair["relation"], pair["origin"], pair["scope"]) for pair in pairs)
    rows = [
        [f"`{relation}`", origin, *(thousands(groups[relation, origin, scope]) for scope in labels.SCOPES)]
        for relation in scheme.values("relation", "relation")
        for origin in labels.ORIGINS
        if any(groups[relation, origin, scope] for scope in labels.SCOPES)
    ]
    conflicts = Counter(pair["conflict_type"] for pair in pairs if pair["conflict_type"])
    strict = Counter(pair["conflict_type"] for pair in pairs if pair["strict"])
    kinds = [
        [f"`{name}`", thousands(conflicts[name]), thousands(strict[name])]
        for name in scheme.values("relation", "conflict_type")
        if conflicts[name]
    ]
    propositions = tables["propositions"]["claim_ids"].to_pylist() if "propositions" in tables else []
    members = sum(map(len, propositions))
    text = [
        f"**Across articles.** {number(len(propositions), 'proposition')} with {number(members, 'claim')}. "
        "A sampled pair is a negative that no annotator decided: a pair of two articles that no record decides and "
        "that does not follow from the records, drawn by the hash of its ids.",
        markdown(["relation", "origin", "in one article", "across two"], rows),
    ]
    if kinds:
        text += [
            f"Of the {thousands(conflicts.total())} contradictions {thousands(strict.total())} "
            f"{'is' if strict.total() == 1 else 'are'} strict: on the texts' own words both cannot be true.",
            markdown(["kind of conflict", "pairs", "strict"], kinds),
        ]
    return "\n\n".join(text)
