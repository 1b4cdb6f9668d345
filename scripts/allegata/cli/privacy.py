"""The command that shows a curator what in the texts names or reaches a person."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from allegata.cli.options import HERE, Root, with_root
from allegata.cli.shown import exact_json, following, say, show, table
from allegata.schema.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable

    from allegata.recipe.privacy import Personal

_MOST_ROWS, _MOST_PLACES = 200, 3


def privacy(
    root: Root = HERE,
    articles: Annotated[
        list[str] | None, typer.Argument(help="Ids of articles.", metavar="ARTICLE…", show_default="all")
    ] = None,
    in_json: Annotated[bool, typer.Option("--json", help="A line of JSON a place, for programs.")] = False,
) -> None:
    """List who and what reaches them: people, e-mail addresses, handles, phone numbers, IBANs, IP addresses.

    With their places in the texts and metadata that the next version would publish. Nothing is written, and nothing of
    the list is published. See docs/privacy.md.
    """
    from allegata.cli.console import progress
    from allegata.recipe.build import run
    from allegata.recipe.privacy import personal_data
    from allegata.schema.problems import UsageError
    from allegata.schema.wording import some

    with progress() as (on_step, passing):
        build = run(root, "annotate", on_step, progress=passing)
    known = build.members["article_id"].to_pylist()
    if unknown := sorted(set(articles or ()) - set(known)):
        raise UsageError(f"no version would have the article {', '.join(unknown)}; one of: {some(known, 10)}")
    found = personal_data(build, articles or None)
    if in_json:
        for one in found:
            show(exact_json(asdict(one)))
        return
    _listed(found)
    redact, withdraw = "allegata redact PERSON --dry-run", "allegata withdraw ARTICLE --reason WHY --dry-run"
    following(f"{with_root(redact, root)}, {with_root(withdraw, root)}")


def _listed(found: Iterable[Personal]) -> None:
    """A row for each text, with its first places, and how many there are of each kind."""
    of: dict[tuple[str, str], list[Personal]] = {}
    kinds: dict[str, int] = {}
    for one in found:
        of.setdefault((one.kind, one.text), []).append(one)
        kinds[one.kind] = kinds.get(one.kind, 0) + 1
    rows = []
    for (kind, text), places in sorted(of.items())[:_MOST_ROWS]:
        shown = [f"{one.article_id}:{one.start}-{one.end} {one.where}" for one in places[:_MOST_PLACES]]
        more = [f"and {len(places) - _MOST_PLACES:,} more"] if len(places) > _MOST_PLACES else []
        by = ", ".join(sorted({one.by for one in places}))
        rows.append((kind, shortened(" ".join(text.split()), 80), by, str(len(places)), "; ".join([*shown, *more])))
    table(("kind", "text", "found by", "places", "where (source offsets)"), rows)
    if len(of) > _MOST_ROWS:
        say(f"… and {len(of) - _MOST_ROWS:,} more: --json has them all")
    counts = ", ".join(f"{kind} {count:,}" for kind, count in sorted(kinds.items())) or "nothing found"
    say(f"{counts}; rules overlook some and take others for what they are not: read the articles too")
