"""Messages and pages are in the words of the field: the old words of ours are in none of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
# Between the terms and the words that are not used, which are on the same page.
DIVIDER = "## Words that are not used"


def _rows(table: str) -> list[tuple[str, str]]:
    """The two columns of a table of the glossary, without its head."""
    rows = re.findall(r"^\| (.+?) \| (.+) \|$", table, re.MULTILINE)
    return [(first, second) for first, second in rows if (first, second) not in (("term", "meaning"), ("not", "but"))]


TERMS, OLD_WORDS = map(_rows, GLOSSARY.read_text("utf-8").split(DIVIDER))
OLD = re.compile(
    "|".join(rf"\b{re.escape(word)}\b" for words, _ in OLD_WORDS for word in words.split(", ")), re.IGNORECASE
)
CODE = sorted((ROOT / "scripts").rglob("*.py"))
TEMPLATES = [path for path in (ROOT / "scripts").rglob("template*/**/*") if path.suffix in (".html", ".toml", ".md")]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(TEMPLATES)]


def _messages(path: Path) -> Iterator[tuple[int, str]]:
    """The texts in a module that are no docstrings, with their lines; an f-string is one text."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    skipped = {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and _is_text(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skipped:
            yield node.lineno, node.value


def _is_text(node: ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return bool(node.body) and isinstance(node.body[0], ast.Expr)


def test_no_message_has_an_old_word() -> None:
    found = [
        f"{path.relative_to(ROOT).as_posix()}:{line}: {match[0]!r}"
        for path in CODE
        for line, text in _messages(path)
        if (match := OLD.search(text))
    ]
    assert found == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_has_an_old_word(page: Path) -> None:
    text = page.read_text("utf-8")
    lines = enumerate((text.split(DIVIDER)[0] if page == GLOSSARY else text).splitlines(), 1)
    assert [f"{line}: {text}" for line, text in lines if OLD.search(text)] == []


def test_the_old_words_are_found_where_they_are(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""It unpacks to that."""\nraise ValueError(f"{1} would be written over: say --replace")\n')
    assert [text for _, text in _messages(module) if OLD.search(text)] == [" would be written over: say --replace"]


def test_the_terms_of_the_glossary_are_in_order_used_and_none_is_an_old_word() -> None:
    terms = [term for term, _ in TERMS]
    assert len(terms) > 20
    assert terms == sorted(set(terms))
    assert [term for term in terms if OLD.search(term)] == []
    assert [new for _, new in OLD_WORDS if OLD.search(new)] == []
    used = " ".join(" ".join(page.read_text("utf-8").split()) for page in PAGES if page != GLOSSARY)
    forms = {term: rf"\b(?:{re.escape(term)}(?:e?s)?|{re.escape(term.removesuffix('y'))}ies)\b" for term in terms}
    assert [term for term, form in forms.items() if not re.search(form, used, re.IGNORECASE)] == []
