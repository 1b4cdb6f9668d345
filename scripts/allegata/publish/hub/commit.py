"""One version as a repository of the Hugging Face Hub: its files at the root, its card, and what a push would change.

A repository holds one version at a time; tags `vX.Y.Z` hold the former ones. The files of a version go there byte for
byte, but its README: there it has the front matter of the version, which loads it, and the text of the card.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from allegata.publish.card.pages import FOLDER, generated_pages
from allegata.publish.configs import DEFAULT_TABLE, README
from allegata.publish.diff.changelog import CHANGELOG
from allegata.publish.readme import Readme, read_readme
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.versions import SUMS, render_lines

EVAL = "eval.yaml"
# What the Hub itself puts into a new repository.
_OF_THE_HUB = frozenset({".gitattributes", README})


@dataclass(frozen=True)
class HubFile:
    """One file for the root of a repository: its bytes, or where they are, and the digests that the Hub names it by.

    `blob` is git's SHA-1 of a file in the repository itself, `sha256` that of one in its large-file storage.
    """

    path: str
    content: Path | bytes
    size: int
    sha256: str
    blob: str


@dataclass(frozen=True)
class StoredFile:
    """One file of a repository; `sha256` is empty unless it is in the large-file storage, `blob` then of a pointer."""

    blob: str
    sha256: str = ""

    def holds(self, file: HubFile) -> bool:
        """Whether the bytes are those of `file`."""
        return self.sha256 == file.sha256 if self.sha256 else self.blob == file.blob


@dataclass(frozen=True)
class PushPlan:
    """What one commit changes; `kept` are files of the repository that no push has put there."""

    add: tuple[HubFile, ...]
    delete: tuple[str, ...]
    kept: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the repository already is what a push would make of it."""
        return not self.add and not self.delete


@dataclass(frozen=True)
class HubTask:
    """One task of the benchmark: the table (`config`) and split with its answers, and how it is asked and scored."""

    name: str
    config: str
    split: str
    question: str
    measure: str


def plan_push(files: Collection[HubFile], there: Mapping[str, StoredFile], former: Collection[str]) -> PushPlan:
    """What makes the repository with the files `there` hold `files`; of the others, the `former` ones are deleted."""
    paths = {file.path for file in files}
    others = sorted(there.keys() - paths)
    pushed = [path for path in others if path in former or path.startswith(f"{FOLDER}/")]
    return PushPlan(
        tuple(file for file in files if file.path not in there or not there[file.path].holds(file)),
        tuple(pushed),
        tuple(path for path in others if path not in pushed and path not in _OF_THE_HUB),
    )


def foreign_files(there: Iterable[str]) -> list[str]:
    """What a repository without a version holds beside what the Hub makes."""
    return sorted(set(there) - _OF_THE_HUB)


def pushed_paths(manifest: ReleaseManifest) -> frozenset[str]:
    """What a push of a version puts into a repository, the pages of the card aside."""
    return frozenset({*manifest.paths, README, EVAL, CHANGELOG, SUMS})


def version_files(folder: Path, manifest: ReleaseManifest) -> tuple[HubFile, ...]:
    """The files of a version that go to the Hub byte for byte: all but its README."""
    return tuple(hub_file(path, folder / path) for path in manifest.paths if path != README)


def described_files(
    repo: str, folder: Path, manifest: ReleaseManifest, beside: Path | None, tasks: Collection[HubTask]
) -> Iterator[HubFile]:
    """The files that describe a version on the Hub: README, the pages of its card, changelog, tasks.

    `beside` is the folder with the card of this version, None where it has no card but its own README.
    """
    own = read_readme(folder / README, f"{folder.name}/{README}")
    has_card = beside and (beside / README).is_file()
    card = read_readme(beside / README, f"{beside.name}/{README}") if beside and has_card else own
    example = next((task.config for task in tasks), DEFAULT_TABLE)
    yield hub_file(README, _readme(own, card, repo, manifest.version, example).encode())
    if beside:
        for path in generated_pages(beside):
            yield hub_file(f"{FOLDER}/{path.name}", path)
        if (beside / CHANGELOG).is_file():
            yield hub_file(CHANGELOG, beside / CHANGELOG)
    if tasks:
        yield hub_file(EVAL, render_eval(str(own.stated.get("pretty_name", repo)), tasks).encode())


def sums_file(files: Iterable[HubFile]) -> HubFile:
    """The sums of all other files of a repository, by which a copy of it is verified."""
    return hub_file(SUMS, render_lines({file.path: file.sha256 for file in files}))


def _readme(own: Readme, card: Readme, repo: str, version: str, example: str) -> str:
    """Front matter of the version, text of the card; below its title, how to load from this repository."""
    title, _, text = card.text.strip("\n").partition("\n")
    load = f'load_dataset("{repo}", "{example}", revision="v{version}")'
    here = f"On the Hub:\n\n```python\nfrom datasets import load_dataset\n\n{example} = {load}\n```"
    return f"---\n{own.front}---\n\n{title}\n\n{here}\n\n{text.strip()}\n"


def render_eval(name: str, tasks: Iterable[HubTask]) -> str:
    """`eval.yaml`, by which the Hub knows the tasks of a benchmark and gathers the results that models state.

    Format: huggingface.co/docs/hub/eval-results. It has no field for a measure, so the description names them;
    `evaluation_framework` is not stated, for the Hub takes only names of its register, and has none for ours.
    """
    asked = list(tasks)
    described = " ".join(f"{task.name}: {task.question} Scored by {task.measure}." for task in asked)
    value = {
        "name": name,
        "description": f"Scores are those of `allegata score`, from 0 to 1, higher is better. {described}",
        "tasks": [{"id": task.name, "config": task.config, "split": task.split} for task in asked],
    }
    return str(yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=110))


def hub_file(path: str, content: Path | bytes) -> HubFile:
    """A file with its digests, read once, in pieces."""
    size = len(content) if isinstance(content, bytes) else content.stat().st_size
    sha256, blob = hashlib.sha256(), hashlib.sha1(b"blob %d\0" % size, usedforsecurity=False)
    for piece in _pieces(content):
        sha256.update(piece)
        blob.update(piece)
    return HubFile(path, content, size, sha256.hexdigest(), blob.hexdigest())


def _pieces(content: Path | bytes) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece
