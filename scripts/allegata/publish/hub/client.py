"""A repository of the Hugging Face Hub through its own client; what the Hub or the network refuses is one sentence.

The same calls work with huggingface_hub 1.x and 2.x, with and without hf_xet.
"""

from __future__ import annotations

import logging
import re
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from allegata.publish.hub.commit import PushPlan, StoredFile
from allegata.schema.problems import UsageError

_KIND = "dataset"
# A token, and the signature in a link to the storage.
_SECRET = re.compile(r"hf_\w+|(?<=\?)\S+|(?i:bearer\s+\S+)")
_NO_ROOM = re.compile(r"\b(storage|quota)\b", re.IGNORECASE)


@dataclass(frozen=True)
class RepositoryState:
    """A repository as it is: whether it is private, the commit of its main branch, and that of every tag."""

    private: bool
    head: str
    tags: dict[str, str]


class HubRepository:
    """A repository of data on the Hub that `HF_ENDPOINT` names. Nothing is sent before the first method is called.

    Every method raises `UsageError` with one sentence for whatever goes wrong; none holds a token.
    """

    def __init__(self, repo: str) -> None:
        self.repo, self._token = repo, ""
        with self._calls() as api:
            self.endpoint = str(api.endpoint)

    def state(self) -> RepositoryState | None:
        """What the repository is now; None where the Hub finds none that the token may see."""
        from huggingface_hub.errors import RepositoryNotFoundError

        with self._calls() as api:
            try:
                info = api.repo_info(self.repo, repo_type=_KIND)
                refs = api.list_repo_refs(self.repo, repo_type=_KIND)
            except RepositoryNotFoundError as error:
                if error.response.status_code == 404:
                    return None
                raise
            tags = {tag.name: tag.target_commit for tag in refs.tags}
            return RepositoryState(info.private is not False, str(info.sha), tags)

    def create(self, *, private: bool) -> None:
        """Make the repository; its owner's settings decide whether it is private, unless `private`."""
        with self._calls() as api:
            api.create_repo(self.repo, repo_type=_KIND, private=private or None)

    def files(self, revision: str) -> dict[str, StoredFile]:
        """Every file at a commit, by its path."""
        from huggingface_hub.hf_api import RepoFile

        with self._calls() as api:
            tree = api.list_repo_tree(self.repo, recursive=True, revision=revision, repo_type=_KIND)
            return {
                item.path: StoredFile(item.blob_id, item.lfs.sha256 if item.lfs else "")
                for item in tree
                if isinstance(item, RepoFile)
            }

    def commit(self, plan: PushPlan, message: str, parent: str) -> str:
        """Upload what the plan adds, and commit all of it onto `parent`, or nothing; the new commit.

        Raises `UsageError` where `parent` is not the head of the main branch any more.
        """
        from huggingface_hub import CommitOperationAdd, CommitOperationDelete

        operations: list[Any] = [
            CommitOperationAdd(file.path, str(file.content) if isinstance(file.content, Path) else file.content)
            for file in plan.add
        ]
        operations += [CommitOperationDelete(path, is_folder=False) for path in plan.delete]
        with self._calls() as api:
            made = api.create_commit(
                self.repo, operations, commit_message=message, repo_type=_KIND, parent_commit=parent
            )
            return str(made.oid)

    def tag(self, name: str, commit: str) -> None:
        """Give a commit a tag. Raises `UsageError` where the repository has one of that name."""
        with self._calls() as api:
            api.create_tag(self.repo, tag=name, revision=commit, repo_type=_KIND)

    def url(self, revision: str) -> str:
        """The page of a revision."""
        return f"{self.endpoint}/datasets/{self.repo}/tree/{revision}"

    @contextmanager
    def _calls(self) -> Iterator[Any]:
        """The client for some calls. Whatever it raises is bad news from outside, as it does nothing else than call."""
        from huggingface_hub import HfApi, get_token
        from huggingface_hub.utils.tqdm import disable_progress_bars

        if not sys.stderr.isatty():
            disable_progress_bars()
        # A warning of a retry shows links with their signature.
        logging.getLogger("huggingface_hub").setLevel(logging.ERROR)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._token = get_token() or ""
                if not self._token:
                    raise UsageError("the Hub wants to know who pushes: log in with `hf auth login`, or set HF_TOKEN")
                yield HfApi()
        except UsageError:
            raise
        except Exception as error:
            raise UsageError(self._sentence(error)) from None

    def _sentence(self, error: BaseException) -> str:
        """What went wrong, and what to do."""
        if type(error).__name__ == "OfflineModeIsEnabled":
            return "HF_HUB_OFFLINE is set: unset it to push"
        said = self._said(error)
        if _NO_ROOM.search(said):
            return f"the Hub has no room for it: free some, or take a larger plan ({said})"
        for cause in _causes(error):
            if (status := getattr(getattr(cause, "response", None), "status_code", None)) is not None:
                return self._answered(int(status), self._said(cause))
            if isinstance(cause, ConnectionError | TimeoutError) or type(cause).__module__.startswith("http"):
                return (
                    f"no answer from {self.endpoint} ({said}): check the network and run the command again; what has "
                    "been uploaded is not uploaded again"
                )
        return f"{self.repo} was not pushed: {said}"

    def _answered(self, status: int, said: str) -> str:
        """What an HTTP status of the Hub means for a push."""
        cures = {
            401: "does not accept the token: log in again with `hf auth login`, or set HF_TOKEN",
            402: "wants a larger plan",
            403: f"does not let this token write to {self.repo}: use one with write permission there",
            404: f"does not find {self.repo}, or the token may not see it",
            409: "has such a repository or tag already, or is changing it: run the command again",
            412: f"has a newer commit in {self.repo} than this push began with: nothing was committed; look at it, and "
            "run the command again",
            413: "takes no file or commit of this size",
            429: "limits the requests of this token: wait, and run the command again",
        }
        cure = cures.get(status, "did not do it: run the command again later")
        return f"the Hub {cure} ({status}{': ' if said else ''}{said})"

    def _said(self, error: BaseException) -> str:
        """What the Hub says of an error, or else the error itself, in one line without anything secret."""
        text = str(getattr(error, "server_message", None) or error)
        if self._token:
            text = text.replace(self._token, "…")
        return _SECRET.sub("…", " ".join(text.split()))[:300]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
