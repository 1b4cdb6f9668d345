"""Which tests run a place in the package, how long each takes, and which of them fails when the place is another.

Every change is in the modules from the start, behind a switch: `changed if __mutant__(7) else as_it_was`. So one
process imports the package and collects the tests once. A fork of it runs the tests as they are and notes which places
each of them comes to; another fork for each change turns its switch and runs those tests, until one fails.
What runs while modules are imported has no switch: there a new process imports the module with other text.
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

import pytest

from allegata.engine.made_by import code_digest

ROOT = Path(__file__).parent.parent
MAPS = ROOT / "build" / "covering-tests"
FAILED, PASSED, LATE = "failed", "passed", "late"
_LONGEST = 12  # seconds of a test that is looked at: no change is tried on a longer one
_LONGEST_FILE = 40  # of a file of tests: those that begin later are not looked at
_STARTING = 40  # of a new Python, in which numba may have everything to compile
_PATIENCE = 10  # so many times longer on a busy machine
_OPTIONS = ["-qq", "-s", "-p", "no:cacheprovider", "-m", "not slow and not alone"]
_HOOK = """
import importlib.abc, importlib.util, os, sys
class Other(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    def find_spec(self, name, path=None, target=None):
        if name == os.environ.get("OTHER_MODULE"):
            return importlib.util.spec_from_file_location(name, os.environ["OTHER_FILE"], loader=self)
    def get_filename(self, name):
        return os.environ["OTHER_FILE"]
    def get_data(self, path):
        with open(os.environ["OTHER_TEXT"], "rb") as file:
            return file.read()
    def path_stats(self, path):
        raise OSError  # its bytecode is kept nowhere
sys.meta_path.insert(0, Other())
"""


@dataclass(frozen=True)
class Change:
    """Another text of a file below the project, and the same change of its tree: of the node that is at `place`."""

    file: str
    source: str
    place: int


@dataclass(frozen=True)
class Nodes:
    """What can be changed in a tree, in a fixed order, and how."""

    of: Callable[[ast.Module], list[ast.AST]]
    change: Callable[[ast.AST], None]


@dataclass
class Seen:
    """A test that passes as it is: the seconds it takes, and the numbers of the changes that it comes to."""

    seconds: float
    places: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class Outcome:
    """How tests end with a change: which of them failed, and whether one came to the change."""

    end: str
    test: str
    came: bool


class _Switches(ast.NodeTransformer):
    """Puts changes into a tree, each behind its switch; `switched` are those that could be put in."""

    def __init__(self, tree: ast.Module, nodes: Nodes, numbers: Mapping[int, int]) -> None:
        self._nodes, self.switched = nodes, set[int]()
        self._numbers = {id(node): numbers[place] for place, node in enumerate(nodes.of(tree)) if place in numbers}

    def visit(self, node: ast.AST) -> ast.AST:
        compiled = isinstance(node, ast.FunctionDef) and any("njit" in ast.unparse(one) for one in node.decorator_list)
        if compiled or isinstance(node, ast.pattern):  # it knows no switch; that of a `case` holds no expressions
            return node
        number = self._numbers.get(id(node))
        self.generic_visit(node)
        if number is None or not isinstance(node, ast.expr):
            return node
        self.switched.add(number)
        other = deepcopy(node)
        self._nodes.change(other)
        asked = ast.Call(ast.Name("__mutant__", ast.Load()), [ast.Constant(number)], [])
        return ast.fix_missing_locations(ast.copy_location(ast.IfExp(asked, other, node), node))


class _Import(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Imports the modules that have changes, with their switches."""

    def __init__(self, changes: Sequence[Change], nodes: Nodes) -> None:
        self._nodes, self._modules, self.switched = nodes, dict[str, tuple[Path, dict[int, int]]](), set[int]()
        for number, change in enumerate(changes):
            _, numbers = self._modules.setdefault(module_of(change.file), (ROOT / change.file, {}))
            numbers[change.place] = number

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self._modules:
            return None
        return importlib.util.spec_from_file_location(name, self._modules[name][0], loader=self)

    def get_filename(self, fullname: str) -> str:
        return str(self._modules[fullname][0])

    def get_data(self, path: str) -> bytes:
        return Path(path).read_bytes()

    def path_stats(self, path: str) -> Mapping[str, Any]:
        raise OSError(path)  # its bytecode is kept nowhere

    def source_to_code(self, data: Any, path: Any = "<string>", *_: Any, **__: Any) -> CodeType:  # type: ignore[override]  # arguments that it hands on
        tree: ast.Module = ast.parse(data)
        numbers = next(numbers for file, numbers in self._modules.values() if file == Path(path))
        switches = _Switches(tree, self._nodes, numbers)
        switches.visit(tree)
        code: CodeType = compile(tree, path, "exec", dont_inherit=True)
        self.switched |= switches.switched
        return code


class _Notes:
    """A plugin of pytest, in the fork that runs the tests as they are. What fixtures run is of all tests that use
    them, as the first of these may be the only one that makes them."""

    def __init__(self, answer: Path) -> None:
        self._answer, self._fixtures = answer, defaultdict[str, set[int]](set)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[Any]) -> Iterator[None]:
        with _noted(self._fixtures[fixturedef.argname]):
            yield

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        places, begun = set[int](), _spent()
        signal.signal(signal.SIGPROF, _stop)
        signal.setitimer(signal.ITIMER_PROF, _LONGEST)
        with _noted(places):
            yield
        signal.setitimer(signal.ITIMER_PROF, 0)
        used = [self._fixtures[name] for name in getattr(item, "fixturenames", ()) if name in self._fixtures]
        note = [item.nodeid, round(_spent() - begun, 3), sorted(places.union(*used))]
        with self._answer.open("a") as file:
            file.write(json.dumps(note) + "\n")

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails as it is says nothing of a change."""
        if report.failed:
            with self._answer.open("a") as file:
                file.write(json.dumps([report.nodeid, None, []]) + "\n")


class Runner:
    """A plugin of pytest that runs what `work` asks for, in place of the tests that were collected."""

    def __init__(self, changes: Sequence[Change], nodes: Nodes, work: Callable[[Runner], None]) -> None:
        self._changes, self._work, self._imported = changes, work, _Import(changes, nodes)
        self._on_import, self._items = set[int](), dict[str, pytest.Item]()
        self._sound, self._looked = dict[str, bool](), set[str]()
        self.tests: dict[str, Seen] = {}

    def run(self, files: Sequence[str]) -> None:
        """Collects the tests of these files, and does the work."""
        sys.path[:0] = [str(ROOT / "tests")]
        sys.meta_path.insert(0, self._imported)
        os.environ["CI"] = "1"  # the same examples of hypothesis in every run
        with _noted(self._on_import), tempfile.TemporaryDirectory() as folder:
            code = pytest.main([*_OPTIONS, f"--basetemp={folder}/pytest", *files], [self])
        assert code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED), f"pytest ended with {code!r}"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        assert not session.testsfailed, "not all tests can be collected"
        self._items = {item.nodeid: item for item in session.items}
        self._work(self)
        return True

    def has_switch(self, number: int) -> bool:
        """Whether a change can be made after the import."""
        return number in self._imported.switched and number not in self._on_import

    def names(self, file: str) -> list[str]:
        """The tests of a file."""
        return [name for name in self._items if name.partition("::")[0] == file]

    def outcome(self, number: int, tests: Sequence[str], seconds: float) -> Outcome:
        """`FAILED` and the test that fails with a change, and passes alone without it; else `PASSED`, or `LATE` where
        they do not end in so many seconds of processor time."""
        left, came = [name for name in tests if self._sound.get(name, True)], False
        while left:
            found = self._outcome(number, left, seconds)
            came |= found.came
            if found.end != FAILED or not found.test:
                return Outcome(found.end, found.test, came)
            if found.test not in self._sound:
                self._sound[found.test] = self._outcome(None, [found.test], seconds).end == PASSED
            if self._sound[found.test]:
                return Outcome(FAILED, found.test, came)
            left = left[left.index(found.test) + 1 :]
        return Outcome(PASSED, "", came)

    def _outcome(self, number: int | None, tests: Sequence[str], seconds: float) -> Outcome:
        with tempfile.TemporaryDirectory(prefix="m-") as folder:
            answer = Path(folder) / "answer"
            if number is None or self.has_switch(number):
                code = _forked(lambda: self._run(number, tests, answer), Path(folder), seconds)
            else:
                code = _started(self._changes[number], tests, Path(folder), seconds)
            test, came = json.loads(answer.read_text()) if answer.is_file() else ("", True)
            return Outcome({0: PASSED, None: LATE}.get(code, FAILED), test, came)

    def _run(self, number: int | None, tests: Sequence[str], answer: Path) -> int:
        """In a fork: the tests, until one fails."""
        failed, came = list[str](), set[int]()

        def is_made(asked: int) -> bool:
            if asked == number:
                came.add(asked)
            return asked == number

        builtins.__mutant__ = is_made  # type: ignore[attr-defined]  # the switch that changed modules ask
        if number is not None:
            _hand_on(self._changes[number], answer.parent)
        items = [self._items[name] for name in tests]
        items[0].config.pluginmanager.register(_Failures(failed))
        for item, following in zip(items, [*items[1:], None], strict=True):
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if failed:
                break
        answer.write_text(json.dumps([failed[0] if failed else "", bool(came)]))
        return 1 if failed else 0

    def look(self, file: str) -> None:
        """Which of the tests of a file comes to which change: known, or found now."""
        items = [self._items[name] for name in self.names(file)]
        if file in self._looked or not items:
            return
        self._looked.add(file)
        modules = json.dumps([[change.file, change.source] for change in self._changes])
        digest = hashlib.sha256(f"{modules}{code_digest()}{_digest_of_tests()}".encode()).hexdigest()
        kept = MAPS / f"{Path(file).stem}.{digest[:16]}.jsonl"
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix="m-") as folder:
                notes = Path(folder) / "notes"
                notes.touch()
                ended = _forked(lambda: _observe(items, notes), Path(folder), _LONGEST_FILE, patience=2)
                lines = notes.read_text().splitlines()
                if ended == 0:  # what a busy machine cut off is used, and looked at again the next time
                    shutil.copyfile(notes, kept)
        else:
            lines = kept.read_text().splitlines()
        found = [json.loads(line) for line in lines]
        bad = {name for name, seconds, _ in found if seconds is None}
        self.tests |= {name: Seen(seconds, set(places)) for name, seconds, places in found if name not in bad}


class _Failures:
    """A plugin of pytest that hands on which test failed."""

    def __init__(self, failed: list[str]) -> None:
        self._failed = failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._failed.append(report.nodeid)


@cache
def _digest_of_tests() -> str:
    """sha256 of what tests are made of: their files, and what they read beside them."""
    digest = hashlib.sha256()
    for path in sorted(path for path in (ROOT / "tests").rglob("*") if path.is_file() and path.suffix != ".pyc"):
        digest.update(f"{path.relative_to(ROOT).as_posix()}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _observe(items: Sequence[pytest.Item], notes: Path) -> int:
    """In a fork: which changes each test comes to. What starts other processes is left out: they are not seen."""
    items[0].config.pluginmanager.register(_Notes(notes))
    subprocess.Popen.__init__ = _no_other_process  # type: ignore[method-assign]  # in a fork that ends here
    for item, following in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return 0


@contextmanager
def _noted(places: set[int]) -> Iterator[None]:
    """The changes that are come to meanwhile; none of them is made."""
    before = getattr(builtins, "__mutant__", None)
    builtins.__mutant__ = places.add  # type: ignore[attr-defined]  # it answers None, which is no
    yield
    builtins.__mutant__ = before  # type: ignore[attr-defined]  # as above


def _stop(number: int, frame: FrameType | None) -> None:
    pytest.fail(f"it takes more than {_LONGEST} seconds")


def _no_other_process(*given: object, **named: object) -> None:
    pytest.fail("which changes another process comes to is not seen")


def _spent() -> float:
    return sum(os.times()[:4])


def _hand_on(change: Change, folder: Path) -> None:
    """Every Python that is started from here has the other text of the module."""
    (folder / "sitecustomize.py").write_text(_HOOK)
    (folder / "text.py").write_text(change.source, encoding="utf-8")
    if "njit" in change.source:
        os.environ["NUMBA_CACHE_DIR"] = f"{folder}/numba"  # what it kept of the file is of another text
    os.environ["OTHER_MODULE"] = module_of(change.file)
    os.environ["OTHER_FILE"], os.environ["OTHER_TEXT"] = str(ROOT / change.file), f"{folder}/text.py"
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), os.environ.get("PYTHONPATH", "")]))


def module_of(file: str) -> str:
    """The name of the module in a file below the project."""
    return file.removeprefix("scripts/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _started(change: Change, tests: Sequence[str], folder: Path, seconds: float) -> int | None:
    """The exit code of tests in a new Python, in which the module has its other text."""

    def run() -> int:
        _hand_on(change, folder)
        command = [sys.executable, "-m", "pytest", "-x", *_OPTIONS, f"--basetemp={folder}/pytest", *tests]
        os.execv(sys.executable, command)  # it takes the place of the fork, and ends as that would

    return _forked(run, folder, seconds + _STARTING)


def _forked(run: Callable[[], int], folder: Path, seconds: float, patience: int = _PATIENCE) -> int | None:
    """The exit code of what runs in a fork; None where it takes more seconds of processor time, or hangs."""
    child = os.fork()
    if not child:
        code = 1
        with suppress(BaseException), open(os.devnull, "w") as silent:
            os.setsid()
            os.dup2(silent.fileno(), 1)
            os.dup2(silent.fileno(), 2)
            os.chdir(ROOT)
            tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 5))
            code = run()
        os._exit(code)
    ended, until = 0, time.monotonic() + patience * (seconds + 10)
    while not ended and time.monotonic() < until:
        time.sleep(0.02)
        ended, status = os.waitpid(child, os.WNOHANG)
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)  # and what it started and left
    if not ended:
        status = os.waitpid(child, 0)[1]
    code = os.waitstatus_to_exitcode(status)
    return None if code in (-signal.SIGXCPU, -signal.SIGKILL) else code
