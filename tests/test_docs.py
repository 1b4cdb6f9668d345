"""The docs stay true: the tutorial is followed word for word, examples run, links lead somewhere, pages are current."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from allegata.benchmark.tasks import TASKS
from allegata.cli.app import app
from allegata.exchange.formats import FORMATS
from bench.reference import option_names, pages
from project import ROOT
from test_exchange_docs import blocks, run

README, DOCS = ROOT / "README.md", ROOT / "docs"
PAGES = [README, *sorted(DOCS.glob("*.md"))]
# Examples that need a repository of the Hub, or a bucket.
ELSEWHERE = ("OWNER/NAME", "s3://")


PUBLIC = [
    "allegata",
    "allegata.measures",
    "allegata.schema.published",
    "allegata.benchmark.tasks",
    "allegata.benchmark.scoring",
    "allegata.benchmark.shared_sentences",
    "allegata.dedup.files",
    "allegata.models.threads",
]


def text_of(page: Path) -> str:
    return page.read_text("utf-8")


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def test_the_tutorial_is_followed_word_for_word(tmp_path: Path) -> None:
    place, said = tmp_path, ""
    for block in blocks(text_of(DOCS / "tutorial.md")):
        if block.kind == "sh":
            said = run(block.text, place)
            if "\ncd ferry\n" in block.text:
                place = tmp_path / "ferry"
        else:
            for line in block.text.splitlines():
                assert line in said, f"{line!r} is not in:\n{said}"
    assert place.name == "ferry"


def examples() -> Iterator[Any]:
    for page in PAGES:
        found = re.findall(r"^```python\n(.*?)^```", text_of(page), re.DOTALL | re.MULTILINE)
        for number, block in enumerate(found, 1):
            if not any(place in block for place in ELSEWHERE):
                yield pytest.param(block, id=f"{name_of(page)}-{number}")


EXAMPLES = list(examples())
# Runs each where nothing of the others is; all in one process, as most of the time of one is what it imports.
RUN = """
import json, sys, traceback
failed = {}
for name, code in json.load(sys.stdin).items():
    try:
        exec(compile(code, name, "exec"), {"__name__": "__main__"})
    except BaseException:
        failed[name] = traceback.format_exc()
sys.stderr.write("\\n" + json.dumps(failed))
"""


@pytest.fixture(scope="module")
def failed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The examples that raise, by name, with their tracebacks; run in the root of the repository, in an empty home."""
    home = str(tmp_path_factory.mktemp("home"))
    environment = {
        "HF_HOME": home,
        "HF_HUB_OFFLINE": "1",
        "PATH": "",
        "HOME": home,
        "PYTHONPATH": str(ROOT / "scripts"),
    }
    blocks = json.dumps({example.id: example.values[0] for example in EXAMPLES})
    command = [sys.executable, "-W", "ignore", "-c", RUN]
    done = subprocess.run(command, cwd=ROOT, env=environment, input=blocks, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stderr.splitlines()[-1])
    return found


@pytest.mark.parametrize("name", [example.id for example in EXAMPLES])
def test_every_python_example_runs(name: str, failed: dict[str, str]) -> None:
    assert name not in failed, failed[name]


def test_the_example_script_trains_and_scores_a_detector(tmp_path: Path) -> None:
    predictions = tmp_path / "predictions.jsonl"
    command = [sys.executable, str(ROOT / "examples" / "train_attribution_detector.py"), str(predictions)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("attributed-sentences, F1 of true: 0.")
    assert len(predictions.read_text(encoding="utf-8").splitlines()) >= 80


def anchors(page: Path) -> set[str]:
    """The anchors of the headings of a page, as GitHub and the site make them."""
    headings = re.findall(r"^#+ (.+)$", text_of(page), re.MULTILINE)
    words = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in headings)
    return {word.strip().replace(" ", "-") for word in words}


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in re.findall(
        r"\]\(([^)\s]+)\)", re.sub(r"^```.*?^```", "", text_of(page), flags=re.DOTALL | re.MULTILINE)
    ):
        if re.match(r"https?:", target):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), target
        assert not anchor or anchor in anchors(there), target


def test_every_page_is_in_the_contents_of_the_site() -> None:
    contents = re.findall(r"^```\{toctree\}\n(.*?)^```", text_of(DOCS / "index.md"), re.DOTALL | re.MULTILINE)
    listed = [line for block in contents for line in block.splitlines() if line and not line.startswith(":")]
    assert sorted(listed) == sorted(page.stem for page in DOCS.glob("*.md") if page.stem != "index")


def test_what_is_made_from_the_program_is_current() -> None:
    old = [str(place) for place, text in pages().items() if text_of(ROOT / place) != text]
    assert old == [], "run: python -m bench reference"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_command_and_option_that_a_page_names_exists(page: Path) -> None:
    options = option_names()
    lines = re.findall(r"(?:^ {4}|^|`)allegata ([a-z][^\n`#]*)", text_of(page), re.MULTILINE)
    for line in lines:
        words = line.split()
        name = next((n for n in (" ".join(words[:2]), words[0]) if n in options), None)
        group = [n for n in options if n.startswith(f"{words[0]} ")]
        assert name or group, line
        known = set().union(*(options[n] for n in ([name] if name else group))) | {"--help", "--version"}
        assert {word.partition("=")[0].strip(".,;)") for word in words if word.startswith("--")} <= known, line


def test_the_api_names_every_public_module_and_all_that_is_public_is_described() -> None:
    modules = re.findall(r"automodule:: (\S+)", text_of(DOCS / "api.md"))
    assert modules == PUBLIC
    for module in map(import_module, modules):
        names = getattr(
            module, "__all__", [n for n, v in vars(module).items() if getattr(v, "__module__", "") == module.__name__]
        )
        for name in names:
            if not name.startswith("_"):
                assert (getattr(module, name).__doc__ or "").strip(), f"{module.__name__}.{name}"


def python_of_users() -> Iterator[Any]:
    for path in sorted((ROOT / "examples").glob("*.py")):
        yield pytest.param(path.read_text("utf-8"), id=name_of(path))
    for page in PAGES:
        for number, block in enumerate(re.findall(r"^```python[^\n]*\n(.*?)^```", text_of(page), re.M | re.S), 1):
            yield pytest.param(block, id=f"{name_of(page)}-{number}")


@pytest.mark.parametrize("code", list(python_of_users()))
def test_examples_import_only_what_the_page_on_the_api_names(code: str) -> None:
    used = set()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom):
            used.add(node.module or "")
        elif isinstance(node, ast.Import):
            used |= {one.name for one in node.names}
    assert {name for name in used if name.split(".")[0] == "allegata"} <= set(PUBLIC)


def test_the_readme_is_short_and_shows_two_pictures_that_are_small() -> None:
    assert len(text_of(README).splitlines()) <= 120
    shown = re.findall(r"!\[([^\]]+)\]\((docs/pictures/[^)]+\.png)\)", text_of(README))
    assert len(shown) == 2
    for words, path in shown:
        picture = (ROOT / path).read_bytes()
        assert picture.startswith(b"\x89PNG")
        assert len(picture) < 150_000
        assert len(words) > 20


def test_every_action_of_a_workflow_is_pinned_to_a_commit_and_no_workflow_may_write() -> None:
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    assert workflows
    for workflow in workflows:
        text = text_of(workflow)
        for action in re.findall(r"uses: (.+)", text):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action), action
        assert "permissions:\n  contents: read\n" in text
        assert ": write" not in text.replace("id-token: write", "")


def test_the_numbers_of_the_readme_are_those_of_the_program() -> None:
    readme = text_of(README)
    numbers = {7: "seven", 8: "eight", 10: "ten"}
    languages = len(list((ROOT / "scripts/allegata/text/words").glob("*.toml")))
    assert f"exist for {languages} languages" in readme
    assert f"# {numbers[len(TASKS)]} tasks" in readme
    assert f"brat, Label Studio or {numbers[len(FORMATS) - 2]} other formats" in readme.replace("\n", " ")
    assert app.info.name == "allegata"
