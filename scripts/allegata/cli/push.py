"""The command that puts a version on the Hugging Face Hub: the only one that contacts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli.options import LATEST, CorpusOption
from allegata.cli.shown import complain, say, table
from allegata.schema.wording import number

if TYPE_CHECKING:
    from allegata.recipe.push import Edition, Pushed


def push(
    repo: Annotated[str, typer.Argument(help="Repository of the Hub, as owner/name.", metavar="REPO")],
    version: Annotated[str | None, typer.Option(help="A version, as 2.0.0.", show_default="the latest")] = None,
    corpus: CorpusOption = LATEST,
    private: Annotated[bool, typer.Option("--private", help="Make a new repository private.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put the version in place of anything that the repository holds.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="List the files with sizes and digests; nothing is sent.")
    ] = False,
) -> None:
    """Upload a published version to the Hugging Face Hub, and tag it.

    Exactly the published bytes, in one commit, after `allegata verify` has proved them; README.md is the card. What is
    there already is not uploaded again. The token is that of `hf auth login`, or HF_TOKEN.
    """
    from allegata.recipe.push import prepare, push

    edition = prepare(corpus, repo, version)
    for warning in edition.warnings:
        complain(f"warning: {warning}")
    if dry_run:
        _listed(edition)
        return
    _done(edition, push(edition, private=private, replace=replace))


def _listed(edition: Edition) -> None:
    table(("file", "bytes", "sha256"), ((file.path, f"{file.size:,}", file.sha256) for file in edition.files))
    counts = f"{number(len(edition.files), 'file')}, {number(sum(file.size for file in edition.files), 'byte')}"
    say(f"{edition.repo} would hold version {edition.version}: {counts}; nothing was sent")


def _done(edition: Edition, done: Pushed) -> None:
    if done.plan.kept:
        say(f"kept, as no push has put them there: {', '.join(done.plan.kept)}")
    if done.plan.is_empty and not done.tagged:
        say(f"{edition.repo} already has version {edition.version} ({edition.tag}); nothing was uploaded")
        return
    uploaded = sum(file.size for file in done.plan.add)
    parts = [f"{number(len(done.plan.add), 'file')} committed ({number(uploaded, 'byte')})"]
    parts += [f"{len(done.plan.delete)} deleted"] if done.plan.delete else []
    parts.append(f"{len(edition.files) - len(done.plan.add)} already present")
    what = "pushed version" if done.tagged else "refreshed the card of version"
    say(f"{what} {edition.version} to {edition.repo}: {', '.join(parts)}; commit {done.commit[:12]}")
    say(done.url)
