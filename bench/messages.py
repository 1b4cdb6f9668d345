"""docs/messages.md: what the program says is wrong and what to do, read from its own source.

A message is a text that the source writes out, `…` where it names what it found. Those that are put together
elsewhere, as by the type of a field, are not on the page.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

_HEAD = """# Messages

What the program says is wrong with data or with a call, and what to do about it; `…` stands for what it found. A report
of data has one line a fault, `file:line: message`, and below it the cure after an arrow (exit code 1); a usage error is
one line (exit code 2). Messages that only name a field, its value and what it should be are not listed. What the exit
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
            named = _texts_by_name(function)
            for node in ast.walk(function):
                yield from _of_node(node, named)


def _of_node(node: ast.AST, named: Mapping[Names, list[str]]) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        if node.func.id == "UsageError":
            yield from ((what, "") for what in _texts(node.args[0], named))
        elif node.func.id == "Problem" and len(node.args) > 1:
            yield from _pairs(node.args[0], node.args[1], named)
    elif isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 2:
        what, fix = node.value.elts
        yield from _pairs(what, fix, named)


def _pairs(what: ast.expr, fix: ast.expr, named: Mapping[Names, list[str]]) -> Iterator[tuple[str, str]]:
    """Each text with its cure, where two names are always given both together, else with all that there may be."""
    texts, cures = _texts(what, named), list(dict.fromkeys(_texts(fix, named)))
    pairs = [(text, _OR.join(cures)) for text in texts]
    match what, fix:
        case ast.Name(first), ast.Name(second) if len(texts) == len(named.get((first, second), ())):
            pairs = list(zip(texts, named[first, second], strict=True))
    yield from (pair for pair in pairs if all(" " in text for text in pair))


def _texts_by_name(function: ast.FunctionDef) -> dict[Names, list[str]]:
    """The texts that a function gives to a name, and those that it gives to the second of two names with the first."""
    found: dict[Names, list[str]] = defaultdict(list)
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                one = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    one = list(zip(target.elts, node.value.elts, strict=False))
                for name, value in one:
                    if isinstance(name, ast.Name):
                        found[name.id] += _texts(value, {})
                match one:
                    case [(ast.Name(first), _), (ast.Name(second), value)]:
                        found[first, second] += _texts(value, {})
    return found


def _texts(value: ast.expr, named: Mapping[Names, list[str]]) -> list[str]:
    """What an expression may say; none where nothing of it is written out."""
    if isinstance(value, ast.Constant):
        return [value.value] if isinstance(value.value, str) else []
    if isinstance(value, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "…" for part in value.values)
        text = "".join(map(str, parts))
        return [text] if any(map(str.isalnum, text)) else []
    if isinstance(value, ast.IfExp):
        return _texts(value.body, named) + _texts(value.orelse, named)
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        return [a + b for a in _texts(value.left, named) for b in _texts(value.right, named)]
    return named.get(value.id, []) if isinstance(value, ast.Name) else []


def _cell(text: str) -> str:
    """A text as the cell of a table shows it, letter by letter."""
    shown = (f"`` {part.strip()} ``" for part in text.split(_OR) if part)
    return ", or ".join(shown).replace("|", r"\|").replace("\n", " ")
