"""The commands that take an article or a person out of the next version."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli.options import HERE, Root, with_root
from allegata.cli.shown import following, say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allegata.recipe.redact import RedactedPerson
    from allegata.recipe.withdraw import Withdrawn

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")]


def withdraw(
    articles: Annotated[list[str], typer.Argument(help="Ids of articles.", metavar="ARTICLE…")],
    reason: Annotated[str, typer.Option(help="Why: the ledger states it.")],
    root: Root = HERE,
    date: Annotated[str | None, typer.Option(help="The day that the ledger states, as 2031-04-02.")] = None,
    delete_raw: Annotated[
        bool, typer.Option("--delete-raw", help="Delete their raw files and annotations too, not only unpublish them.")
    ] = False,
    dry_run: DryRun = False,
) -> None:
    """Take articles out of all later versions; the ledger says why.

    No table has them any more, no later build or `add` brings them or a near copy back. Older versions stay as they
    are; the report names those that hold the articles. See docs/taking-out.md.
    """
    from allegata.recipe.withdraw import withdraw

    found = withdraw(root, articles, reason, date=date, delete_raw=delete_raw, dry_run=dry_run)
    _withdrawn(found, dry_run)
    if not found.remaining:
        say("no article remains, and a build needs one: add articles first, or the next version cannot be published")
    then = "allegata build" if found.remaining else "allegata add FILES…"
    following("the same without --dry-run" if dry_run else with_root(then, root))


def _withdrawn(found: Withdrawn, dry_run: bool) -> None:
    from allegata.schema.wording import number

    for name, why in found.again.items():
        say(f"{name} is withdrawn already ({why}); the new reason and date take the place of those")
    for name in found.moved:
        say(f"kept aside, and no longer published: {name}")
    for name in found.deleted:
        say(f"deleted {name}")
    for name, count in found.records.items():
        say(f"{name}: {number(count, 'record')} removed or shortened")
    for line in found.across:
        say(line)
    for name, why in found.near.items():
        say(f"{name} leaves too, as a near copy ({why}); to keep it: annotations/decisions.jsonl")
    for (citing, cited), count in found.cited.items():
        say(f"{citing} cites the address of {cited} ({count}): its text stays as it is")
    held(found.held.items())
    would = "would be withdrawn; nothing was written" if dry_run else "withdrawn"
    say(f"{number(len(found.articles), 'article')} {would}")


def held(versions: Iterable[tuple[str, tuple[str, ...]]]) -> None:
    """Which published versions still hold what was taken out, and what a curator can do about them."""
    names = []
    for version, what in versions:
        names.append(f"corpus/v{version}")
        say(f"corpus/v{version} still holds {', '.join(what)}")
    if names:
        say(
            "these versions are never changed. To stop distributing them: delete their folders and their lines of "
            "corpus/SHA256SUMS here, and what you published of them elsewhere (tags and revisions too, and the history "
            "of a repository), then: allegata build"
        )


def redact(
    person: Annotated[str, typer.Argument(help="Id or name of an entity of the register, or any name.")],
    root: Root = HERE,
    alias: Annotated[list[str] | None, typer.Option(help="Another name of the person. Repeatable.")] = None,
    instead: Annotated[
        str | None, typer.Option("--as", help="The text that replaces the name.", show_default="[Person 1] …")
    ] = None,
    replace: Annotated[
        list[str] | None,
        typer.Option(help="Of what is in doubt: characters to replace, or ARTICLE:START-END. Repeatable."),
    ] = None,
    leave: Annotated[
        list[str] | None,
        typer.Option(help="Of what is in doubt: characters to leave, or ARTICLE:START-END. Repeatable."),
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Replace the names of a person in all later versions.

    In texts, annotations, registers and metadata; spans and quotes follow. What may name another, or is a common word,
    is listed and waits for --replace or --leave. Older versions and raw/ stay as they are. See docs/taking-out.md.
    """
    from allegata.recipe.redact import redact

    found = redact(
        root,
        person,
        aliases=alias or (),
        placeholder=instead,
        replace_also=replace or (),
        leave=leave or (),
        dry_run=dry_run,
    )
    _redacted(found, dry_run)
    following("the same without --dry-run" if dry_run else with_root("allegata build", root))


def _redacted(found: RedactedPerson, dry_run: bool) -> None:
    from allegata.schema.wording import number

    say(f"known as {', '.join(found.names)}; published as {found.placeholder}, entity {found.entity_id}")
    for name, count in found.articles.items():
        say(f"{name}: {number(count, 'place')} in the source text")
    for name, count in found.records.items():
        say(f"{name}: {number(count, 'record')} rewritten")
    for name, address in found.addresses.items():
        say(f"{name}: its address holds the name; published as {address or 'null'}")
    for line in found.by_hand:
        say(f"check by hand: {line}")
    held((version, (f"the name, in {', '.join(articles)}",)) for version, articles in found.held.items())
    say("nothing was written" if dry_run else f"wrote annotations/redactions.jsonl; {found.placeholder} from now on")
