"""What the card says about the annotation: who made it and how, and how far the passes agree; all figures on pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa

from allegata.publish.card.facts import CardData, CardFacts
from allegata.publish.card.pages import Links, page
from allegata.publish.card.pre_annotation import pre_annotation_section
from allegata.publish.card.tables import label_counts
from allegata.publish.markdown import sections
from allegata.schema import labels
from allegata.schema.markup import code, inline, markdown_table
from allegata.schema.scheme import Scheme
from allegata.schema.wording import listed, number, thousands

_KINDS = {"human": "people", "model": "models"}
_ONE = {"human": "a person", "model": "a model"}
_ELSEWHERE = ("removals", "entity_register")  # counted among the sources; says what its mentions say


def annotation(data: CardData, links: Links) -> str:
    """The section: process and annotators in short, one table of agreement, and the pages that have the rest."""
    facts, summary = data.facts, data.summary
    coverage = _coverage(summary.unannotated, summary.articles)
    proposals = pre_annotation_section(facts.pre_annotation, links)
    if not summary.annotated:
        return sections("### Annotations", coverage, proposals)
    about = agreement(facts.agreement, facts.gold, facts.passed, _kinds_of_passes(facts))
    figures = f"{links.page('agreement', 'All figures of agreement')}." if facts.agreement_figures else ""
    return sections(
        "### Annotations",
        coverage,
        "#### Annotation process",
        " ".join(annotation_process(facts.annotators, facts.passes, facts.gold, facts.passed, facts.twice)),
        "The rules are in `annotations/GUIDELINES.md`; each span is stored with its quoted text and checked against "
        "the article before anything is published."
        + (" The passes are kept in `annotations/passes/`." if facts.passes else ""),
        f"{_across(data)} {links.page('labels', 'What each label means and how often it occurs')}.".strip(),
        sections(about, figures) if about else "",
        "#### Who are the annotators?",
        _annotators(data, links),
        proposals,
    )


def annotation_pages(data: CardData) -> dict[str, tuple[str, bytes]]:
    """The pages on labels, agreement and annotators, each with what it is about; empty where there is nothing."""
    facts, counts = data.facts, data.counts
    if not data.summary.annotated:
        return {}
    about = agreement(facts.agreement_figures, facts.gold, facts.passed, _kinds_of_passes(facts))
    return {
        "labels": (
            "what each label means and how often it occurs; disputes and pairs",
            page(
                "Labels",
                dispute_counts(counts.across, counts.scheme),
                *(
                    label_counts(name, column, counts.values.get((name, column), {}), names, counts.scheme)
                    for name, columns in counts.labels.items()
                    if name not in _ELSEWHERE
                    for column, names in columns.items()
                ),
            ),
        ),
        "agreement": ("every figure of agreement", page("Agreement", about)),
        "annotators": (
            "who annotated which part, by which guidelines",
            page(
                "Annotators",
                annotator_table(facts.annotators, facts.passes, facts.gold, facts.passed),
                guidelines_followed(facts.guidelines),
            ),
        ),
    }


def _annotators(data: CardData, links: Links) -> str:
    kinds = Counter(str(row["kind"]) for row in data.summary.annotators)
    stated = " ".join(map(inline, data.stated("annotatorDemographics")))
    if not kinds:
        return stated or "The register names none of them."
    counts = listed([number(count, f"{inline(kind)} annotator") for kind, count in sorted(kinds.items())])
    return f"{counts}: {links.page('annotators', 'who each is, and which part is theirs')}. {stated}".strip()


def _kinds_of_passes(facts: CardFacts) -> frozenset[str]:
    makers = {who for ids in facts.passes.values() for who in ids}
    return frozenset(str(row["kind"]) for row in facts.annotators if row["id"] in makers)


def _coverage(unannotated: int, articles: int) -> str:
    if not unannotated:
        return "Every article is annotated (`articles.annotated`)."
    if unannotated == articles:
        return "No article is annotated yet (`articles.annotated` is false): no claim in them has been marked."
    has, its, it = ("has", "its", "it") if unannotated == 1 else ("have", "their", "them")
    return (
        f"{thousands(unannotated)} of {number(articles, 'article')} {has} no gold yet (`articles.annotated` is false): "
        f"no claim there has been marked, `sentences.is_claim` is null for {its} sentences, and the benchmark "
        f"omits {it}."
    )


def _across(data: CardData) -> str:
    """Disputes and propositions in one sentence."""
    across = data.counts.across
    rows = {name: len(across[name]) if name in across else 0 for name in ("disputes", "positions", "propositions")}
    if not rows["disputes"] and not rows["propositions"]:
        return ""
    return (
        f"Across articles: {number(rows['disputes'], 'dispute')} with {number(rows['positions'], 'position')}, "
        f"{number(rows['propositions'], 'proposition')}."
    )


def annotation_process(
    annotators: Sequence[Mapping[str, Any]],
    passes: Mapping[str, tuple[str, ...]],
    gold: Mapping[str, tuple[str, ...]],
    passed: Mapping[str, int],
    twice: Collection[str] = (),
) -> list[str]:
    """Sentences on how the annotation was made, and whether a human took part.

    `passes` maps a pass to the ids of its annotators, `gold` a published article to those of its annotation, `passed`
    an article to how many passes have it. Articles annotated `twice` have one pass, made by others.
    """
    kind_of = {row["id"]: row["kind"] for row in annotators}
    pass_makers = {who for makers in passes.values() for who in makers}
    adjudicated = _adjudicated(passes, gold, passed)
    adjudicators = {who for article in adjudicated for who in gold[article]} - pass_makers
    once = sum(passed.get(article, 0) < 2 for article in gold.keys() - {*adjudicated, *twice})
    everything = number(len(gold), "annotated article")
    parts = [*_passes(passes, kind_of)]
    if adjudicated:
        theirs = sorted({kind_of.get(who, "") for who in adjudicators})
        whom = _ONE.get(theirs[0], "") if len(theirs) == 1 else ""
        partly = f"{thousands(len(adjudicated))} of {everything} {_was(len(adjudicated))}"
        subject = "What is published was" if len(adjudicated) == len(gold) else partly
        also = f"; {thousands(once)} {_was(once)} annotated once" if once else ""
        parts.append(
            f"{subject} adjudicated{' by ' + whom if whom else ''}, from the passes that follow its guidelines{also}."
        )
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
    return parts


def _passes(passes: Mapping[str, tuple[str, ...]], kind_of: Mapping[str, str]) -> Iterable[str]:
    """How many passes each kind of annotators made."""
    by_kinds = Counter(frozenset(kind_of.get(who, "") for who in makers) for makers in passes.values())
    for kinds, count in sorted(by_kinds.items(), key=lambda item: sorted(item[0]), reverse=True):
        together = " together" if len(kinds) > 1 else ""
        yield f"{_named(kinds).capitalize()}{together} made {number(count, 'pass', 'passes')}."


def annotator_table(
    annotators: Sequence[Mapping[str, Any]],
    passes: Mapping[str, tuple[str, ...]],
    gold: Mapping[str, tuple[str, ...]],
    passed: Mapping[str, int],
) -> str:
    """Each annotator of the register who made a part, with the parts; empty without one."""
    parts_of = {f"pass {name}": set(makers) for name, makers in passes.items()}
    parts_of["adjudication"] = {who for article in _adjudicated(passes, gold, passed) for who in gold[article]} - {
        who for makers in passes.values() for who in makers
    }
    parts_of["annotation"] = {who for article, makers in gold.items() if passed.get(article, 0) < 2 for who in makers}
    rows = [
        [code(row["id"]), inline(row["kind"]), inline(", ".join(mine)), inline(row["description"])]
        for row in annotators
        if (mine := [part for part, makers in parts_of.items() if row["id"] in makers])
    ]
    return markdown_table(["annotator", "kind", "part", "who"], rows) if rows else ""


def _adjudicated(
    passes: Mapping[str, tuple[str, ...]], gold: Mapping[str, tuple[str, ...]], passed: Mapping[str, int]
) -> list[str]:
    """The articles that two passes or more have, and whose annotation names an annotator who made no pass."""
    makers = {who for ids in passes.values() for who in ids}
    return [article for article, who in gold.items() if passed.get(article, 0) > 1 and not makers.issuperset(who)]


def _was(count: int) -> str:
    return "was" if count == 1 else "were"


def _named(kinds: Iterable[str]) -> str:
    return listed([_KINDS.get(kind, f"annotators of kind {code(kind)}") for kind in sorted(kinds)])


def agreement(fragment: str, gold: Iterable[str], passed: Mapping[str, int], kinds: Iterable[str]) -> str:
    """What agreement means, which articles it covers, then `fragment`; empty without one.

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
    parts = "; ".join(inline(f"{part}: {', '.join(followed)}") for part, followed in versions.items())
    return f"Versions of the guidelines that were followed: {parts}."


def dispute_counts(tables: Mapping[str, pa.Table], scheme: Scheme) -> str:
    """Propositions, disputes by kind and by what differs, and the pairs that follow; empty where there are none."""
    if "relations" not in tables or not len(tables["relations"]):
        return ""
    pairs = tables["relations"].select(["relation", "scope", "origin"]).to_pylist()
    groups = Counter((pair["relation"], pair["origin"], pair["scope"]) for pair in pairs)
    rows = [
        [code(relation), origin, *(thousands(groups[relation, origin, scope]) for scope in labels.SCOPES)]
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
        markdown_table(["relation", "origin", "in one article", "across two"], rows),
    ]
    return "\n\n".join(text)


def _dispute_tables(disputes: Sequence[Mapping[str, Any]], scheme: Scheme) -> list[str]:
    kinds = [name for name in scheme.values("dispute", "kind") if any(row["kind"] == name for row in disputes)]
    counts = Counter((row["differs"], row["kind"]) for row in disputes)
    by_what = [
        [code(differs), *(thousands(counts[differs, kind]) for kind in kinds)]
        for differs in scheme.values("dispute", "differs")
        if any(counts[differs, kind] for kind in kinds)
    ]
    levels = Counter((row["level"], row["kind"]) for row in disputes)
    by_level = [[f"level `{name}`", *(thousands(levels[name, kind]) for kind in kinds)] for name in labels.LEVELS]
    total = ["all", *(thousands(sum(row["kind"] == kind for row in disputes)) for kind in kinds)]
    return [markdown_table(["disputes by what differs", *(map(code, kinds))], [*by_what, *by_level, total])]
