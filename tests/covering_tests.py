"""Which tests run a function of the package, how long each takes, and whether they fail when a module is another.

Tests run in forks of a process that has imported what the package and they need, but nothing of ours: a module with
other text takes the place of the one on the disk, in the fork and in every Python that the tests start.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import resource
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "scripts"
MAPS = ROOT / "build" / "covering-tests"
FAILED, PASSED, LATE = "failed", "passed", "late"
_LONGEST = 180  # seconds of processor time of a test file that is looked at
_PATIENCE = 10  # so many times longer on a busy machine
# Not of ours, slow to import, and needed by most tests.
_WARM = ("pyarrow.parquet", "pyarrow.compute", "pandas", "datasets", "great_expectations", "lxml.html", "trafilatura")
_WARM_TOO = (
    "hypothesis",
    "typer.testing",
    "scipy.optimize",
    "sentencex",
    "huggingface_hub",
    "babel.numbers",
    "rich.table",
)
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
class Test:
    """A test that passes: its id, the seconds it takes, and the functions of the package that it runs."""

    name: str
    seconds: float
    functions: frozenset[str]


class Calls:
    """A plugin of pytest that notes which functions each test runs; what fixtures and imports run is of all tests."""

    def __init__(self) -> None:
        self.shared, self.tests = set[str](), dict[str, list[Any]]()
        self._now, self._failed = self.shared, set[str]()

    def trace(self, frame: FrameType, event: str, value: object) -> None:
        """For `sys.settrace`: it asks for no lines."""
        code = frame.f_code
        if event == "call" and code.co_filename.startswith(f"{PACKAGE}/"):
            self._now.add(f"{code.co_filename[len(str(ROOT)) + 1 :]}:{code.co_qualname}")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """What runs in it is of this test."""
        self._now, begun = set(), time.process_time()
        yield
        self.tests[item.nodeid] = [time.process_time() - begun, sorted(self._now)]
        self._now = self.shared

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that fails as it is says nothing of a change."""
        if report.failed:
            self._failed.add(report.nodeid)

    def found(self) -> dict[str, Any]:
        """What is kept of a file."""
        passed = {name: one for name, one in self.tests.items() if name not in self._failed}
        return {"shared": sorted(self.shared), "tests": passed}


@cache
def _digest() -> str:
    files = sorted([*PACKAGE.rglob("*.py"), *(ROOT / "tests").glob("*.py")])
    return hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()


@cache
def tests_in(file: str) -> tuple[Test, ...]:
    """The tests of a file that pass, quickest first. They are run once, and kept until a file of ours changes."""
    place = MAPS / f"{Path(file).stem}.json"
    if place.is_file() and (known := json.loads(place.read_text()))["digest"] == _digest():
        found = known["found"]
    else:
        calls = Calls()

        def mapped(answer: Path) -> int:
            sys.settrace(calls.trace)
            threading.settrace(calls.trace)
            try:
                return _pytest([file], calls)
            finally:
                sys.settrace(None)
                answer.write_text(json.dumps(calls.found()))

        with tempfile.TemporaryDirectory() as folder:
            answer = Path(folder) / "answer"
            _forked(lambda: mapped(answer), _LONGEST)
            found = json.loads(answer.read_text()) if answer.is_file() else {"shared": [], "tests": {}}
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"digest": _digest(), "found": found}))
    tests = (
        Test(name, seconds, frozenset([*functions, *found["shared"]]))
        for name, (seconds, functions) in found["tests"].items()
    )
    return tuple(sorted(tests, key=lambda test: (test.seconds, test.name)))


def outcome(tests: list[Test], changed: Mapping[str, str], longer: float = 20) -> str:
    """`FAILED` where one of the tests fails when modules (files below the project) have another text, else `PASSED`;
    `LATE` where they do not end in four times the time that they take and `longer`."""
    with _other(changed):
        code = _forked(lambda: _pytest([test.name for test in tests]), longer + 4 * sum(test.seconds for test in tests))
    return {0: PASSED, None: LATE}.get(code, FAILED)


@contextmanager
def _other(changed: Mapping[str, str]) -> Iterator[None]:
    """At most one file with another text, for what is forked or started meanwhile."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "sitecustomize.py").write_text(_HOOK)
        before = dict(os.environ)
        for file, text in changed.items():
            (Path(folder) / "text.py").write_text(text, encoding="utf-8")
            os.environ["OTHER_MODULE"] = module_of(file)
            os.environ["OTHER_FILE"], os.environ["OTHER_TEXT"] = str(ROOT / file), f"{folder}/text.py"
        os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [folder, before.get("PYTHONPATH", "")]))
        os.environ["CI"] = "1"  # the same examples of hypothesis in every run
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


def module_of(file: str) -> str:
    """The name of the module in a file below the project."""
    return file.removeprefix("scripts/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def _pytest(tests: list[str], *plugins: object) -> int:
    options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not alone"]
    if plugins:
        options.remove("-x")
    with tempfile.TemporaryDirectory() as folder:
        return int(pytest.main([*options, f"--basetemp={folder}/pytest", *tests], list(plugins)))


def _forked(run: Callable[[], int], seconds: float) -> int | None:
    """The exit code of what runs in a fork; None where it takes more seconds of processor time, or hangs."""
    _warm()
    child = os.fork()
    if not child:
        code = 1
        with suppress(BaseException), open(os.devnull, "w") as silent:
            os.setsid()
            os.dup2(silent.fileno(), 1)
            os.dup2(silent.fileno(), 2)
            os.chdir(ROOT)
            sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
            exec(_HOOK, {})  # our own text above, which other processes have as their sitecustomize
            resource.setrlimit(resource.RLIMIT_CPU, (int(seconds) + 1, int(seconds) + 5))
            code = run()
        os._exit(code)
    ended, until = 0, time.monotonic() + _PATIENCE * (seconds + 10)
    while not ended and time.monotonic() < until:
        time.sleep(0.02)
        ended, status = os.waitpid(child, os.WNOHANG)
    if not ended:
        os.killpg(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
    code = os.waitstatus_to_exitcode(status)
    return None if code in (-signal.SIGXCPU, -signal.SIGKILL) else code


@cache
def _warm() -> None:
    assert not [name for name in sys.modules if name.partition(".")[0] == "allegata"], "what is to be changed is there"
    for name in (*_WARM, *_WARM_TOO):
        with suppress(ImportError):
            importlib.import_module(name)  # only so that each fork has it; nothing of it is used here
