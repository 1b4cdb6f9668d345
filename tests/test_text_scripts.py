"""Text in any script: words, sentence ends and prose without blanks and without capitals; invisible characters do not
hide a repetition, nor a copy."""

from __future__ import annotations

import unicodedata

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.clean.page import Page
from allegata.clean.stage import clean_source_text
from allegata.dedup.stage import deduplicate
from allegata.text.blocks import find_blocks, looks_like_heading
from allegata.text.normal import for_matching, letters_only, normalise
from allegata.text.script_words import find_words
from allegata.text.sentence_ends import as_sentence, ends_as_question, ends_as_sentence
from allegata.text.sentences import split_sentences
from many_scripts import INVISIBLE, PASSAGES, sprinkled

HEADING = "* * *"


@pytest.mark.parametrize("language", PASSAGES)
def test_a_passage_is_one_block_of_prose_of_some_forty_words(language: str) -> None:
    (block,) = find_blocks(PASSAGES[language])
    assert 40 <= len(block.words) <= 110
    assert block.ends_sentence
    assert not looks_like_heading(block)
    assert Page((block,)).prose == [0]


@pytest.mark.parametrize("language", PASSAGES)
def test_a_passage_ends_as_a_sentence_also_in_quotes_and_with_marks_of_direction_behind_it(language: str) -> None:
    for before, behind in (("", ""), ("“", "”"), ("« ", "\u00a0»"), ("「", "」"), ("(", ")\u200f"), ("", "\u200b")):
        assert ends_as_sentence(before + PASSAGES[language] + behind)
    assert as_sentence(PASSAGES[language]) == PASSAGES[language]


@pytest.mark.parametrize("language", PASSAGES)
def test_a_passage_that_is_there_again_is_a_repetition_whatever_is_invisible_in_it(language: str) -> None:
    passage = PASSAGES[language]
    for mark in ("", *INVISIBLE.values()):
        text = f"{passage}\n\n{HEADING}\n\n{sprinkled(passage, mark)}"
        removals = clean_source_text(text, language).removals
        assert [removal.reason for removal in removals] == ["repetition"], unicodedata.name(mark or " ")
        (removal,) = removals
        assert removal.repeats is not None
        assert removal.repeats.quote(text) == passage
        assert removal.span.quote(text).strip() == sprinkled(passage, mark)


@pytest.mark.parametrize("language", PASSAGES)
def test_an_article_with_other_invisible_characters_is_an_exact_copy(language: str) -> None:
    texts = [PASSAGES[language], *(sprinkled(PASSAGES[language], mark) for mark in INVISIBLE.values())]
    names = [f"a{number}" for number in range(len(texts))]
    rows = pa.table({"article_id": names, "text": texts, "published": pa.nulls(len(texts), pa.string())})
    assert set(deduplicate(rows).articles["kind"].to_pylist()) == {"unique", "exact"}
    assert deduplicate(rows).articles["kind"].to_pylist().count("unique") == 1


def test_vowel_marks_and_the_line_that_fills_a_word_do_not_make_another_text() -> None:
    assert normalise("كَتَبَ الوَزِيرُ رِسَالَةً") == normalise("كتب الوزير رسالة") == normalise("كتـــب الوزيـر رسالـة")
    assert normalise("שָׁלוֹם עֲלֵיכֶם") == normalise("שלום עליכם")
    assert normalise("ﻛﺘﺐ ﹷ") == normalise("كتب")  # presentation forms
    assert normalise("آمن") != normalise("امن")  # the madda is part of a letter
    assert normalise("किया") != normalise("कया")


def test_characters_that_are_not_seen_do_not_hide_a_cue_from_a_rule() -> None:
    assert for_matching("News\u00adletter abon\u200bnieren\u200f") == "newsletter abonnieren"


@given(st.text(max_size=40), st.sampled_from(sorted(INVISIBLE.values())))
def test_nothing_invisible_is_compared(text: str, mark: str) -> None:
    assert normalise(mark.join(text)) == normalise(letters_only(text)) or not text.isascii()
    assert mark not in normalise(mark.join(text))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mill Co.’s co-owner paid 9.50", ["Mill", "Co", "s", "co-owner", "paid", "9.50"]),
        ("l’été d’après", ["l’été", "d’après"]),
        ("मंत्री ने कहा", ["मंत्री", "ने", "कहा"]),
        ("市議会は否決", ["市議", "会は", "否決"]),
        ("東京タワーで2024年", ["東京", "タワ", "ーで", "2024", "年"]),
        ("ཡིག་ཆ་མེད", ["ཡིག", "ཆ", "མེད"]),
        ("خانه‌ها", ["خانهها"]),
        ("muni\u00adcipal", ["municipal"]),
        ("가나 다라", ["가나", "다라"]),
    ],
)
def test_words_of_any_script(text: str, words: list[str]) -> None:
    assert find_words(text) == words


@pytest.mark.parametrize("text", ["কেন?", "为什么？", "لماذا؟", "Γιατί;", "ለምን፧", "« Pourquoi ? »", "Ինչո՞ւ՞"])
def test_a_question_of_any_script(text: str) -> None:
    assert ends_as_question(text)


@pytest.mark.parametrize(
    ("quote", "sentence"),
    [
        ("परिषद ने इनकार किया", "परिषद ने इनकार किया।"),
        ("խորհուրդը մերժեց", "Խորհուրդը մերժեց։"),
        ("计划被否决", "计划被否决。"),
        ("ክልከላ ነው", "ክልከላ ነው።"),
        ("សភាបានបដិសេធ", "សភាបានបដិសេធ។"),
        ("สภาปฏิเสธแผน", "สภาปฏิเสธแผน"),
        ("the council refused", "The council refused."),
    ],
)
def test_a_quotation_gets_the_full_stop_of_its_script(quote: str, sentence: str) -> None:
    assert as_sentence(quote) == sentence


@pytest.mark.parametrize(
    ("text", "language", "count"),
    [(PASSAGES[language], language, count) for language, count in (("km", 4), ("bo", 4), ("hy", 4), ("am", 4))]
    + [(PASSAGES[language], language, count) for language, count in (("ur", 4), ("my", 5), ("zh", 4), ("ja", 5))]
    + [("Խորհուրդը մերժեց: Քաղաքապետը լռեց:", "hy", 2)],
)
def test_sentences_end_where_the_script_ends_them(text: str, language: str, count: int) -> None:
    assert len(split_sentences(text, language)) == count


@pytest.mark.parametrize(
    "line", ["新しい桟橋の計画を否決", "خطة الرصيف الجديد", "नए घाट की योजना", "新码头计划", "ახალი ნავმისადგომი"]
)
def test_a_headline_in_a_script_without_capitals_looks_like_one(line: str) -> None:
    (block,) = find_blocks(line)
    assert looks_like_heading(block)


@pytest.mark.parametrize("line", ["出席者は次の通り：", "وقال الحاضرون،", "ተናገሩ፤"])
def test_a_line_that_announces_what_follows_is_no_heading(line: str) -> None:
    (block,) = find_blocks(line)
    assert not looks_like_heading(block)
