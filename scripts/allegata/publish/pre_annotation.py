"""Putting the quality of proposals into the card: stored beside the versions, its section written again."""

from __future__ import annotations

from pathlib import Path

from allegata.publish.card import CARD
from allegata.publish.card_pre_annotation import PRE_ANNOTATION, Facts, pre_annotation_section
from allegata.publish.manifest import render_json
from allegata.publish.markdown import with_section
from allegata.publish.release import publishing, replace_file
from allegata.schema.problems import UsageError


def install_pre_annotation(root: Path, facts: Facts) -> None:
    """Store `facts`, and write the section of the card as the next publication will write it.

    Raises UsageError where the card has no place for it.
    """
    with publishing(root / "corpus"):
        old = (root / CARD).read_text("utf-8") if (root / CARD).is_file() else ""
        card = with_section(old, pre_annotation_section(facts))
        if card is None:
            raise UsageError(f"{CARD} has no place for the quality of proposals: run `allegata publish` first")
        replace_file(root / PRE_ANNOTATION, render_json(facts))
        replace_file(root / CARD, card.encode())
