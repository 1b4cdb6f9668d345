"""What the card says about the annotation: who made it and how, what agreement means, disputes counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
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
    twice: Collection[str] = (),
) -> str:
    """Who annotated, in which part, and whether a human was among them.

    `passes` maps a pass to the ids of its annotators, `gold` a published article to those of its annotation, `passed`
    an article to how many passes have it. An article was adjudicated where two passes or more have it and its
    annotation names somebody who made no pass. Articles annotated `twice` have one pass, made by others.
    """
    kind_of = {row["id"]: row["kind"] for row in annotators}
    pass_makers = {who for makers in passes.values() for who in makers}
    adjudicated = [
        article for article, who in gold.items() if passed.get(article, 0) > 1 and not pass_makers.issuperset(who)
    ]
    adjudicators = {who for article in adjudicated for who in gold[article]} - pass_makers
    once = sum(passed.get(article, 0) < 2 for article in gold.keys() - {*adjudicated, *twice})
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
        parts.append(f"{subject} adjudicated from those by its guidelines{' by ' + whom if whom else ''}{also}.")
    elif once:
        parts.append(f"{thousands(once)} of {everything} {_was(once)} annotated once.")
    if twice:
        parts.append(
            f"{thousands(len(twice))} of {everything} {_was(len(twice))} annotated twice, in a pass and by others, "
            "whose annotation is published as it is."
        )
    if "human" not in {kind_of.get(who) for makers in (pass_makers, *gold.values()) for who in makers}:
        parts.append("No human has annotated or reviewed it yet.")
    else:
        parts.append("People took part: every gold file names its annotators in its first line.")
    parts_of = {f"pass {name}": set(makers) for name, makers in passes.items()}
    parts_of["adjudication"] = adjudicators
    parts_of["annotation"] = {who for article, makers in gold.items() if passed.get(article, 0) < 2 for who in makers}
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

    `gold` are the annotated articles; those that two passes have, by `passed`, can be compared, and where there is one
    pass those that it has. `kinds` are those of the annotators who made the passes.
    """
    if not fragment.strip():
        return ""
    least = 2 if max(passed.values(), default=0) > 1 else 1  # of one pass alone, it is compared with what is published
    compared = [passed.get(article, 0) >= least for article in gold]
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


def guidelines_followed(versions: Mapping[str, Sequence[str]]) -> str:
    """By which versions of the guidelines each part (`pass a`, `published`) was made; empty without passes."""
    if len(versions) < 2:
        return ""
    parts = "; ".join(f"{part}: {', '.join(followed)}" for part, followed in versions.items())
    return f"Versions of the guidelines that were followed: {parts}."


def dispute_counts(tables: Mapping[str, pa.Table], scheme: Scheme) -> str:
    """Propositions, disputes by kind and by what differs, and the pairs that follow; empty where there are none."""
    if "relations" not in tables or not len(tables["relations"]):
        return ""
    pairs = tables["relations"].select(["relation", "scope", "origin"]).to_pylist()
    groups = Counter((pair["relation"], pair["origin"], pair["scope"]) for pair in pairs)
    rows = [
        [f"`{relation}`", origin, *(thousands(groups[relation, origin, scope]) for scope in labels.SCOPES)]
        for relation in scheme.relation.values or ()
        for origin in labels.ORIGINS
        if any(groups[relation, origin, scope] for scope in labels.SCOPES)
    ]
    propositions = tables["propositions"]["claim_ids"].to_pylist() if "propositions" in tables else []
    disputes = tables["disputes"].to_pylist() if "disputes" in tables else []
    positions = len(tables["positions"]) if "positions" in tables else 0
    text = [
        f"**Across articles.** {number(len(disputes), 'dispute')} with {number(positions, 'position')}; "
        f"{number(len(propositions), 'proposition')} with {number(sum(map(len, propositions)), 'claim')}.",
        *(_dispute_tables(disputes, scheme) if disputes else ()),
        "Pairs of claims follow from them: claims of one proposition are equivalent, claims of different positions "
        "are related as the kind of their dispute says. A sampled pair is a negative: of two articles of one story, "
        "joined by no proposition and no dispute, drawn by the hash of its ids.",
        markdown(["relation", "origin", "in one article", "across two"], rows),
    ]
    return "\n\n".join(text)


def _dispute_tables(disputes: Sequence[Mapping[str, Any]], scheme: Scheme) -> list[str]:
    kinds = [name for name in scheme.values("dispute", "kind") if any(row["kind"] == name for row in disputes)]
    counts = Counter((row["differs"], row["kind"]) for row in disputes)
    by_what = [
        [f"`{differs}`", *(thousands(counts[differs, kind]) for kind in kinds)]
        for differs in scheme.values("dispute", "differs")
        if any(counts[differs, kind] for kind in kinds)
    ]
    levels = Counter((row["level"], row["kind"]) for row in disputes)
    by_level = [[f"level `{name}`", *(thousands(levels[name, kind]) for kind in kinds)] for name in labels.LEVELS]
    total = ["all", *(thousands(sum(row["kind"] == kind for row in disputes)) for kind in kinds)]
    return [markdown(["disputes by what differs", *(f"`{kind}`" for kind in kinds)], [*by_what, *by_level, total])]
