"""What finds attributions: a fine-tuned tagger where one is given, else the rules of the cue lexicon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from allegata.models import lexicon
from allegata.models.bio import decode_tags, paragraphs
from allegata.models.extras import need_transformer
from allegata.text.spans import Span, union

# A text and its language to parts by role, each with a `content`.
Attributor = Callable[[str, str], list[dict[str, Span]]]


def attributor(tagger: Path | None = None) -> Attributor:
    """The tagger of a folder that `Tagger.save` wrote, or the cue-lexicon rules.

    Raises UsageError where the folder holds no tagger, or the extra `transformer` is missing.
    """
    if tagger is None:
        return by_rules
    need_transformer()
    from allegata.models.tagger import load_tagger

    loaded = load_tagger(tagger)
    return lambda text, language: _attributed(text, loaded)


def by_rules(text: str, language: str) -> list[dict[str, Span]]:
    """The rules of the cue lexicon, with sources after their cue; none in a language that it does not have."""
    return lexicon.attributions(text, language, inverted=True)


def _attributed(text: str, tagger: Any) -> list[dict[str, Span]]:
    """The tagger's flat spans put together: to each content the nearest cue and source of its paragraph."""
    document = paragraphs(text)
    found = []
    for paragraph, tags in zip(document, tagger.predict([document])[0], strict=True):
        by_role: dict[str, list[Span]] = {"source": [], "cue": [], "content": []}
        for span in decode_tags(paragraph.words, tags):
            by_role[span.label.lower()].append(span.hull)
        pieces: dict[tuple[Span | None, Span | None], list[Span]] = {}
        for content in by_role["content"]:
            cue = min(by_role["cue"], key=lambda span: _gap(span, content), default=None)
            anchor = cue or content
            source = min(by_role["source"], key=lambda span: _gap(span, anchor), default=None)
            pieces.setdefault((cue, source), []).append(content)
        for (cue, source), contents in pieces.items():
            parts = {"content": union(contents)[0], "cue": cue, "source": source}
            found.append({role: span for role, span in parts.items() if span})
    return found


def _gap(first: Span, second: Span) -> tuple[int, int]:
    return (max(first.start, second.start) - min(first.end, second.end), first.start)
