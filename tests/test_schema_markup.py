"""What data says is shown as it is in Markdown: a parser of CommonMark with tables finds the text, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from allegata.schema.markup import (
    address,
    code,
    fenced,
    inline,
    json_text,
    link,
    markdown_table,
    outside_fences,
    paragraphs,
)
from allegata.schema.visible import HIDDEN, visible
from hostile_strings import HOSTILE

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
TEXTS = st.text(st.sampled_from(" \n\t`~*_|\\<>[]()!#-+=:&;.1aé\u202e\x1b\u2028")) | st.text()


def shown(text: str) -> str:
    return visible(" ".join(text.split()))


def words(tokens: list[Token]) -> Iterator[str]:
    """The text of the inline tokens; code spans of plain words are text."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "code_inline":
                yield f"`{child.content}`"
            elif child.type in ("softbreak", "hardbreak"):
                yield "\n"
            else:
                assert child.type in ("text", "text_special"), (child.type, token.content)
                yield child.content


def types(markdown: str) -> list[str]:
    return [token.type for token in PARSER.parse(markdown)]


def hostile(function):  # type: ignore[no-untyped-def]  # a decorator of tests
    for text in HOSTILE:
        function = example(text)(function)
    return given(TEXTS)(function)


@hostile
def test_a_text_is_the_whole_of_a_paragraph_a_heading_an_item_and_a_quotation(text: str) -> None:
    if not shown(text):
        return
    for before, kinds in {
        "": ["paragraph_open", "inline", "paragraph_close"],
        "# ": ["heading_open", "inline", "heading_close"],
        "- ": [
            "bullet_list_open", "list_item_open", "paragraph_open", "inline", "paragraph_close", "list_item_close",
            "bullet_list_close",
        ],
    }.items():  # fmt: skip
        markdown = f"{before}{inline(text)}\n"
        assert types(markdown) == kinds
        assert "".join(words(PARSER.parse(markdown))) == shown(text)


@hostile
def test_a_text_between_words_of_ours_is_that_text(text: str) -> None:
    found = PARSER.parse(f"Ours: {inline(text)}. **Strong:** {inline(text)}; *{inline('x')}*: {inline(text)}")
    plain = [child for child in found[1].children or () if child.type.startswith("text")]
    assert "".join(child.content for child in plain).startswith("Ours: ")
    kinds = {child.type for child in found[1].children or ()} - {"code_inline", "text_special"}
    assert kinds == {"text", "strong_open", "strong_close", "em_open", "em_close"}


@hostile
def test_a_text_of_lines_is_paragraphs_that_show_them(text: str) -> None:
    found = PARSER.parse(paragraphs(text))
    assert {token.type for token in found} <= {"paragraph_open", "inline", "paragraph_close"}
    lines = [shown(line) for line in text.strip().splitlines()]
    parts = "\n".join(lines).split("\n\n")
    assert [part for part in "\x00".join("".join(words([token])) for token in found).split("\x00") if part] == [
        part.strip("\n") for part in parts if part.strip("\n")
    ]


@hostile
def test_a_cell_is_one_cell(text: str) -> None:
    found = PARSER.parse(markdown_table(["one", "two"], [[inline(text), "x"], [code(text), "y"], ["a", inline(text)]]))
    cells = [token.type for token in found].count("td_open")
    assert (found[0].type, found[-1].type, cells) == ("table_open", "table_close", 6)
    first = found[[token.type for token in found].index("td_open") + 1]
    assert "".join(words([first])) == shown(text)


@hostile
def test_code_holds_the_text(text: str) -> None:
    found = PARSER.parse(f"x {code(text)} y")[1].children or []
    if shown(text):
        assert [child.type for child in found] == ["text", "code_inline", "text"]
        assert found[1].content == shown(text)
    [block] = PARSER.parse(fenced(text, "json"))
    assert (block.type, block.info) == ("fence", "json")
    assert block.content.splitlines() == ("\n".join(visible(line, keep="\t") for line in text.splitlines())).split("\n")
    markers = ["first", *fenced(text, "").split("\n"), "last"]
    assert [line for _, line in outside_fences("\n".join(markers))] == ["first", "last"]


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a_b-c?d=e&f=%20#g", "https://example.org/x_(y)", "https://example.org/a|b",
        "https://example.org/`*\\[x]", "https://example.org/\u202ex", "http://[::1]/", "ask@example.org",
    ],
)  # fmt: skip
def test_an_address_is_one_link(url: str) -> None:
    shown_ = [child.type for child in PARSER.parse(f"- {address(url)}")[3].children or ()]
    assert shown_ == ["link_open", "text", "link_close"]
    if "@" not in url:
        children = PARSER.parse(link("a ] [b](c) `", url))[1].children or []
        assert [child.type for child in children if child.type != "text"] == ["link_open", "link_close"]
        assert [child.content for child in children if child.type == "text"] == ["a ] [b](c) `"]


@hostile
def test_what_is_no_address_is_text(text: str) -> None:
    assert address(text) == inline(text)


@hostile
def test_json_shows_everything_and_reads_back_equal(text: str) -> None:
    written = json_text({text: [text]}, indent=1)
    assert json.loads(written) == {text: [text]}
    assert not HIDDEN.search(written.replace("\n", ""))
    assert len(written.split("\n")) == 5


def test_a_code_span_with_brackets_stays_one() -> None:
    assert inline("where it has `[1, 3]`, two [rows]") == r"where it has `[1, 3]`, two \[rows\]"
