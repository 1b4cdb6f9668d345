"""No command undoes an edit that is made while it runs: it writes nothing and names the file."""

from __future__ import annotations

import ast
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from allegata.ingest import add as adding
from allegata.ingest.add import add
from allegata.publish import measured
from allegata.recipe.build import run
from allegata.recipe.corrections import import_corrections
from allegata.recipe.drafts import import_drafts, rewrite_gold
from allegata.recipe.proposals import pre_annotate
from allegata.recipe.redact import redact
from allegata.recipe.remove import remove
from allegata.recipe.withdraw import withdraw
from allegata.schema import transaction
from allegata.schema.problems import UsageError
from allegata.schema.transaction import DECIDED, finish_writing, write_files
from allegata.schema.unchanged import Before
from project import ROOT, tree
from publish_samples import published
from test_publish_pre_annotation import FACTS
from two_articles import corrected_export, two_articles

PACKAGE = ROOT / "scripts" / "allegata"
EDIT = b'{"a person": "wrote this while the command ran"}\n'
DISPUTES, PROPOSITIONS = "annotations/disputes.jsonl", "annotations/propositions.jsonl"


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two articles, a person of the register in both, gold of the first, and an export of it with a correction."""
    root = tmp_path_factory.mktemp("unchanged") / "corpus"
    ids = two_articles(root)
    for name in (DISPUTES, PROPOSITIONS):
        (root / name).write_text("")
    corrected_export(root, ids[0])
    return root


def articles(root: Path) -> list[str]:
    return [json.loads(line)["id"] for line in (root / "raw" / "manifest.jsonl").read_text().splitlines()]


def annotated(root: Path) -> str:
    return next((root / "annotations" / "gold").glob("*.jsonl")).stem


def moved(root: Path) -> None:
    """Rewrite gold whose text has another beginning."""
    name = annotated(root)
    gold = root / "annotations" / "gold" / f"{name}.jsonl"
    gold.write_text(gold.read_text().replace('"start": 0', '"start": 1').replace('"end": 10', '"end": 11'))
    rewrite_gold(run(root, "annotate"))


# What each command rewrites, and a call of it.
COMMANDS: dict[str, tuple[Callable[[Path], str], Callable[[Path], object]]] = {
    "remove": (lambda root: "raw/manifest.jsonl", lambda root: remove(root, articles(root)[:1])),
    "remove, a register": (lambda root: "annotations/entities.jsonl", lambda root: remove(root, everything=True)),
    "withdraw": (lambda root: "annotations/withdrawn.jsonl", lambda root: withdraw(root, articles(root)[:1], "asked")),
    "withdraw, the raw file too": (
        lambda root: "raw/manifest.jsonl",
        lambda root: withdraw(root, articles(root)[:1], "asked", delete_raw=True),
    ),
    "redact": (lambda root: "annotations/redactions.jsonl", lambda root: redact(root, "orla-finch")),
    "redact, a register": (lambda root: "annotations/entities.jsonl", lambda root: redact(root, "orla-finch")),
    "redact, gold": (lambda root: f"annotations/gold/{annotated(root)}.jsonl", lambda root: redact(root, "orla-finch")),
    "annotate --draft": (
        lambda root: f"annotations/gold/{annotated(root)}.jsonl",
        lambda root: import_drafts(
            root, [root / f"{annotated(root)}.jsonl"], "gold", ("reader",), "1.0", replace=True, unchanged=True
        ),
    ),
    "annotate --draft, across articles": (
        lambda root: DISPUTES,
        lambda root: import_drafts(root, [root / DISPUTES], "gold", (), replace=True),
    ),
    "annotate --rewrite": (lambda root: f"annotations/gold/{annotated(root)}.jsonl", moved),
    "import": (
        lambda root: f"annotations/passes/one/{annotated(root)}.jsonl",
        lambda root: import_corrections(root, "spans", root / "export", into="passes/one", annotator="reader"),
    ),
    "pre-annotate": (
        lambda root: f"annotations/proposals/gold/{articles(root)[1]}.jsonl",
        lambda root: pre_annotate(root, articles(root)[1:], replace=True),
    ),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_rewrites_annotations_keeps_an_edit_made_while_it_ran(
    command: str, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = Path(shutil.copytree(corpus, tmp_path / "corpus"))
    (of, call), seen = COMMANDS[command], {}
    name = of(root)

    def edited_first(annotations: Path, *given: Any, **more: Any) -> list[Path]:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(EDIT)
        seen.update(tree(root))
        return write_files(annotations, *given, **more)

    monkeypatch.setattr(transaction, "write_files", edited_first)
    with pytest.raises(UsageError, match=rf"{name}.* changed while the command ran: nothing was written; run it again"):
        call(root)
    assert tree(root) == {key: data for key, data in seen.items() if "/.adding" not in key and "/.allegata" not in key}


def test_add_keeps_an_edit_of_the_manifest_at_any_step(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "three.txt").write_text("A third boat came.\n")
    writes = ("write_file", "sync_folder", "replace_if_unchanged")
    for step in (name for name in writes):
        root = Path(shutil.copytree(corpus, tmp_path / f"corpus-{step}"))
        manifest = root / "raw" / "manifest.jsonl"
        edited = manifest.read_bytes().replace(b'"title": null', b'"title": "Seen by a person"')
        real = getattr(adding, step)

        def edit(*given: Any, real: Any = real, manifest: Path = manifest, edited: bytes = edited) -> Any:
            manifest.write_bytes(edited)
            return real(*given)

        with monkeypatch.context() as patch:
            patch.setattr(adding, step, edit)
            with pytest.raises(UsageError, match=r"raw/manifest.jsonl was changed while the command ran"):
                add([tmp_path / "three.txt"], root)
        assert manifest.read_bytes() == edited
        assert {path.name for path in (root / "raw").iterdir()} == {path.name for path in (corpus / "raw").iterdir()}


@pytest.mark.parametrize("name", ["dataset_card.md", "corpus/README.md", "corpus/pre-annotation.json"])
def test_what_is_measured_keeps_an_edit_of_the_card(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    published(tmp_path)
    real, seen = measured.pre_annotation_page, {}

    def edit(facts: Any) -> bytes:
        (tmp_path / name).write_bytes(EDIT)
        seen.update(tree(tmp_path))
        return real(facts)

    monkeypatch.setattr(measured, "pre_annotation_page", edit)
    monkeypatch.setattr(measured, "with_section", lambda card, section: card + section)
    with pytest.raises(UsageError, match=f"{name} was changed while the command ran: nothing was written"):
        measured.install_pre_annotation(tmp_path, FACTS)
    assert tree(tmp_path) == {key: data for key, data in seen.items() if "/.allegata" not in key}


def test_an_edit_made_after_the_decision_of_a_killed_command_is_kept_too(tmp_path: Path) -> None:
    annotations = tmp_path / "annotations"
    before = Before.of(annotations)
    write_files(annotations, {"one.jsonl": "old", "two.jsonl": "old"}, before)
    before = Before.of(annotations)
    write_files(annotations, {"one.jsonl": "new", "two.jsonl": "new"}, before)
    decided = annotations / DECIDED  # as a killed command leaves it that has not put the second file in its place
    decided.mkdir()
    (decided / "two.jsonl").write_text("new")
    digests = {f"annotations/{path.name}": digest for path, digest in before.digests.items()}
    (decided / ".before").write_text(json.dumps(digests))
    (annotations / "two.jsonl").write_bytes(EDIT)
    with pytest.raises(UsageError, match=r"annotations/two\.jsonl: edited after a command had decided to change it"):
        finish_writing(annotations)
    assert (annotations / "two.jsonl").read_bytes() == EDIT
    (annotations / "two.jsonl").rename(tmp_path / "edit.jsonl")  # as the message says
    finish_writing(annotations)
    assert {path.name: path.read_text() for path in annotations.iterdir()} == dict.fromkeys(
        ("one.jsonl", "two.jsonl"), "new"
    )


def test_what_fails_after_the_decision_is_said_to_be_decided(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    annotations = tmp_path / "annotations"
    real = Path.replace

    def full(path: Path, target: Path) -> Path:
        if Path(target).name == "two.jsonl":
            raise OSError(28, "No space left on device", str(target))
        return real(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(OSError, match=r"No space left on device: .*two\.jsonl") as raised:
            write_files(annotations, {"one.jsonl": "1", "two.jsonl": "2"}, Before.of(annotations))
        assert [note.partition(":")[0] for note in raised.value.__notes__] == ["the change was decided"]
    finish_writing(annotations)
    assert {path.name: path.read_text() for path in annotations.iterdir()} == {"one.jsonl": "1", "two.jsonl": "2"}


# Every function that writes, replaces or moves a file -> what keeps it from undoing an edit.
COMPARED, OURS, NEW, ASKED, BELOW = (
    "compares with what it began with",
    "writes files of the program: generated, of a work folder, or of a version",
    "writes into a folder that is new or temporary",
    "writes to a place that the call names for its result",
    "is what the others write with",
)
WRITERS = {
    "benchmark.write_submission": ASKED,
    "cli._show": ASKED,
    "cli.write": ASKED,
    "dedup.deduplicate_files": ASKED,
    "engine._notice": OURS,
    "engine._write": OURS,
    "engine.bind": OURS,
    "engine.write_whole": BELOW,
    "engine.writing": BELOW,
    "exchange.open": NEW,
    "ingest._install": COMPARED,
    "ingest._keep": NEW,
    "models.keep": ASKED,
    "models.save": ASKED,
    "publish._full_documents": NEW,
    "publish._install": COMPARED,
    "publish._name_as_written": NEW,
    "publish._own_documents": NEW,
    "publish._place": NEW,
    "publish._replace_beside": OURS,
    "publish._write_documents": NEW,
    "publish.close": NEW,
    "publish.install_version": OURS,
    "publish.parquet_writer": NEW,
    "publish.release": OURS,
    "publish.replace_card": OURS,
    "publish.replace_pages": OURS,
    "publish.write_changes": ASKED,
    "publish.write_documents": NEW,
    "publish.write_edition": NEW,
    "recipe._as_then": NEW,
    "recipe.became_wrong": NEW,
    "recipe._import_across": COMPARED,
    "recipe._import_articles": COMPARED,
    "recipe._remember": OURS,
    "recipe._report": NEW,
    "recipe._unregister": NEW,
    "recipe.adjudicate": ASKED,
    "recipe.browse": ASKED,
    "recipe.export": ASKED,
    "recipe.hydrate": NEW,
    "recipe.import_corrections": COMPARED,
    "recipe.init": NEW,
    "recipe.pre_annotate": COMPARED,
    "recipe.redact": COMPARED,
    "recipe.remove": COMPARED,
    "recipe.report": ASKED,
    "recipe.rewrite_gold": COMPARED,
    "recipe.temporary_copy": NEW,
    "recipe.withdraw": COMPARED,
    "recipe._write": BELOW,
    "recipe._write_table": NEW,
    "recipe.write_imported": ASKED,
    "recipe.write_pages": ASKED,
    "schema._put_in_place": COMPARED,
    "schema._put_in_place_of": BELOW,
    "schema.replace_file": BELOW,
    "schema.replace_if_unchanged": BELOW,
    "schema.whole_file": BELOW,
    "schema.whole_folder": BELOW,
    "schema.write_file": BELOW,
    "schema.write_files": COMPARED,
}
_CALLS = {"write_file", "write_files", "write_bytes", "write_text", "write_whole", "writing", "whole_folder"}
_CALLS |= {"replace_file", "whole_file", "write_pages", "replace_if_unchanged", "rename", "copytree", "move"}


def writes(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "replace":  # of a path: a text takes two arguments, a dataclass keywords
        return isinstance(call.func, ast.Attribute) and len(call.args) == 1 and not call.keywords
    modes = (one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str))
    if name == "copy":
        return getattr(getattr(call.func, "value", None), "id", "") == "shutil"
    return name in _CALLS or (name == "open" and any(set(mode) & set("wxa") and len(mode) < 4 for mode in modes))


def test_every_function_that_writes_says_what_keeps_it_from_undoing_an_edit() -> None:
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        room = path.relative_to(PACKAGE).parts[0]
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(function, ast.FunctionDef):
                calls = [node for node in ast.walk(function) if isinstance(node, ast.Call) and writes(node)]
                names = {ast.unparse(call.func) for call in calls}
                found |= {f"{room}.{function.name}": names} if calls else {}
    assert sorted(found) == sorted(WRITERS)
    for name, kind in WRITERS.items():
        compares = {"write_files", "replace_if_unchanged", "before.refuse_changed"}
        if kind == COMPARED and name not in ("publish._install", "schema._put_in_place", "schema.write_files"):
            assert found[name] & compares, name
