"""A number and its noun agree, in all that commands and pages say of a corpus of one article."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.ingest.add import add
from allegata.recipe.drafts import import_drafts
from allegata.recipe.init import init
from allegata.schema.wording import noun, number
from project import ROOT
from two_articles import DRAFT

# A noun in the plural after a 1: what ends in "ss", "us" or "is" is none.
ONE_OF_MANY = re.compile(r"(?<![\d.,:/–-])\b1 (?!is\b|was\b|as\b|has\b|this\b)[a-z]+(?<![su])s\b")
COMMANDS = [
    "clean",
    "deduplicate",
    "annotate",
    "build",
    "build",
    "info",
    "validate",
    "verify",
    "privacy",
    "report --output report.html",
    "browse --output pages",
    "export conll conll",
    "export spans spans --from 1.0.0",
    "redact Finch --dry-run --replace Finch",
    "withdraw {article} --reason asked --dry-run",
]


def test_a_number_has_its_noun() -> None:
    assert [number(count, "pass", "passes") for count in (0, 1, 2, 1_000)] == [
        "0 passes",
        "1 pass",
        "2 passes",
        "1,000 passes",
    ]
    assert noun(1, "row") == "row"


@pytest.fixture(scope="module")
def lone(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A corpus of one article with one mention."""
    root = tmp_path_factory.mktemp("lone") / "corpus"
    init(root, language=["en"])
    (root / "one.txt").write_text("Orla Finch opened the lock of the canal on Monday.\n\nThe boats waited an hour.\n")
    (article,) = add([root / "one.txt"], root).added
    row = '{"id": "orla-finch", "name": "Orla Finch", "label": "PERSON"}\n'
    (root / "annotations" / "entities.jsonl").write_text(row)
    (root / "annotations" / "annotators.jsonl").write_text('{"id": "reader", "kind": "human"}\n')
    (root / f"{article}.jsonl").write_text(DRAFT)
    import_drafts(root, [root / f"{article}.jsonl"], "gold", ("reader",), "1.0")
    return root, article


def test_no_command_and_no_page_says_one_of_many(lone: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    root, article = lone
    monkeypatch.chdir(root)
    for command in COMMANDS:
        done = CliRunner().invoke(app, command.format(article=article).split())
        assert done.exit_code in (0, 1), (command, done.output)
        assert not ONE_OF_MANY.search(done.output), (command, done.output)
    pages = [path for name in ("pages", "report.html") for path in [*Path(name).rglob("*.html"), Path(name)]]
    for path in (path for path in pages if path.is_file()):
        words = re.sub(r"<[^>]+>", "", re.sub(r"(?s)<(style|script).*?</\1>", "", path.read_text("utf-8")))
        assert not ONE_OF_MANY.search(words), (path, ONE_OF_MANY.search(words))


def test_no_message_in_the_code_puts_a_count_before_a_plural() -> None:
    """`{len(x)} articles` in an f-string is a message that is wrong for one: `number` says it."""
    count = re.compile(r"\{(?:len\([^{}]*\)|n|count)(?::,)?\} [a-z]+(?<![su])s\b")
    allowed = {line.partition("  ")[0] for line in ALLOWED.strip().splitlines()}
    found = set()
    for path in sorted((ROOT / "scripts" / "allegata").rglob("*.py")):
        for line in path.read_text("utf-8").splitlines():
            for match in count.finditer(line):
                before = line[: match.start()]
                if "Error(" not in before and not before.endswith(" of "):
                    found.add(f"{path.relative_to(ROOT / 'scripts' / 'allegata').as_posix()}: {match[0]}")
    assert found == allowed


def test_nothing_in_the_code_says_that_there_are_1_more_rows() -> None:
    """What has no room is counted, and may be one: `number(count, "more row")`, in code and in templates."""
    folder = ROOT / "scripts" / "allegata"
    code = re.compile(r"\{[^{}]+\} more [a-z]+(?<![su])s\b")
    template = re.compile(r"thousands \}\}(?:</b>)? (?:more )?(?!(?:characters|expectations|of)\b)[a-z]+(?<![su])s\b")
    found = [
        (path.relative_to(folder).as_posix(), match[0])
        for kind, pattern in (("*.py", code), ("*.html", template))
        for path in sorted(folder.rglob(kind))
        for match in pattern.finditer(path.read_text("utf-8"))
    ]
    assert found == []


# What is more than one wherever it is said, and why.
ALLOWED = """
annotate/corrections.py: {len(targets)} relations  more than one is the fault
annotate/draft.py: {len(starts)} times  more than one is the fault
benchmark/protocols/claimbuster.py: {len(rows)} sentences  of a published data set
clean/citations.py: {len(references)} lines  a list begins with several; the evidence is published
clean/web/article.py: {len(lines)} lines  an index has many
cli/console.py: {len(copies):,} copies  more than a screen shows
cli/console.py: {len(release.files)} files  of a version, which has many
ingest/web_page.py: {len(page.source_text):,} characters  beside more that are hidden
measures/agreement.py: {count} times  more than one is the fault
publish/card/leaderboard.py: {count} scores  one a seed; the line is published
publish/summary.py: {count} languages  one is said in another way
recipe/hydrate.py: {len(found.missing):,} articles  after "of its"
recipe/proposal_quality.py: {count} files  of a published data set
schema/problems.py: {len(group)} files  one is said in another way
text/anchors.py: {len(contexts)} places  more than one is the fault
"""
