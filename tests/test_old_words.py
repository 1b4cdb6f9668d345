"""Messages and pages are in the words of the field: the old words of ours are in none of them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from project import ROOT

# What was written once, and what is written now.
OLD_WORDS = {
    r"call is wrong": "usage error",
    r"would be written over": "already exists",
    r"\bsay --": "add --",
    r"\bunpacks to\b": "decompresses to",
    r"\bstands? twice\b": "duplicate",
    r"\bfor want of\b": "missing",
    r"\bnobody is said\b": "no claimer",
    r"\bmend(s|ed|ing)?\b": "repair",
    r"\bleft at\b": "removed at, remaining after",
}
OLD = re.compile("|".join(OLD_WORDS), re.IGNORECASE)
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
    lines = enumerate(page.read_text("utf-8").splitlines(), 1)
    assert [f"{line}: {text}" for line, text in lines if OLD.search(text)] == []


def test_the_old_words_are_found_where_they_are(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text('"""It unpacks to that."""\nraise ValueError(f"{1} would be written over: say --replace")\n')
    assert [text for _, text in _messages(module) if OLD.search(text)] == [" would be written over: say --replace"]
