"""The report of agreement as tables of text: on a terminal, and as a fragment of the card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from allegata.annotate.agreement_figures import SpanRow
from allegata.annotate.agreement_report import HUMAN, Comparison, Report
from allegata.annotate.passes import ATTRIBUTIONS, CLAIMS, NAMES
from allegata.measures.agreement import ALL
from allegata.schema.markup import inline, markdown_table
from allegata.schema.wording import number, some

NONE_YET = "people: none yet"
_SHOWN = 10  # articles that are named one by one
_IN_THE_CARD = 6  # comparisons


@dataclass(frozen=True)
class TextTable:
    """A table of the report as text; the first columns are names, the others figures."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def figure(value: float | None) -> str:
    """Three decimals, or `undefined`."""
    return "undefined" if value is None else f"{value:.3f}"


def side_by_side(report: Report) -> TextTable:
    """One row per comparison with the figures that are looked at first; a row says so where no person annotated."""
    header = (
        "compared",
        "annotators",
        "articles",
        "claims: alpha (prevalence)",
        "claims: strict F1",
        "claims: partial F1",
        "names: strict F1",
        "attributions: alpha (prevalence)",
        "claim type: kappa / AC1",
        "check-worthiness: ordinal alpha",
        "disputes: recall",
        "opposed pairs: F1",
    )
    rows = [_first_figures(found) for found in report.comparisons]
    if not any(HUMAN in annotator.kind for annotator in report.annotators):
        rows.append((NONE_YET, *[""] * (len(header) - 1)))
    return TextTable("Side by side", header, tuple(rows))


def in_words(report: Report) -> tuple[str, ...]:
    """The figures that are looked at first, one sentence for each comparison that has articles."""
    table = side_by_side(report)
    return tuple(
        f"{row[0]}, {number(len(found.annotators), 'annotator')} on {number(len(found.articles), 'article')}: "
        + "; ".join(f"{head} {cell}" for head, cell in zip(table.header[3:], row[3:], strict=True) if cell)
        + "."
        for row, found in zip(table.rows, report.comparisons, strict=False)
        if found.articles
    )


def _first_figures(found: Comparison) -> tuple[str, ...]:
    spans = {row.layer: row for row in found.spans if row.article_id == ALL}
    claims, names, attributions = (spans.get(layer) for layer in (CLAIMS, NAMES, ATTRIBUTIONS))
    of_claims = {row.attribute: row for row in found.attributes if (row.layer, row.article_id) == (CLAIMS, ALL)}
    kind, worthiness = (of_claims.get(name) for name in ("claim_type", "check_worthiness"))
    recalls = sorted(row.recall for row in found.disputes if row.annotator != ALL and row.recall is not None)
    return (
        found.name,
        str(len(found.annotators)),
        str(len(found.articles)),
        _with_prevalence(claims),
        figure(claims.strict) if claims else "",
        figure(claims.partial) if claims else "",
        figure(names.strict) if names else "",
        _with_prevalence(attributions),
        f"{figure(kind.kappa)} / {figure(kind.ac1)}" if kind else "",
        figure(worthiness.ordinal_alpha) if worthiness else "",
        f"{figure(recalls[0])} to {figure(recalls[-1])}" if recalls else "",
        figure(found.disputes[0].pair_f1) if found.disputes else "",
    )


def _with_prevalence(row: SpanRow | None) -> str:
    return f"{figure(row.alpha)} ({figure(row.prevalence)})" if row else ""


def about_articles(found: Comparison) -> str:
    """Which articles the figures are of, and which are set aside for which reason; the first ones by name."""
    if not found.articles:
        return f"{', '.join(found.annotators)}: no article in common."
    which = "every one of them has" if found.common else "two of them have, for no article is in every folder"
    text = f"{', '.join(found.annotators)}, on the articles that {which}: {some(found.articles, _SHOWN)}."
    reasons: dict[str, list[str]] = {}
    for item in found.aside:
        reasons.setdefault(item.why, []).append(item.article_id)
    if reasons:
        text += f" Set aside: {'; '.join(f'{some(names, _SHOWN)} ({why})' for why, names in reasons.items())}."
    return text


def _short(article_id: str) -> str:
    return "all articles" if article_id == ALL else article_id


def tables(found: Comparison) -> Iterator[TextTable]:
    """The figures of a comparison as tables, without those that have no row."""
    made = (_spans(found), _attributes(found), _clusters(found), _disputes(found))
    yield from (table for table in made if table.rows)


def _spans(found: Comparison) -> TextTable:
    header = ("layer", "article", "alpha", "prevalence", "strict F1", "partial F1", "token F1", "tokens", "spans")
    rows = tuple(
        (
            row.layer,
            _short(row.article_id),
            *map(figure, (row.alpha, row.prevalence, row.strict, row.partial, row.token)),
            str(row.tokens),
            f"{row.spans:.1f}".removesuffix(".0"),
        )
        for row in found.spans
    )
    return TextTable("Spans", header, rows)


def _attributes(found: Comparison) -> TextTable:
    header = ("attribute", "article", "n", "observed", "kappa", "AC1", "ordinal alpha", "most frequent value")
    rows = tuple(
        (
            f"{row.layer}: {row.attribute}",
            _short(row.article_id),
            str(row.n),
            *map(figure, (row.observed, row.kappa, row.ac1)),
            figure(row.ordinal_alpha) if row.is_ordinal else "",
            f"{row.value} {figure(row.prevalence)}" if row.value else "",
        )
        for row in found.attributes
    )
    return TextTable("Attributes of what both have", header, rows)


def _clusters(found: Comparison) -> TextTable:
    rows = tuple(
        (row.clusters, _short(row.article_id), *map(figure, (row.muc, row.b3, row.ceaf_e, row.lea, row.conll)))
        for row in found.clusters
    )
    return TextTable("Clusters, F1", ("clusters", "article", "MUC", "B3", "CEAFe", "LEA", "CoNLL F1"), rows)


def _disputes(found: Comparison) -> TextTable:
    header = ("annotator", "disputes", "questions", "of all found", "recall", "opposed pairs", "pairs F1")
    rows = tuple(
        (
            "all annotators" if row.annotator == ALL else row.annotator,
            str(row.disputes),
            str(row.questions),
            str(row.union),
            figure(row.recall),
            str(row.pairs),
            figure(row.pair_f1),
        )
        for row in found.disputes
    )
    return TextTable("Disputes", header, rows)


def parts(report: Report) -> Iterator[str | TextTable]:
    """The whole report for a terminal: lines of text, and tables."""
    yield f"{report.title}: {', '.join(annotator.name for annotator in report.annotators)}"
    yield ""
    yield side_by_side(report)
    for comparison in report.comparisons:
        yield ""
        yield f"{comparison.name}: {about_articles(comparison)}"
        for table in tables(comparison):
            yield from ("", f"{table.title} ({comparison.name})", table)
    yield from ("", *(f"note: {note}" for note in report.notes)) if report.notes else ()


def markdown(report: Report) -> str:
    """The report as a page of the card, under headings of the second level: side by side, then each comparison
    with the figures of all its articles together."""
    lines = [inline(f"{report.title.capitalize()}: {', '.join(item.name for item in report.annotators)}."), ""]
    first = side_by_side(report)
    lines.append(_markdown(first.header, first.rows))
    for found in report.comparisons:
        lines += ["", f"## {inline(found.name[:1].upper() + found.name[1:])}", "", inline(about_articles(found))]
        for part in tables(found):
            pooled = [row for row in part.rows if "article" not in part.header or row[1] == _short(ALL)]
            columns = [index for index, name in enumerate(part.header) if name != "article"]
            picked = [[row[index] for index in columns] for row in (part.header, *pooled)]
            lines += ["", f"{part.title}:", "", _markdown(picked[0], picked[1:])]
    lines += ["", *(inline(f"Note: {note}") for note in report.notes)] if report.notes else []
    return "\n".join(lines) + "\n"


def first_table(report: Report) -> str:
    """The comparisons side by side as one Markdown table, of many the first ones."""
    first = side_by_side(report)
    more = len(first.rows) - _IN_THE_CARD
    lines = _markdown(first.header, first.rows[:_IN_THE_CARD])
    rest = f"{number(more, 'more comparison is', 'more comparisons are')} on the page." if more > 0 else ""
    return "\n".join([lines, "", rest]).strip()


def _markdown(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of plain texts."""
    return markdown_table(list(map(inline, header)), [list(map(inline, row)) for row in rows])
