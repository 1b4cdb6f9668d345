"""What the card says of `allegata pre-annotate`: how good its proposals are, as measured on one version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from allegata.publish.markdown import markdown, number
from allegata.schema.problems import Problem, ProblemsFound

PRE_ANNOTATION = "corpus/pre-annotation.json"
BEGIN, END = "<!-- pre-annotation -->", "<!-- /pre-annotation -->"
Facts = Mapping[str, Any]


def read_pre_annotation(root: Path) -> Facts | None:
    """The stored figures; None where there are none. Raises ProblemsFound where the file is damaged."""
    file = root / PRE_ANNOTATION
    if not file.exists():
        return None
    try:
        facts: Facts = json.loads(file.read_text("utf-8"))
        _body(facts)  # every field that the card shows is there
    except (ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        what = f"is not what `allegata benchmark pre-annotation` writes ({type(error).__name__})"
        fix = "restore it, or delete it and make it again"
        raise ProblemsFound([Problem(what, fix, file=PRE_ANNOTATION)]) from None
    return facts


def pre_annotation_section(facts: Facts | None) -> str:
    """The paragraph and its table, between their marks."""
    return f"{BEGIN}\n{_body(facts)}\n{END}"


def _body(facts: Facts | None) -> str:
    opening = (
        "`allegata pre-annotate` proposes mentions, attributions and claims for a new article, marked as machine-made"
    )
    if facts is None:
        return f"{opening}. How good they are has not been measured: `allegata benchmark pre-annotation` does."
    rows = [_row(system, layer, found) for system in facts["systems"] for layer, found in system["layers"].items()]
    count = len({article for system in facts["systems"] for article in system["articles"]})
    lines = [
        f"{opening}. Measured on version {facts['version']} by leaving one of {number(count, 'article')} out; where "
        "PolNeAR is named, on articles of its training part that no model saw. All articles of the corpus tell one "
        "story, whose names the models know from the others: expect less on another story.",
        markdown(["models", "layer", "exact P", "R", "F1", "by article", "token F1"], rows),
    ]
    return "\n\n".join(lines)


def _row(system: Facts, layer: str, found: Facts) -> list[str]:
    articles = [_text(value) for value in sorted(found["articles"].values())]
    spread = f"{articles[0]} to {articles[-1]}" if articles else "–"
    return [system["name"], layer, *map(_text, found["exact"]), spread, _text(found["token"][2])]


def _text(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.3f}"
