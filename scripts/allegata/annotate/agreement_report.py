"""The report of `allegata agreement`: who is compared with whom, on which articles, with every figure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from allegata.annotate.agreement_disputes import (
    DisputeRow,
    decision_rows,
    dispute_rows,
    proposition_rows,
)
from allegata.annotate.agreement_figures import (
    AttributeRow,
    ClusterRow,
    SpanRow,
    attribute_rows,
    entity_rows,
    span_rows,
)
from allegata.annotate.passes import Marked, Pass
from allegata.measures.agreement import Pairs
from allegata.schema.scheme import Scheme

MODELS = "consistency between model passes"
PEOPLE = "agreement between annotators"
HUMAN, MODEL, UNKNOWN = "human", "model", "unknown"


@dataclass(frozen=True)
class Annotator:
    """Who is compared: a pass, or one annotator of the files of a tool.

    `kind` is human or model by the register of annotators, `human and model` where a pass has both, `unknown` where the
    register does not say; `guidelines` the version that it follows, "" where that is not known. `folder` is the folder
    that it was read from, which may hold several.
    """

    name: str
    kind: str = UNKNOWN
    guidelines: str = ""
    folder: str = ""


@dataclass(frozen=True)
class Aside:
    """An article that no figure is of, and why."""

    article_id: str
    why: str


@dataclass(frozen=True)
class Comparison:
    """Annotators of the same kinds by the same guidelines, with all figures on the articles that they have in common.

    `kinds` is model-model, human-model or human-human; `guidelines` one version, or two that are compared. Where
    `common` is false no article is in every folder, and each pair is compared on the articles that both have.
    """

    guidelines: tuple[str, ...]
    kinds: str
    annotators: tuple[str, ...]
    articles: tuple[str, ...]
    aside: tuple[Aside, ...]
    common: bool
    spans: tuple[SpanRow, ...]
    attributes: tuple[AttributeRow, ...]
    clusters: tuple[ClusterRow, ...]
    disputes: tuple[DisputeRow, ...]

    @property
    def name(self) -> str:
        """`model-model, guidelines 2.0`."""
        versions = " against ".join(version or "not stated" for version in self.guidelines)
        return f"{self.kinds}, guidelines {versions}" if any(self.guidelines) else self.kinds


@dataclass(frozen=True)
class Report:
    """What `allegata agreement` prints: what the figures are called, who is compared, and every comparison; `notes` are
    what of the files is in no figure, a sentence a kind."""

    title: str
    annotators: tuple[Annotator, ...]
    comparisons: tuple[Comparison, ...]
    notes: tuple[str, ...] = ()


def report(
    annotators: Sequence[Annotator],
    marked: Sequence[Marked],
    passes: Sequence[Pass],
    scheme: Scheme,
    *,
    for_the_card: bool = False,
) -> Report:
    """Every comparison of the annotators: those by one version of the guidelines first, then one against another.

    Two are compared with those of the same kinds and versions; in each comparison are the articles that all its folders
    have. `for_the_card` are those that have figures, of annotators by one version, and of people: the others, of eight
    passes by three versions 21 of 28 pairs, are not measured.
    """
    found: dict[tuple[tuple[str, ...], str], set[frozenset[str]]] = {}
    for first, second in combinations(sorted(annotators, key=lambda item: item.name), 2):
        versions = tuple(sorted({first.guidelines, second.guidelines}, reverse=True))
        kinds = "-".join(sorted((first.kind, second.kind)))
        found.setdefault((versions, kinds), set()).add(frozenset((first.name, second.name)))
    order = sorted(found, key=lambda key: (len(key[0]), [_newest_first(version) for version in key[0]], key[1]))
    if for_the_card:
        order = [key for key in order if len(key[0]) == 1 or HUMAN in key[1]]
    comparisons = [_comparison(*key, found[key], annotators, marked, passes, scheme) for key in order]
    shown = tuple(item for item in comparisons if item.articles or not for_the_card)
    return Report(what_it_is({item.kind for item in annotators}), tuple(annotators), shown)


def _newest_first(version: str) -> tuple[bool, list[int], str]:
    """Versions that are numbers first, the highest first; then names."""
    numbers = version.split(".")
    is_number = all(part.isdecimal() and len(part) < 18 for part in numbers)
    return not is_number, [-int(part) for part in numbers] if is_number else [], version


def _comparison(
    versions: tuple[str, ...],
    kinds: str,
    compared: Collection[frozenset[str]],
    annotators: Sequence[Annotator],
    marked: Sequence[Marked],
    passes: Sequence[Pass],
    scheme: Scheme,
) -> Comparison:
    names = frozenset().union(*compared)
    of_folder: dict[str, set[str]] = {}
    folder_of = {item.name: item.folder or item.name for item in annotators}
    had: dict[str, set[str]] = {}
    for item in marked:
        if item.annotation.annotator in names:
            of_folder.setdefault(folder_of[item.annotation.annotator], set()).add(item.annotation.article_id)
            had.setdefault(item.annotation.article_id, set()).add(item.annotation.annotator)
    paired = {name for name, who in had.items() if any(pair <= who for pair in compared)}
    in_all = set.intersection(*of_folder.values()) & paired
    chosen = in_all or paired
    aside = tuple(
        Aside(name, _why(sorted({folder_of[who] for who in names} - {folder_of[who] for who in had[name]})))
        for name in sorted(had.keys() - chosen)
    )
    shown = [item for item in marked if item.annotation.annotator in names and item.annotation.article_id in chosen]
    ours = [item for item in passes if item.name in names]
    pairs: Pairs = None if len(compared) == len(names) * (len(names) - 1) // 2 else frozenset(compared)
    return Comparison(
        versions,
        kinds,
        tuple(sorted(names)),
        tuple(sorted(chosen)),
        aside,
        bool(in_all),
        tuple(span_rows([item.annotation for item in shown], pairs)),
        tuple(attribute_rows(shown, scheme, pairs) + decision_rows(ours, shown, scheme, pairs)),
        tuple(entity_rows(shown, pairs) + proposition_rows(ours, shown, pairs)),
        tuple(dispute_rows(ours, shown, pairs)),
    )


def _why(missing: Sequence[str]) -> str:
    return f"not in {', '.join(missing)}" if missing else "one annotator only"


def what_it_is(kinds: Collection[str]) -> str:
    """The name of the figures, from the kinds of all annotators: people agree, model passes are consistent."""
    return MODELS if kinds and set(kinds) == {MODEL} else PEOPLE
