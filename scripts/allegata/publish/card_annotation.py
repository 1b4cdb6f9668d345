"""What the card says about the annotation: who made it and how, what agreement means, relations counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from allegata.publish.markdown import markdown, number, thousands
from allegata.schema import labels

_MEANING = (
    "Agreement between passes of language models is consistency between passes, and no more: it shows that the "
    "guidelines can be followed, not that people would agree, nor that the labels are right. Such passes share "
    "their errors."
)


def annotation_process(
    annotators: Sequence[Mapping[str, Any]], passes: Mapping[str, tuple[str, ...]], gold: Sequence[str]
) -> str:
    """Who annotated, in which part, and whether a human was among them.

    `passes` maps a pass to the ids of its annotators, `gold` names those of the published annotation.
    """
    kind_of = {row["id"]: row["kind"] for row in annotators}
    by_people = sum(any(kind_of.get(who) == "human" for who in makers) for makers in passes.values())
    pass_makers = {who for makers in passes.values() for who in makers}
    adjudicators = [who for who in gold if who not in pass_makers]
    parts = []
    if models := len(passes) - by_people:
        blind = ", blind to each other" if models > 1 else ""
        parts.append(f"Language models made {number(models, 'pass', 'passes')} over the corpus{blind}.")
    if by_people:
        parts.append(f"People made {number(by_people, 'pass', 'passes')}.")
    if passes and adjudicators:
        kinds = {kind_of.get(who) for who in adjudicators}
        whom = (
            "a person"
            if kinds == {"human"}
            else "a language model, in a session of its own"
            if kinds == {"model"}
            else ""
        )
        parts.append(f"What is published was adjudicated from them{' by ' + whom if whom else ''}.")
    if "human" not in {kind_of.get(who) for who in (*pass_makers, *gold)}:
        parts.append("No human has annotated or reviewed it yet.")
    part_of = {who: f"pass {name}" for name, makers in passes.items() for who in makers}
    part_of |= dict.fromkeys(adjudicators, "adjudication" if passes else "annotation")
    rows = [[f"`{row['id']}`", row["kind"], part_of.get(row["id"], "–"), row["description"]] for row in annotators]
    text = " ".join(parts)
    return f"{text}\n\n{markdown(['annotator', 'kind', 'part', 'who'], rows)}" if rows else text


def agreement(fragment: str) -> str:
    """The section on agreement: what it means, then `fragment`; empty without one."""
    return f"**Agreement.** {_MEANING}\n\n{fragment.strip()}\n" if fragment.strip() else ""


def relation_counts(tables: Mapping[str, pa.Table]) -> str:
    """Propositions, and pairs by relation and by kind of conflict; empty where there are none."""
    if "relations" not in tables or not len(tables["relations"]):
        return ""
    pairs = tables["relations"].select(["relation", "conflict_type", "strict", "scope", "origin"]).to_pylist()
    groups = Counter((pair["relation"], pair["origin"], pair["scope"]) for pair in pairs)
    rows = [
        [f"`{relation}`", origin, *(thousands(groups[relation, origin, scope]) for scope in labels.SCOPES)]
        for relation in labels.RELATIONS
        for origin in labels.ORIGINS
        if any(groups[relation, origin, scope] for scope in labels.SCOPES)
    ]
    conflicts = Counter(pair["conflict_type"] for pair in pairs if pair["conflict_type"])
    strict = Counter(pair["conflict_type"] for pair in pairs if pair["strict"])
    kinds = [
        [f"`{name}`", thousands(conflicts[name]), thousands(strict[name])]
        for name in labels.CONFLICT_TYPES
        if conflicts[name]
    ]
    propositions = tables["propositions"]
    members = sum(map(len, propositions["claim_ids"].to_pylist()))
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
