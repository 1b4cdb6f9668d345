"""docs/messages.md: what the program says is wrong and what to do, read from its own source.

A message is a text that the source writes out, `…` where it names what it found. Those that are put together
from parts elsewhere, as by the type of a field, and those of the system are not on the page.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

_HEAD = """# Messages

What the program says is wrong with data or with a call, and what to do about it; `…` stands for what it found. A report
of data has one line a fault, `file:line: message`, and below it the cure after an arrow (exit code 1); a usage error is
one line (exit code 2). These are the messages that the program writes out; those that it puts together from parts, as
what is wrong with a field of a record, and those of the operating system (exit code 3) are not among them. What the
codes mean: [commands](commands.md#exit-codes).

"""
Names = str | tuple[str, str]
_OR = "\0"  # between cures of which one fits
# Package -> what its messages are about, in the order of the page.
_ROOMS = {
    "ingest": "Raw files, pages, archives, the manifest",
    "text": "Texts and offsets",
    "clean": "Cleaning",
    "dedup": "Deduplication",
    "propose": "Proposals",
    "annotate": "Annotations",
    "exchange": "Exchange with annotation tools",
    "validate": "Validation",
    "publish": "Publication",
    "schema": "Settings, schemes, versions, files",
    "benchmark": "Benchmark",
    "measures": "Measures",
    "engine": "Batches and work folders",
    "recipe": "Commands",
    "cli": "Options",
    "browse": "Pages",
    "pages": "Pages",
    "judge": "The judge of pages",
    "models": "Models",
}


def messages_page() -> str:
    """The page: for each part of the program, what it says is wrong and the cure, sorted."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    package = Path(str(files("allegata")))
    for path in package.rglob("*.py"):
        room = path.relative_to(package).parts[0]
        found[_ROOMS.get(room, "Commands")].update(messages(path.read_text(encoding="utf-8")))
    sections = []
    for title in dict.fromkeys(_ROOMS.values()):
        if rows := sorted(found[title], key=lambda row: (row[0].lstrip("… '\""), row)):
            lines = "".join(f"| {_cell(what)} | {_cell(fix)} |\n" for what, fix in rows)
            sections.append(f"## {title}\n\n| what is wrong | what to do |\n|---|---|\n{lines}")
    return _HEAD + "\n".join(sections)


def messages(source: str) -> Iterator[tuple[str, str]]:
    """What is wrong, and the cure ("" for a usage error), of each message that the source of a module writes out."""
    for function in ast.walk(ast.parse(source)):
        if isinstance(function, ast.FunctionDef):
            given = _Given()
            for node in sorted(_own(function), key=lambda node: (node.lineno, node.col_offset)):
                if isinstance(node, ast.Assign):
                    given.assign(node)
                else:
                    yield from (
                        (what, fix) for what, fix in _of_node(node, given) if _says(what) and (_says(fix) or not fix)
                    )


def _own(function: ast.FunctionDef) -> Iterator[ast.Assign | ast.Call | ast.Yield]:
    """The assignments, calls and yields of a function, those of functions in it apart."""
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Assign | ast.Call | ast.Yield):
            yield node
        if not isinstance(node, ast.FunctionDef):
            waiting += ast.iter_child_nodes(node)


class _Given:
    """The texts that names may have: those given since a message last used them."""

    def __init__(self) -> None:
        self._texts: dict[Names, list[str]] = defaultdict(list)
        self._used: set[Names] = set()

    def assign(self, node: ast.Assign) -> None:
        """A name gets a text, or two names get two together."""
        for target in node.targets:
            match target, node.value:
                case ast.Name(name), value:
                    self._give(name, self.of(value))
                    for pair in [key for key in self._texts if isinstance(key, tuple) and name in key]:
                        del self._texts[pair]
                case ast.Tuple([ast.Name(what), ast.Name(fix)]), ast.Tuple([first, second]):
                    self._give(what, self.of(first))
                    self._give(fix, self.of(second))
                    self._give((what, fix), self.of(second))

    def _give(self, name: Names, texts: list[str]) -> None:
        if name in self._used:
            self._used.remove(name)
            self._texts[name] = []
        self._texts[name] += texts

    def of(self, value: ast.expr) -> list[str]:
        """What an expression may say; none where nothing of it is written out."""
        if isinstance(value, ast.Name):
            self._used.add(value.id)
            return self._texts.get(value.id, [])
        return _texts(value, self.of)

    def pairs(self, what: ast.expr, fix: ast.expr) -> list[tuple[str, str]]:
        """Each text with its cure, where two names were given both together, else with all that there may be."""
        texts, cures = self.of(what), list(dict.fromkeys(self.of(fix)))
        match what, fix:
            case ast.Name(first), ast.Name(second):
                self._used.add((first, second))
                if len(texts) == len(self._texts.get((first, second), ())):
                    return list(zip(texts, self._texts[first, second], strict=True))
        return [(text, _OR.join(cures)) for text in texts if cures]


def _of_node(node: ast.Call | ast.Yield, given: _Given) -> list[tuple[str, str]]:
    match node:
        case ast.Call(ast.Name("UsageError"), [what, *_]):
            return [(text, "") for text in given.of(what)]
        case ast.Call(ast.Name("Problem") | ast.Attribute(_, "problem"), [what, fix, *_]):
            return given.pairs(what, fix)
        case ast.Call(ast.Name("Problem"), [], keywords):
            named = {one.arg: one.value for one in keywords}
            return given.pairs(named["what"], named["fix"]) if {"what", "fix"} <= named.keys() else []
        case ast.Yield(ast.Tuple([what, fix])):
            return [pair for pair in given.pairs(what, fix) if " " in pair[1]]
    return []


def _says(text: str) -> bool:
    """Whether it has two words of its own, beside what was found."""
    return len(re.findall(r"[^\W\d_]{2,}", text)) > 1


def _texts(value: ast.expr, of: Callable[[ast.expr], list[str]]) -> list[str]:
    """What an expression that is no name may say; `of` says it of its parts."""
    match value:
        case ast.Constant(str(text)):
            return [text]
        case ast.JoinedStr(parts):
            return ["".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in parts)]
        case ast.IfExp(_, body, orelse):
            return of(body) + of(orelse)
        case ast.BinOp(left, ast.Add(), right):
            return [a + b for a in of(left) for b in of(right)]
    return []


def _cell(text: str) -> str:
    """A text as the cell of a table shows it, letter by letter."""
    shown = (f"`` {part.strip()} ``" for part in text.split(_OR) if part)
    return ", or ".join(shown).replace("|", r"\|").replace("\n", " ")
