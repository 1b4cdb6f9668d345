"""The recipe of a push: a version is verified, then put at the root of a repository of the Hub, in one commit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.wording import some

if TYPE_CHECKING:
    from allegata.publish.hub.commit import HubFile, HubTask, PushPlan, StoredFile
    from allegata.schema.release_manifest import ReleaseManifest

_REPO = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
_SHOWN = 5


@dataclass(frozen=True)
class Edition:
    """A verified version, ready to be pushed: `frozen` are its files as published, `described` its card and tasks.

    `manifests` and `former` map each version known here to its manifest and to the paths that a push of it writes: what
    a repository holds must be one of them.
    """

    repo: str
    version: str
    frozen: tuple[HubFile, ...]
    described: tuple[HubFile, ...]
    manifests: Mapping[str, HubFile]
    former: Mapping[str, frozenset[str]]

    @property
    def tag(self) -> str:
        """The tag of the version."""
        return f"v{self.version}"

    @property
    def files(self) -> tuple[HubFile, ...]:
        """Everything that the repository is to hold, sorted by path."""
        return tuple(sorted((*self.frozen, *self.described), key=lambda file: file.path))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What readers of the repository will miss in its README.md: a licence, a contact."""
        from allegata.publish.card.terms import NO_CONTACT
        from allegata.publish.configs import README
        from allegata.schema.licences import UNKNOWN

        (card,) = (file.content for file in self.files if file.path == README)
        text = (card if isinstance(card, bytes) else card.read_bytes()).decode()
        front = text.split("\n---", 1)[0]
        fix = "in the settings, and build the next version"
        found = []
        if f"\nlicense: {UNKNOWN}\n" in front:
            found.append(f"it states no licence: nobody may use what they download; set licence {fix}")
        if NO_CONTACT in text:
            found.append(f"it names no contact for people who want to be removed; set contact {fix}")
        return tuple(found)


@dataclass(frozen=True)
class Pushed:
    """What a push did: the commit that holds the version, what it changed, and whether it made repository and tag."""

    commit: str
    plan: PushPlan
    created: bool
    tagged: bool
    url: str


def prepare(corpus: Path, repo: str, version: str | None = None) -> Edition:
    """Verify a version in the folder `corpus`, or the version that `corpus` is, and list what a push of it uploads.

    Without `version` it is the latest. Nothing is sent. Raises `UsageError` where there is no such version or `repo`
    is no name of a repository, `ProblemsFound` with everything that `allegata verify` says of the version or of what
    stands beside it.
    """
    from allegata.publish.configs import README
    from allegata.publish.hub.commit import described_files, pushed_paths, sums_file, version_files
    from allegata.publish.manifest import read_manifests
    from allegata.publish.sums import check_sums
    from allegata.recipe.verify import verify
    from allegata.schema.version_files import VersionFiles
    from allegata.schema.versions import is_published, version_folder

    if not _REPO.fullmatch(repo) or "--" in repo or ".." in repo:
        raise UsageError(f"{repo!r} is no repository of the Hub: write OWNER/NAME")
    alone, folder = is_published(corpus), version_folder(corpus, version)
    verify(corpus, None if alone else folder.name)
    if not alone and (problems := check_sums(corpus)):
        raise ProblemsFound(problems)
    manifest = VersionFiles(folder).manifest
    if README not in manifest.documents:
        raise UsageError(f"version {manifest.version} has no README.md, and cannot be loaded alone: push a later one")
    known = [manifest] if alone else read_manifests(corpus)
    beside = None if alone or known[-1].version != manifest.version else corpus
    frozen = version_files(folder, manifest)
    described = tuple(described_files(repo, folder, manifest, beside, tuple(_tasks(folder, manifest))))
    return Edition(
        repo,
        manifest.version,
        frozen,
        (*described, sums_file((*frozen, *described))),
        {one.version: _manifest_file(folder if alone else corpus / f"v{one.version}") for one in known},
        {one.version: pushed_paths(one) for one in known},
    )


def _manifest_file(folder: Path) -> HubFile:
    from allegata.publish.hub.commit import hub_file
    from allegata.schema.versions import RELEASE_MANIFEST

    return hub_file(RELEASE_MANIFEST, folder / RELEASE_MANIFEST)


def _tasks(folder: Path, manifest: ReleaseManifest) -> Iterator[HubTask]:
    """The tasks that the version can be asked, on its test split; tables that are not divided are asked as a whole."""
    from allegata.benchmark.tasks import TASKS, missing
    from allegata.publish.hub.commit import HubTask
    from allegata.schema.published import load_corpus

    corpus = load_corpus(folder)
    for task in TASKS.values() if corpus.articles else ():
        splits = manifest.tables[task.table].splits if task.table in manifest.tables else {}
        split = next((name for name in ("test", "full") if name in splits), None)
        if split and missing(task, corpus) is None:
            yield HubTask(task.name, task.table, split, task.question, task.official)


def push(edition: Edition, *, private: bool = False, replace: bool = False) -> Pushed:
    """Put the edition into its repository in one commit and tag it; what is there already is not uploaded again.

    The repository is made if there is none. `replace` puts the edition in place of whatever the repository holds; its
    tags stay. Raises `UsageError` where the Hub cannot be reached or refuses, where the
    repository holds what no version here is, where its tag of this version has other content, or where it changes
    meanwhile: then nothing was committed. A push that was interrupted is completed by the same call.
    """
    from allegata.publish.hub.client import HubRepository

    hub = HubRepository(edition.repo)
    state = hub.state()
    created = state is None
    if state is None:
        hub.create(private=private)
        state = hub.state()
        if state is None:
            raise UsageError(f"{edition.repo} was made, but the Hub does not find it yet: run the command again")
    elif private and not state.private:
        raise UsageError(f"{edition.repo} is public: make it private in its settings, or leave out --private")
    tagged = state.tags.get(edition.tag)
    if tagged is not None:
        _refuse_other_content(edition, hub.files(tagged))
    there = hub.files(state.head)
    plan = _plan(edition, there, is_tagged=tagged is not None, replace=replace)
    commit = state.head
    if not plan.is_empty:
        commit = hub.commit(plan, f"Version {edition.version}", state.head)
        _check_committed(edition, hub.files(commit))
    if tagged is None:
        hub.tag(edition.tag, commit)
    return Pushed(commit, plan, created, tagged is None, hub.url(edition.tag))


def _refuse_other_content(edition: Edition, there: Mapping[str, StoredFile]) -> None:
    other = [file.path for file in edition.frozen if file.path not in there or not there[file.path].holds(file)]
    if other:
        raise UsageError(
            f"{edition.repo} has a tag {edition.tag} with other content ({some(other, _SHOWN)}): a published "
            "version never changes; publish a new one, or push to another repository"
        )


def _plan(edition: Edition, there: Mapping[str, StoredFile], *, is_tagged: bool, replace: bool) -> PushPlan:
    """What to commit onto the files that the repository holds now; nothing where it already is past this version."""
    from allegata.publish.hub.commit import PushPlan, foreign_files, plan_push
    from allegata.schema.versions import RELEASE_MANIFEST, version_key

    if ".gitignore" in there:
        raise UsageError(
            f"{edition.repo} has a .gitignore, by which the Hub leaves files out of a commit: delete it there first"
        )
    if replace:
        return plan_push(edition.files, there, there.keys() - {".gitattributes"})
    stored = there.get(RELEASE_MANIFEST)
    held = next((version for version, file in edition.manifests.items() if stored and stored.holds(file)), None)
    if is_tagged and held != edition.version:
        return PushPlan((), (), ())
    if stored and held is None:
        what = "a version that is none of those here"
    elif held and version_key(held) > version_key(edition.version):
        what = f"version {held}, which is newer"
    elif stored is None and (foreign := foreign_files(there)):
        what = f"no version, but other files ({some(foreign, _SHOWN)})"
    else:
        return plan_push(edition.files, there, edition.former[held] if held else frozenset())
    raise UsageError(
        f"{edition.repo} holds {what}: push to another repository, or put version {edition.version} in its place with "
        "--replace"
    )


def _check_committed(edition: Edition, there: Mapping[str, StoredFile]) -> None:
    """The commit holds the bytes that were verified: nothing else is tagged."""
    wrong = [file.path for file in edition.files if file.path not in there or not there[file.path].holds(file)]
    if wrong:
        raise UsageError(
            f"the commit to {edition.repo} does not hold the bytes that were verified ({some(wrong, _SHOWN)}), and is "
            "not tagged: the files changed during the push; run the command again"
        )
