"""No list of problems is thrown away: who calls a function that returns one must look at it."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from project import ROOT

FILES = sorted([*(ROOT / "scripts" / "allegata").rglob("*.py"), *(ROOT / "bench").rglob("*.py")])

# Function that may drop the problems of a call -> why nobody misses them.
ALLOWED = {
    "annotate.gold.header_of": "only asks which article a gold file is about; the gold is read, and reported",
    "annotate.stage._claims_in": "reads again gold files that were read without a fault",
    "annotate.cross_article.readable": "says what goes; what is wrong is reported where the file is built from",
    "annotate.registers.doubtful_ids": "reads again what was reported, for the ids in it",
    "cli.console.overview": "the run before it has read the manifest, and reported",
    "recipe.explain_beside.decisions_in": "a log is no input of a build; a line of another form says nothing of it",
    "exchange.token_classification_read._arrow_rows": "Arrow's `validate`, which raises",
    "schema.published._shard": "Arrow's `validate`, which raises",
    "recipe.removed_texts.removed_texts": "a copy whose file is gone, or another by now, is listed without its text",
    "recipe.removed_texts.texts": "the function inside it, of which the same holds",
    "recipe.drafts._as_draft": "the machine's own lines, whose entities need not be registered yet",
}


def returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> tuple[int, ...] | None:
    """Where the result of a function holds problems: () if it is nothing else, (1,) for `(value, list[Problem])`, None
    where it has none."""
    annotation = function.returns
    if annotation is None:
        return None
    parts = [annotation]
    is_tuple = isinstance(annotation, ast.Subscript) and ast.unparse(annotation.value) == "tuple"
    if isinstance(annotation, ast.Subscript) and is_tuple and isinstance(annotation.slice, ast.Tuple):
        parts = [part for part in annotation.slice.elts if not isinstance(part, ast.Constant)]  # no ellipsis
    places = tuple(number for number, part in enumerate(parts) if _names_problem(part))
    if not places:
        return None
    return places if len(parts) > 1 else ()


def _names_problem(annotation: ast.expr) -> bool:
    """`list[Problem]`, `Problem | None`, `Iterator[Problem]` …; not a value that may be a problem instead."""
    names = {node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)}
    return "Problem" in names and names <= {"Problem", "list", "Iterator", "Iterable", "Sequence", "tuple"}


Places = tuple[int, ...]


def definitions(trees: dict[str, ast.Module]) -> tuple[dict[tuple[str, str], Places], dict[str, Places]]:
    """(module, function) -> where its result holds problems; and the same of methods, whose class no call names, by
    the names that mean nothing else in any class."""
    functions, methods = {}, {}
    others: set[str] = set()
    for module, tree in trees.items():
        inside = {method for node in ast.walk(tree) if isinstance(node, ast.ClassDef) for method in node.body}
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                places = returned(node)
                if node not in inside and places is not None:
                    functions[module, node.name] = places
                elif places is not None:
                    methods[node.name] = places
                elif node in inside:
                    others.add(node.name)
    return functions, {name: places for name, places in methods.items() if name not in others}


def dropped(
    tree: ast.Module, functions: dict[tuple[str, str], Places], methods: dict[str, Places], module: str
) -> Iterator[tuple[str, int, str]]:
    """(function, line, why) of every call in `tree` whose problems nobody reads."""
    origin = {node.name: (module, node.name) for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            home = (node.module or "").removeprefix("allegata.")
            origin |= {alias.asname or alias.name: (home, alias.name) for alias in node.names}

    def places_of(value: ast.AST) -> Places | None:
        if not isinstance(value, ast.Call):
            return None
        if isinstance(value.func, ast.Name):
            return functions.get(origin.get(value.func.id, ("", "")))
        if isinstance(value.func, ast.Attribute) and isinstance(value.func.value, ast.Name):
            home, name = origin.get(value.func.value.id, ("", ""))
            found = functions.get((f"{home}.{name}", value.func.attr))
            return methods.get(value.func.attr) if found is None else found
        return methods.get(value.func.attr) if isinstance(value.func, ast.Attribute) else None

    for function in (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))):
        names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        read = {name.id for name in names if isinstance(name.ctx, ast.Load) and not name.id.startswith("_")}
        for node in ast.walk(function):
            for call, why in _unread(node, places_of, read):
                yield f"{module}.{function.name}", call.lineno, why


def _unread(
    node: ast.AST, places_of: Callable[[ast.AST], Places | None], read: set[str]
) -> Iterator[tuple[ast.AST, str]]:
    """The calls that `node` makes directly and whose problems it drops: as a statement, by an index, by names."""

    def is_read(target: ast.AST) -> bool:
        names = [part.id for part in ast.walk(target) if isinstance(part, ast.Name)]
        return not names or not read.isdisjoint(names)  # `self.problems = …` has its readers elsewhere

    if isinstance(node, ast.Expr) and places_of(node.value) is not None:
        yield node.value, "the result is not used"
    elif isinstance(node, ast.Subscript) and (places := places_of(node.value)):
        index = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if index not in places:
            yield node.value, f"only [{ast.unparse(node.slice)}] is used"
    elif isinstance(node, ast.Assign) and (found := places_of(node.value)) is not None:
        for target in node.targets:
            parts = [target.elts[place] for place in found] if isinstance(target, ast.Tuple) else [target]
            yield from ((node.value, f"{ast.unparse(part)} is never read") for part in parts if not is_read(part))


def faults_of(sources: dict[str, str]) -> dict[str, list[str]]:
    trees = {module: ast.parse(source) for module, source in sources.items()}
    functions, methods = definitions(trees)
    found: dict[str, list[str]] = {}
    for module, tree in trees.items():
        for function, line, why in dropped(tree, functions, methods, module):
            found.setdefault(function, []).append(f"{function}, line {line}: {why}")
    return found


@cache
def faults() -> dict[str, list[str]]:
    """Those of the package."""
    names = {path: ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in FILES}
    return faults_of(
        {name.removeprefix("scripts.allegata."): path.read_text(encoding="utf-8") for path, name in names.items()}
    )


def test_nobody_drops_a_list_of_problems() -> None:
    assert [line for function, lines in faults().items() if function not in ALLOWED for line in lines] == []


def test_the_exceptions_are_still_needed() -> None:
    assert faults().keys() >= ALLOWED.keys()


READER = (
    "def read(path) -> tuple[int, list[Problem]]: ...\n"
    "def look(path) -> list[Problem]: ...\n"
    "class Job:\n    def read_all(self, path) -> list[Problem]: ...\n"
)


@pytest.mark.parametrize(
    "body",
    [
        "value, _ = read(1)",
        "value, problems = read(1)",
        "value = read(1)[0]",
        "for name in read(1)[0]: print(name)",
        "look(1)",
        "read(1)",
        "found = look(1)",
        "_ = read(1)",
        "print([value for value in range(read(2)[0])])",
        "job.read_all(1)",
    ],
)
def test_the_test_sees_every_way_to_drop_them(body: str) -> None:
    assert faults_of({"m": f"{READER}def f() -> None:\n    {body}"}) != {}


@pytest.mark.parametrize(
    "body",
    [
        "value, problems = read(1)\n    print(problems)",
        "value, problems = read(1)\n    if problems: raise ProblemsFound(problems)",
        "print(read(1)[1])",
        "return read(1)",
        "problems = look(1)\n    return problems",
        "yield from look(1)",
        "for problem in look(1): print(problem)",
        "print(len(look(1)))",
        "text = file.read(1)",
        "self.problems = look(1)",
    ],
)
def test_the_test_lets_pass_who_looks_at_them(body: str) -> None:
    assert faults_of({"m": f"{READER}def f() -> None:\n    {body}"}) == {}
