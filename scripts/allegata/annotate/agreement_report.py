"""The report of `allegata agreement`: every figure, on all sentences and on some, and the tables that show it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from allegata.annotate.agreement_figures import (
    BOTH,
    EITHER,
    AttributeRow,
    ClusterRow,
    RelationRow,
    SpanRow,
    attribute_rows,
    cluster_rows,
    conflict_rows,
    relation_rows,
    span_rows,
)
from allegata.annotate.passes import Marked, Pass
from allegata.measures.agreement import ALL
from allegata.measures.matching import LabelledSpan
from allegata.schema.scheme import default_scheme
from allegata.text.spans import Span

MODELS = "consistency between model passes"
PEOPLE = "agreement between annotators"


@dataclass(frozen=True)
class View:
    """All figures on one choice of sentences."""

    name: str
    spans: tuple[SpanRow, ...]
    attributes: tuple[AttributeRow, ...]
    relations: tuple[RelationRow, ...]
    clusters: tuple[ClusterRow, ...]


@dataclass(frozen=True)
class Report:
    """What `allegata agreement` prints: what the annotators are, and the figures of each view."""

    title: str
    annotators: tuple[str, ...]
    views: tuple[View, ...]


def what_it_is(kinds: Collection[str]) -> str:
    """The name of the figures, from the kinds of all annotators: people agree, model passes are consistent."""
    return MODELS if kinds and set(kinds) == {"model"} else PEOPLE


def view(
    name: str, marked: Sequence[Marked], passes: Sequence[Pass] = (), kept: Mapping[str, Sequence[Span]] | None = None
) -> View:
    """Every figure of the annotations; where `kept` is given, on these sentences of each article only."""
    scheme = passes[0].scheme if passes else default_scheme()
    shown = [restrict(item, kept[item.annotation.article_id]) for item in marked] if kept is not None else list(marked)
    return View(
        name,
        tuple(span_rows([item.annotation for item in shown])),
        tuple(attribute_rows(shown, scheme) + conflict_rows(passes, shown)),
        tuple(relation_rows(passes, shown)),
        tuple(cluster_rows(passes, shown)),
    )


def restrict(item: Marked, kept: Sequence[Span]) -> Marked:
    """The annotation on some sentences: the others are blanked out, so that offsets stay, and lose their spans.

    A span belongs to the sentence in which it starts.
    """
    text = item.annotation.text
    blank, position = "", 0
    for span in sorted(kept):
        blank += " " * (span.start - position) + span.quote(text)
        position = span.end
    blank += " " * (len(text) - position)

    def inside(span: LabelledSpan) -> bool:
        return any(sentence.start <= span.hull.start < sentence.end for sentence in kept)

    layers = {name: [span for span in spans if inside(span)] for name, spans in item.annotation.layers.items()}
    return Marked(
        replace(item.annotation, text=blank, layers=layers),
        {
            layer: {span: values for span, values in spans.items() if inside(span)}
            for layer, spans in item.attributes.items()
        },
        {span: entity for span, entity in item.entities.items() if inside(span)},
        {claim: span for claim, span in item.claims.items() if inside(span)},
    )


@dataclass(frozen=True)
class TextTable:
    """A table of the report as text; the first columns are names, the others figures."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figure(value: float | None) -> str:
    """Three decimals, or `undefined`."""
    return "undefined" if value is None else f"{value:.3f}"


def _short(article_id: str) -> str:
    return "all articles" if article_id == ALL else article_id


def tables(shown: View) -> Iterator[TextTable]:
    """The figures of a view as tables, without those that have no row."""
    spans = tuple(
        (
            row.layer,
            _short(row.article_id),
            *map(figure, (row.alpha, row.prevalence, row.exact, row.partial, row.token)),
            str(row.tokens),
            f"{row.spans:.1f}".removesuffix(".0"),
        )
        for row in shown.spans
    )
    header: tuple[str, ...]
    header = ("layer", "article", "alpha", "prevalence", "exact F1", "partial F1", "token F1", "tokens", "spans")
    yield TextTable("Spans", header, spans)
    attributes = tuple(
        (
            f"{row.layer}: {row.attribute}",
            _short(row.article_id),
            str(row.n),
            *map(figure, (row.observed, row.kappa, row.ac1)),
            figure(row.ordinal_alpha) if row.is_ordinal else "",
            f"{row.value} {figure(row.prevalence)}" if row.value else "",
        )
        for row in shown.attributes
    )
    header = ("attribute", "article", "n", "observed", "kappa", "AC1", "ordinal alpha", "most frequent value")
    yield from [TextTable("Attributes of matched spans", header, attributes)] if attributes else []
    relations = tuple(
        (
            row.relation,
            str(row.pairs),
            "" if row.relation == BOTH else figure(row.f1),
            *(map(figure, (row.kappa, row.ac1, row.prevalence)) if row.relation in (EITHER, BOTH) else ("", "", "")),
        )
        for row in shown.relations
    )
    header = ("relation", "pairs", "F1", "kappa", "AC1", "none")
    yield from [TextTable("Relations", header, relations)] if relations else []
    clustered = tuple(
        (row.clusters, _short(row.article_id), *map(figure, (row.muc, row.b3, row.ceaf_e, row.lea, row.conll)))
        for row in shown.clusters
    )
    header = ("clusters", "article", "MUC", "B3", "CEAFe", "LEA", "CoNLL F1")
    yield from [TextTable("Clusters, F1", header, clustered)] if clustered else []


def markdown(report: Report) -> str:
    """The report as a fragment for the card: all articles together, every view, under headings of the third level."""
    lines = [f"{report.title.capitalize()}: {', '.join(report.annotators)}."]
    for shown in report.views:
        lines += ["", f"### {shown.name.capitalize()}"]
        for table in tables(shown):
            pooled = [row for row in table.rows if "article" not in table.header or row[1] == _short(ALL)]
            columns = [index for index, name in enumerate(table.header) if name != "article"]
            lines += ["", f"{table.title}:", ""]
            for row in (table.header, tuple("---" for _ in table.header), *pooled):
                lines.append("| " + " | ".join(row[index].replace("|", "\\|") for index in columns) + " |")
    return "\n".join(lines) + "\n"
