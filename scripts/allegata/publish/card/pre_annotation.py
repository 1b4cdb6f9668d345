"""How good the proposals of `allegata pre-annotate` are, as measured on one version: a line and a page of the card."""

from __future__ import annotations

from pathlib import Path

from allegata.publish.card.pages import Links, page
from allegata.publish.stored import Facts, read_stored
from allegata.schema.markup import inline, markdown_table
from allegata.schema.wording import number

PRE_ANNOTATION = "corpus/pre-annotation.json"
BEGIN, END = "<!-- pre-annotation -->", "<!-- /pre-annotation -->"


def read_pre_annotation(root: Path) -> Facts | None:
    """The stored figures; None where there are none. Raises ProblemsFound where the file is damaged."""
    return read_stored(root, PRE_ANNOTATION, "allegata benchmark pre-annotation", pre_annotation_text)


def pre_annotation_section(facts: Facts | None, links: Links) -> str:
    """One line with the F1 of each layer, between its marks; the marks alone where nothing was measured."""
    return "\n".join([BEGIN, *([_line(facts, links)] if facts is not None else []), END])


def pre_annotation_page(facts: Facts | None) -> bytes:
    """The page with all figures; empty where nothing was measured."""
    return page("Proposals", pre_annotation_text(facts)) if facts is not None else b""


def _line(facts: Facts, links: Links) -> str:
    first = facts["systems"][0]
    scores = ", ".join(f"{inline(layer)} {_text(found['exact'][2])}" for layer, found in first["layers"].items())
    return (
        "`allegata pre-annotate` proposes annotations for a new article, marked as machine-made. Exact F1 on "
        f"version {inline(facts['version'])} ({inline(first['name'])}): {scores}. "
        f"{links.page('pre-annotation', 'All figures')}."
    )


def pre_annotation_text(facts: Facts) -> str:
    """What was measured, and its table."""
    opening = (
        "`allegata pre-annotate` proposes mentions, attributions and claims for a new article, marked as machine-made"
    )
    rows = [_row(system, layer, found) for system in facts["systems"] for layer, found in system["layers"].items()]
    count = len({article for system in facts["systems"] for article in system["articles"]})
    lines = [
        f"{opening}. Measured on version {inline(facts['version'])} by leaving one of {number(count, 'article')} out; "
        "where PolNeAR is named, on articles of its training part that no model was trained on. Articles of one story "
        "share names, which the models know from the others: expect less on another story.",
        markdown_table(["models", "layer", "exact P", "R", "F1", "by article", "token F1"], rows),
    ]
    return "\n\n".join(lines)


def _row(system: Facts, layer: str, found: Facts) -> list[str]:
    articles = [_text(value) for value in sorted(found["articles"].values())]
    spread = f"{articles[0]} to {articles[-1]}" if articles else "–"
    return [inline(system["name"]), inline(layer), *map(_text, found["exact"]), spread, _text(found["token"][2])]


def _text(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
