"""Cleaning the five real articles: what leaves, what stays."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from allegata.clean.stage import Cleaned, clean_source_text

RAW = Path(__file__).parent.parent / "raw"
FILES = sorted(path.name for path in RAW.glob("*.txt"))


def cleaned(prefix: str) -> tuple[str, Cleaned]:
    source = next(RAW.glob(f"{prefix}_*.txt")).read_text(encoding="utf-8")
    return source, clean_source_text(source)


def removed_lines(prefix: str) -> dict[str, list[str]]:
    source, result = cleaned(prefix)
    lines: dict[str, list[str]] = {}
    for removal in result.removals:
        if removal.reason != "citation_marker":
            lines.setdefault(removal.reason, []).append(removal.span.quote(source).strip())
    return lines


def test_teasers_between_paragraphs_keywords_and_the_comment_form_leave_000() -> None:
    lines = removed_lines("000")
    assert [line[:16] for line in lines["related_teaser"]] == ["Canadian News Pu", "AI TOOLS AND LEG"]
    assert lines["keyword_list"][0].startswith("LinkedIn lawsuit, Microsoft LinkedIn")
    assert lines["comments"] == ["Leave a Reply"]
    assert set(lines) == {"related_teaser", "keyword_list", "comments"}


def test_markers_and_the_reference_list_leave_001_and_resolve() -> None:
    source, result = cleaned("001")
    text = result.offsets.apply(source)
    assert "[" not in text
    assert "LinkedIn, a subsidiary of Microsoft, is embroiled" in text
    assert not re.search(r"  | [.,;:)]", text)
    assert len(result.citations) == 85
    assert len(result.references) == 11
    urls = {reference.marker: reference.url for reference in result.references}
    assert urls["[7]"] == "https://mashable.com/article/linkedin-lawsuit-alleging-messages-used-to-train-ai"
    assert all(citation.url == urls[citation.marker] for citation in result.citations)
    assert all(citation.span.quote(source) == citation.marker for citation in result.citations)
    assert text.endswith("more transparent data practices in the future.")


def test_everything_around_the_first_body_leaves_002() -> None:
    source, result = cleaned("002")
    reasons = Counter(removal.reason for removal in result.removals)
    assert reasons == {
        "generation_notice": 1,
        "dateline": 1,
        "ticker": 2,
        "repetition": 1,
        "author_biography": 1,
        "related_teaser": 1,
        "newsletter_prompt": 2,
        "site_furniture": 3,
        "disclosure": 2,
        "disclaimer": 1,
        "comments": 2,
    }
    text = result.offsets.apply(source)
    assert text.count("Microsoft's LinkedIn is facing a significant legal challenge") == 1
    assert text.startswith("Microsoft's LinkedIn Faces Privacy Scrutiny Over AI Data Sharing\nMicrosoft's LinkedIn is")
    assert text.endswith("ethical AI development.")


def test_the_second_body_of_002_names_the_span_it_repeats() -> None:
    source, result = cleaned("002")
    (copy,) = [removal for removal in result.removals if removal.reason == "repetition"]
    assert copy.repeats is not None
    assert copy.span.quote(source).strip() == copy.repeats.quote(source).strip()
    assert copy.repeats.end <= copy.span.start
    assert all(result.offsets.is_kept(position) for position in range(*copy.repeats))


def test_003_stays_as_it_is() -> None:
    source, result = cleaned("003")
    assert result.removals == ()
    assert result.offsets.apply(source) == source


def test_newsletter_prompt_and_comment_lines_leave_004() -> None:
    lines = removed_lines("004")
    assert [line[:12] for line in lines["newsletter_prompt"]] == ["Discover mor", "Subscribe to"]
    assert [line[:12] for line in lines["comments"]] == ["1 thought on", "Comments are"]
    assert set(lines) == {"newsletter_prompt", "comments"}


@pytest.mark.parametrize(
    ("prefix", "headings"),
    [
        ("000", ["Details of the Lawsuit", "LinkedIn’s Response", "Broader Implications"]),
        ("001", ["Introduction", "Description", "Conclusion"]),
        ("004", ["LinkedIn class action lawsuit allegations", "Privacy concerns", "Legal claims and damages",
                 "LinkedIn’s response", "Broader impact"]),
    ],
)  # fmt: skip
def test_real_subheadings_stay(prefix: str, headings: list[str]) -> None:
    source, result = cleaned(prefix)
    found = [span.quote(source) for span, zone in result.blocks if zone == "heading"]
    assert found == headings


@pytest.mark.parametrize(("prefix", "items"), [("000", 2), ("004", 3)])
def test_bullet_items_stay_without_their_bullets_in_the_sentences(prefix: str, items: int) -> None:
    source, result = cleaned(prefix)
    found = [span.quote(source) for span, zone in result.sentences if zone == "list_item"]
    assert len(found) == items
    assert not any(item.startswith("-") for item in found)


@pytest.mark.parametrize("file", FILES)
def test_every_code_point_is_kept_or_in_exactly_one_removal(file: str) -> None:
    source = (RAW / file).read_text(encoding="utf-8")
    result = clean_source_text(source)
    seen = [0] * len(source)
    for span in [*result.offsets.kept, *(removal.span for removal in result.removals)]:
        for position in range(*span):
            seen[position] += 1
    assert set(seen) == {1}


@pytest.mark.parametrize("file", FILES)
def test_language_is_english(file: str) -> None:
    assert clean_source_text((RAW / file).read_text(encoding="utf-8")).language == "en"
