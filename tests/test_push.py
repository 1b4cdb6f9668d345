"""`allegata push` against a stand-in of the Hub: the published bytes in one commit, or nothing; then a tag."""

from __future__ import annotations

import copy
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner, Result

from allegata.benchmark.tasks import TASKS
from allegata.cli.app import app
from allegata.ingest.add import add
from allegata.publish.hub.commit import StoredFile, hub_file, plan_push
from allegata.publish.verification import verify_version
from allegata.recipe.build import run
from allegata.recipe.corpus import open_corpus
from allegata.recipe.init import init
from allegata.recipe.push import Edition, prepare, push
from allegata.recipe.verify import verify
from allegata.schema.problems import ProblemsFound, UsageError
from hub_stand_in import READER, WRITER, Hub, Repository, stand_in
from invented_corpora import SINGLE, annotate, registers
from project import ROOT, sampled

REPO = "mill-press/flour"
CLIENT = re.compile(r"^\s*(from|import) huggingface_hub", re.MULTILINE)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two versions of an invented corpus: 1.1.0 has an article more."""
    place = tmp_path_factory.mktemp("pushed")
    root = place / "root"
    init(root, title="A mill", language=["en"])
    report = add([SINGLE / "article.txt"], root, story="mill")
    registers(root, SINGLE)
    annotate(root, SINGLE / "drafts", {"article": next(iter(report.places))}, place / "drafts")
    assert run(root).release
    lines = place / "ferry.jsonl"
    lines.write_text(json.dumps({"text": "The ferry was painted.\n\nAda said that it was late on Monday."}) + "\n")
    add([lines], root, story="ferry")
    release = run(root).release
    assert release is not None
    assert release.version == "1.1.0"
    return root / "corpus"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """A stand-in that the client in this process talks to, without waiting between its tries."""
    with stand_in() as found:
        monkeypatch.setenv("HF_TOKEN", WRITER)
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", found.url)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", False)
        monkeypatch.setattr("time.sleep", lambda _: None)
        yield found


def call(corpus: Path, *arguments: str) -> Result:
    return CliRunner().invoke(app, ["push", REPO, "--corpus", str(corpus), *arguments])


def frozen(folder: Path) -> dict[str, bytes]:
    """The files of a version, but for its README."""
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}
    return {path: data for path, data in found.items() if path != "README.md"}


def test_the_published_bytes_go_up_in_one_commit_with_the_card_and_a_tag(hub: Hub, corpus: Path) -> None:
    said = call(corpus)
    assert said.exit_code == 0, said.output
    assert "pushed version 1.1.0 to mill-press/flour" in said.output
    repository = hub.repositories[REPO]
    assert list(repository.tags) == ["v1.1.0"]
    assert len(repository.commits) == 2  # that of the Hub, and ours
    there = repository.commits[repository.tags["v1.1.0"]]
    own = frozen(corpus / "v1.1.0")
    assert {path: there[path] for path in own} == own
    pages = {f"card/{path.name}" for path in (corpus / "card").iterdir()}
    # No eval.yaml: no annotated article is in test.
    assert set(there) - set(own) == {".gitattributes", "README.md", "CHANGELOG.md", "SHA256SUMS", *pages}
    _, front, text = there["README.md"].decode().split("---\n", 2)
    assert front == (corpus / "v1.1.0" / "README.md").read_text().split("---\n", 2)[1]
    card = (corpus / "README.md").read_text().split("---\n", 2)[2].strip().partition("\n")[2].strip()
    assert text.startswith("\n# A mill\n\nOn the Hub:\n")
    assert card in text
    links = set(re.findall(r"\]\(([^):]+)\)", text))
    assert links >= {"card/columns.md"}
    assert links <= there.keys()


def test_a_version_pushed_again_is_already_there(hub: Hub, corpus: Path) -> None:
    assert call(corpus).exit_code == 0
    commits, uploads = len(hub.repositories[REPO].commits), list(hub.uploads)
    hub.requests.clear()
    said = call(corpus)
    assert said.exit_code == 0
    assert said.stdout == "mill-press/flour already has version 1.1.0 (v1.1.0); nothing was uploaded\n"
    assert not [request for request in hub.requests if not request.startswith("GET")]
    assert (len(hub.repositories[REPO].commits), hub.uploads) == (commits, uploads)


READ = """
import json, sys
from datasets import load_dataset
repo, *tags = sys.argv[1:]
loaded = {tag: load_dataset(repo, "articles", revision=tag) for tag in tags}
print(json.dumps({tag: [row for rows in splits.values() for row in rows["text"]] for tag, splits in loaded.items()}))
"""


def test_load_dataset_reads_every_tag_back(
    hub: Hub, corpus: Path, editions: tuple[Edition, Edition], tmp_path: Path
) -> None:
    for edition in editions:
        push(edition)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HF_")},
        "HF_ENDPOINT": hub.url,
        "HF_HOME": str(tmp_path),
        "HF_HUB_DISABLE_XET": "1",
    }
    command = [sys.executable, "-c", READ, REPO, "v1.0.0", "v1.1.0"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for tag, texts in json.loads(done.stdout).items():
        table = open_corpus(corpus.parent).tables(tag[1:])["articles"]
        assert sorted(texts) == sorted(table["text"].to_pylist())


def test_a_downloaded_copy_is_verified_to_the_last_byte(
    hub: Hub, editions: tuple[Edition, Edition], tmp_path: Path
) -> None:
    push(editions[1])
    repository = hub.repositories[REPO]
    folder = tmp_path / "copy"
    for path, data in repository.commits[repository.head].items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    (folder / ".cache").mkdir()
    (folder / ".cache" / "claims.metadata").write_text("left by the client")
    assert verify(folder).versions == ("1.1.0",)
    for name in [file.path for file in editions[1].files]:
        before = (folder / name).read_bytes()
        (folder / name).write_bytes(before[:-2] + bytes([before[-2] ^ 1]) + before[-1:])
        _, problems = verify_version(folder, "copy", downloaded=True)
        (folder / name).write_bytes(before)
        assert problems
        assert name in ("SHA256SUMS", "manifest.json") or {one.file for one in problems} == {f"copy/{name}"}
    (folder / "more.txt").write_text("?")
    with pytest.raises(ProblemsFound, match="the manifest of the version does not name the file"):
        verify(folder)


@pytest.fixture(scope="module")
def editions(corpus: Path) -> tuple[Edition, Edition]:
    return prepare(corpus, REPO, "1.0.0"), prepare(corpus, REPO)


def holds(files: Mapping[str, bytes], edition: Edition) -> bool:
    own = {file.path: file.sha256 for file in edition.files}
    return {path: hashlib.sha256(data).hexdigest() for path, data in files.items() if path != ".gitattributes"} == own


def cut_off(edition: Edition) -> UsageError | None:
    """What a push says that gets no answer any more; None where it was through before."""
    try:
        push(edition)
    except UsageError as error:
        return error
    return None


@pytest.mark.parametrize("every", sampled([False, True], False))
@pytest.mark.parametrize("answered", [False, True])
def test_a_push_cut_off_at_any_request_is_at_the_old_or_the_new_commit_and_goes_on(
    hub: Hub, editions: tuple[Edition, Edition], answered: bool, every: bool
) -> None:
    """From request n on there is no answer; `answered`: the Hub has still done what request n asked. Of the requests,
    one way meets those with an odd number, the other the rest; `pytest -m slow` all."""
    old, new = editions
    push(old)
    repositories, large = copy.deepcopy(hub.repositories), dict(hub.large)
    interrupted = 0
    for number in range(1 if every else 1 + answered, 100, 1 if every else 2):
        hub.repositories, hub.large = copy.deepcopy(repositories), dict(large)
        hub.requests, hub.uploads = [], []
        hub.fail_from, hub.after = number, answered
        said = cut_off(new)
        finished = said is None
        interrupted += not finished
        assert finished or "run the command again" in str(said)
        hub.fail_from = None
        repository = hub.repositories[REPO]
        assert any(holds(repository.commits[repository.head], edition) for edition in editions)
        again = push(new)
        assert again.plan.is_empty or not finished
        assert len(hub.uploads) == len(set(hub.uploads))
        assert len(repository.commits) == 3  # of the Hub, old, new: no commit twice
        assert holds(repository.commits[repository.tags["v1.1.0"]], new)
        assert holds(repository.commits[repository.tags["v1.0.0"]], old)
        if finished:
            break
    assert interrupted >= (8 + len(hub.uploads)) // (1 if every else 2)  # every request of a push, or half of them


def test_a_push_killed_during_an_upload_goes_on(hub: Hub, editions: tuple[Edition, Edition], corpus: Path) -> None:
    environment = {**os.environ, "HF_ENDPOINT": hub.url, "HF_HUB_DISABLE_XET": "1", "HF_HUB_OFFLINE": "0"}
    command = [sys.executable, "-m", "allegata", "push", REPO, "--corpus", str(corpus)]
    process = subprocess.Popen(command, env=environment, cwd=ROOT / "scripts")

    def kill(request: str) -> None:
        if request.startswith("PUT") and len(hub.uploads) == 3:
            process.kill()

    hub.before = kill
    assert process.wait() == -signal.SIGKILL
    repository = hub.repositories[REPO]
    assert (len(repository.commits), repository.tags) == (1, {})
    push(editions[1])
    assert len(hub.uploads) == len(set(hub.uploads))
    assert holds(repository.commits[repository.tags["v1.1.0"]], editions[1])


def test_files_of_the_former_version_go_and_files_of_others_stay(hub: Hub, editions: tuple[Edition, Edition]) -> None:
    old, new = editions
    push(old)
    repository = hub.repositories[REPO]
    files = repository.commits[repository.head]
    repository.add({**files, "card/former.md": b"?", "figure.png": b"?", "notes/a.txt": b"?"})
    done = push(new)
    assert done.plan.delete == ("card/former.md",)
    assert done.plan.kept == ("figure.png", "notes/a.txt")
    there = repository.commits[done.commit]
    assert {"figure.png", "notes/a.txt"} <= there.keys()
    assert "card/former.md" not in there
    gone = plan_push((), {"claims/a.parquet": StoredFile("0")}, frozenset({"claims/a.parquet"}))
    assert gone.delete == ("claims/a.parquet",)


def test_a_commit_in_between_is_not_overwritten(hub: Hub, editions: tuple[Edition, Edition]) -> None:
    push(editions[0])
    repository = hub.repositories[REPO]

    def interfere(request: str) -> None:
        if "/commit/" in request:
            repository.add({**repository.commits[repository.head], "README.md": b"by somebody else"})

    hub.before = interfere
    with pytest.raises(UsageError, match="has a newer commit in mill-press/flour than this push began with"):
        push(editions[1])
    assert repository.commits[repository.head]["README.md"] == b"by somebody else"
    assert list(repository.tags) == ["v1.0.0"]


def test_a_tag_with_other_content_is_refused_before_anything_is_sent(
    hub: Hub, editions: tuple[Edition, Edition]
) -> None:
    push(editions[1])
    repository = hub.repositories[REPO]
    repository.tags["v1.1.0"] = repository.add({**repository.commits[repository.head], "scheme.json": b"{}"})
    hub.requests.clear()
    with pytest.raises(UsageError, match=r"has a tag v1\.1\.0 with other content \(scheme\.json\)"):
        push(editions[1])
    assert not [request for request in hub.requests if not request.startswith("GET")]


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"manifest.json": b"{}"}, "holds a version that is none of those here"),
        ({"data.csv": b"a"}, "holds no version, but other files (data.csv)"),
        ({".gitignore": b"*"}, "has a .gitignore"),
    ],
)
def test_a_repository_of_something_else_is_not_touched(
    there: dict[str, bytes], said: str, hub: Hub, editions: tuple[Edition, Edition]
) -> None:
    hub.repositories[REPO] = Repository()
    hub.repositories[REPO].add(there)
    with pytest.raises(UsageError) as error:
        push(editions[1])
    assert said in str(error.value)
    assert len(hub.repositories[REPO].commits) == 1


def test_an_older_version_does_not_follow_a_newer_one(hub: Hub, editions: tuple[Edition, Edition]) -> None:
    push(editions[1])
    with pytest.raises(UsageError, match=r"holds version 1\.1\.0, which is newer"):
        push(editions[0])
    assert list(hub.repositories[REPO].tags) == ["v1.1.0"]


def test_a_version_takes_the_place_of_anything_where_that_is_asked(hub: Hub, editions: tuple[Edition, Edition]) -> None:
    hub.repositories[REPO] = Repository()
    hub.repositories[REPO].add({".gitattributes": b"", "manifest.json": b"{}", "data.csv": b"a"})
    done = push(editions[1], replace=True)
    assert done.plan.delete == ("data.csv",)
    assert holds(hub.repositories[REPO].commits[done.commit], editions[1])


def test_an_older_version_that_is_there_is_there(hub: Hub, editions: tuple[Edition, Edition]) -> None:
    for edition in editions:
        push(edition)
    done = push(editions[0])
    assert (done.plan.is_empty, done.tagged) == (True, False)


def test_a_newer_card_is_committed_and_the_tag_stays(hub: Hub, editions: tuple[Edition, Edition]) -> None:
    new = editions[1]
    first = push(new)
    card = hub_file("README.md", new.described[0].content + b"\nA figure more.\n")
    assert new.described[0].path == "README.md"
    done = push(replace(new, described=(card, *new.described[1:])))
    assert [file.path for file in done.plan.add] == ["README.md"]
    repository = hub.repositories[REPO]
    assert repository.tags == {"v1.1.0": first.commit}
    assert repository.commits[repository.head]["README.md"].endswith(b"A figure more.\n")


def test_what_verify_refuses_is_not_pushed(hub: Hub, corpus: Path, tmp_path: Path) -> None:
    for name in ("v1.1.0/scheme.json", "README.md"):
        copied = Path(shutil.copytree(corpus, tmp_path / name / "corpus"))
        (copied / name).write_bytes((copied / name).read_bytes() + b" ")
        said = call(copied)
        assert said.exit_code == 1
        assert name in said.output
    assert call(corpus, "--version", "9.9.9").exit_code == 2
    assert hub.requests == []


def test_a_dry_run_lists_every_file_and_asks_nobody(
    hub: Hub, corpus: Path, editions: tuple[Edition, Edition], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN")
    said = call(corpus, "--dry-run")
    assert said.exit_code == 0
    lines = [line.split() for line in said.stdout.splitlines()]
    assert lines[1:-1] == [[file.path, f"{file.size:,}", file.sha256] for file in editions[1].files]
    assert said.stdout.endswith("bytes; nothing was sent\n")
    assert hub.requests == []
    licence, contact = said.stderr.splitlines()
    assert licence.startswith("warning: it states no licence: ")
    assert contact.startswith("warning: it names no contact ")


def test_a_version_with_licence_and_contact_is_pushed_without_a_warning(corpus: Path, tmp_path: Path) -> None:
    root = tmp_path / "root"
    shutil.copytree(corpus.parent, root)
    with (root / "allegata.toml").open("a", encoding="utf-8") as settings:
        settings.write('licence = "cc-by-4.0"\ncontact = "mill@example.org"\n')
    release = run(root).release
    assert release is not None
    assert prepare(root / "corpus", REPO).warnings == ()
    edition = tmp_path / "edition"
    assert CliRunner().invoke(app, ["publish", "--root", str(root), "--without-text", str(edition)]).exit_code == 0
    alone = prepare(edition, REPO)
    assert alone.warnings == ()
    assert alone.version == prepare(root / "corpus", REPO).version


def test_a_new_repository_is_private_where_that_is_asked(hub: Hub, editions: tuple[Edition, Edition]) -> None:
    assert push(editions[0], private=True).created
    assert hub.repositories[REPO].private
    assert not push(editions[1], private=True).created
    hub.repositories[REPO].private = False
    with pytest.raises(UsageError, match="mill-press/flour is public"):
        push(editions[1], private=True)


def refused(hub: Hub, part: str, status: int, message: str) -> None:
    hub.refuse[part] = (status, {"X-Error-Message": message})


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("no token", "log in with `hf auth login`, or set HF_TOKEN"),
        ("no name", "'flour' is no repository of the Hub: write OWNER/NAME"),
        ("wrong token", "the Hub does not accept the token"),
        ("a token that reads", "the Hub does not let this token write to mill-press/flour"),
        ("offline", "HF_HUB_OFFLINE is set: unset it to push"),
        ("no network", "check the network and run the command again"),
        ("not found", "the Hub does not find mill-press/flour"),
        ("quota", "the Hub has no room for it: free some, or take a larger plan (Private repository storage limit"),
        ("plan", "the Hub wants a larger plan"),
        ("limit", "the Hub limits the requests of this token"),
        ("broken", "the Hub did not do it: run the command again later (500"),
        ("talkative", "you sent …"),
    ],
)
def test_what_goes_wrong_outside_is_one_sentence_without_a_token(
    case: str, said: str, hub: Hub, editions: tuple[Edition, Edition], monkeypatch: pytest.MonkeyPatch
) -> None:
    if case != "no name":
        monkeypatch.setattr("allegata.recipe.push.prepare", lambda *_: editions[1])
    match case:
        case "no token":
            monkeypatch.delenv("HF_TOKEN")
            monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", "/nowhere")
        case "wrong token":
            monkeypatch.setenv("HF_TOKEN", "hf_wrongwrongwrong")
        case "a token that reads":
            monkeypatch.setenv("HF_TOKEN", READER)
        case "offline":
            monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
        case "no network":
            monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", "http://127.0.0.1:9")
        case "not found":
            refused(hub, "repos/create", 404, "No such namespace")
        case "quota":
            refused(hub, "/preupload/", 403, "Private repository storage limit reached, please upgrade your plan")
        case "plan":
            refused(hub, "/objects/batch", 402, "Payment required")
        case "limit":
            refused(hub, "PUT /large", 429, "Too many")
        case "broken":
            refused(hub, "/commit/", 500, "Oops")
        case "talkative":
            refused(hub, "/refs", 400, f"you sent {WRITER}")
    result = CliRunner().invoke(app, ["push", "flour" if case == "no name" else REPO])
    assert result.exit_code == 2, result.output
    told = [line for line in result.output.splitlines() if not line.startswith("warning: ")]
    assert len(told) == 1
    assert told[0].startswith("allegata: ")
    assert said in told[0]
    assert not {WRITER, READER, "hf_wrong", "s3cret"} & set(re.split(r"[^\w]", result.output))
    assert not hub.repositories or len(hub.repositories[REPO].commits) == 1


def test_the_tasks_of_the_benchmark_are_in_eval_yaml() -> None:
    edition = prepare(ROOT / "corpus" / "v2.1.0", REPO)
    (file,) = (file for file in edition.files if file.path == "eval.yaml")
    assert isinstance(file.content, bytes)
    value = yaml.safe_load(file.content)
    assert value.keys() == {"name", "description", "tasks"}
    assert value["name"] == "allegata"
    assert {"id": "entities", "config": "entities", "split": "test"} in value["tasks"]
    assert {"id": "disputes", "config": "positions", "split": "full"} in value["tasks"]
    assert [task["id"] for task in value["tasks"]] == list(TASKS)
    readme = next(file.content for file in edition.files if file.path == "README.md")
    configs = yaml.safe_load(readme.decode().split("---\n")[1])["configs"]
    known = {(config["config_name"], one["split"]) for config in configs for one in config["data_files"]}
    assert {(task["config"], task["split"]) for task in value["tasks"]} <= known


def test_one_module_alone_knows_the_client_of_the_hub() -> None:
    package = ROOT / "scripts" / "allegata"
    found = [path.relative_to(package).as_posix() for path in package.rglob("*.py") if CLIENT.search(path.read_text())]
    assert found == ["publish/hub/client.py"]
