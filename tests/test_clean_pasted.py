"""Texts as people paste them, in pieces and other forms: nothing of an article leaves for the shape of its line."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest

from allegata import clean_text
from bench.plain_text import read_pages

PAGES = Path(__file__).parent / "pages" / "plain_text_48.jsonl"
NEWS = (
    "Dredging to start\n"
    "The harbour of Quarn will be dredged from Monday on, the council said last night.\n"
    "It takes two weeks and costs the town a million, which it has not got, said the mayor.\n"
)


@pytest.mark.parametrize(
    "text",
    [
        "市政府宣布，老城区、东城区、西城区今年将各建一座停车楼，共有八百个车位。",
        "市長は、雨の日も、雪の日も、夜も、本を読む町にしたいと話した。",
        "Rain, wind, snow. Sun, ice, fog. Mist, hail.",
        "Anna Holm, Ben Ruiz, Cora Lind, Dov Amir, Ella Frost",
        "Shopping\nMilk, bread, eggs, butter, jam",
        "« Merci. »\n« De rien. »\n« Au revoir. »",
        "Au marché\n« Combien, les poireaux ? » demande-t-elle.\n« Deux euros. »",
        "Heute\n20.15 Wetter\n22.15 Leserbriefe\n23.10 Werbung",
        "\u200d\n" + "\n".join(f"It said {number} times that it rains." for number in range(9)),
        f"{NEWS}1. Scope\n2. Cookies\n5. Newsletter\n8. Contact",
    ],
)
def test_a_text_of_which_nothing_leaves(text: str) -> None:
    article = clean_text(text)
    assert (article.removals, article.text, article.tags) == ((), text, ())


def test_a_paragraph_with_many_commas_stays_above_furniture() -> None:
    line = "市長は、雨の日も、雪の日も、夜も、本を読む町にしたいと話した。"
    assert line in clean_text(f"{line}\n{line[:-1]}と記者に話した。\n{line[2:]}\n関連記事\n図書館が開館").text


def test_a_list_of_keywords_ends_above_a_list_of_other_articles() -> None:
    article = clean_text(f"{NEWS}Topics\nHarbour\nFerries\nMost read\nMan finds coin\nPrivacy")
    assert article.tags == ("Harbour", "Ferries")
    assert article.text == NEWS.strip()


def removed_lines(text: str) -> set[str]:
    lines = (line for removal in clean_text(text).removals for line in removal.text.split("\n"))
    return {unicodedata.normalize("NFC", line) for line in lines if line.strip()}


def test_letters_with_their_marks_apart_are_read_alike_in_99_lines_of_100() -> None:
    lines = other = 0
    for page in read_pages(PAGES):
        text = "\n".join(line for line, _ in page.lines)
        composed, apart = (removed_lines(unicodedata.normalize(form, text)) for form in ("NFC", "NFD"))
        lines += len(page.lines)
        other += len(composed ^ apart)
    assert 100 * other <= lines


def test_what_is_not_seen_is_no_part_of_a_name_or_a_tag() -> None:
    article = clean_text(f"By Ulf Kramer\u200b\n{NEWS}Tags: \u200bHarbour\u200b, Ferries")
    assert (article.author, article.tags) == ("Ulf Kramer", ("Harbour", "Ferries"))
