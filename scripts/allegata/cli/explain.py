"""The command that says where something of a published version came from, and how people see it."""

from __future__ import annotations

import json as json_module
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from allegata.cli.options import LATEST, CorpusOption
from allegata.cli.shown import exact_json, say, show
from allegata.schema.visible import shortened
from allegata.schema.wording import number

if TYPE_CHECKING:
    from allegata.recipe.explain import Explanation

Row = Mapping[str, Any]
_QUOTED = 200  # characters of a text that are shown in a line


def explain(
    asked: Annotated[
        str,
        typer.Argument(
            help="An article, ARTICLE:START-END (offsets of its clean text), or the id of any row.", metavar="ID"
        ),
    ],
    version: Annotated[
        str | None, typer.Option("--version", help="A version, as 2.0.0.", show_default="the latest")
    ] = None,
    corpus: CorpusOption = LATEST,
    json: Annotated[bool, typer.Option("--json", help="All of it, for programs.")] = False,
) -> None:
    """Say where a published character, article or row came from.

    Its raw file and source offsets; what was removed around it, by which rule and why; for a copy the article that
    stands for it and a passage of both; for a claim the passes that have it, and who decided. A copy of corpus/ is
    enough for it.
    """
    from allegata.recipe.explain import explain

    found = explain(asked, corpus, version)
    if json:
        show(exact_json(asdict(found), indent=2))
        return
    for line in _lines(found):
        say(line)
    if found.source_text is not None:
        _whole(found.source_text, found.removals)


def _lines(found: Explanation) -> Iterator[str]:
    if found.kind == "row":
        yield f"{found.asked}: a row of the table {found.table}, version {found.version}"
        yield from _row(found.row or {})
        for named in found.named:
            yield f"{named['column']}: {named['table']}"
            yield from (f"  {line}" for line in _row(named["row"]))
    if found.decided is not None and found.kind != "article":
        yield from _decided(found.decided)
    if found.span is not None:
        yield from _span(found.span)
    for removal in found.removals if found.span is not None else ():
        yield _removal(removal)
    if found.article is not None:
        yield from _article(found.article, found.version)
    if found.kind == "article":
        yield from _decided(found.decided or {})
    if found.ledger is not None:
        yield from _ledger(found.ledger)
    if found.copy_of is not None:
        yield from _copy(found.copy_of)
    for what in found.needs:
        yield f"not known from here: {what}"


def _row(row: Row) -> Iterator[str]:
    """The columns of a row that say something, one a line; spans and numbers of nested ones are in --json."""
    for name, value in row.items():
        if value is None or value == [] or name in ("soft_labels", "passes", "marked"):
            continue
        if isinstance(value, list) and isinstance(value[0], dict):
            value = [part.get("surface") or ", ".join(f"{key} {one}" for key, one in part.items()) for part in value]
        if isinstance(value, list):
            value = " | ".join(map(str, value))
        yield f"  {name}: {_short(str(value))}"


def _decided(decided: Row) -> Iterator[str]:
    if decided.get("annotators"):
        yield f"annotation decided by {', '.join(decided['annotators'])}, guidelines {decided['guidelines']}"
    elif decided.get("annotators") is None and decided.get("annotated") is not False:
        yield "who decided on the annotation is no column of this version: an earlier program published it"
    else:
        yield "annotation: none yet"
    if "passes" in decided:
        yield from _passes(decided)
    for entry in decided.get("log", ()):
        said = f"{entry.get('field', '')}: {json_module.dumps(entry.get('decision'), ensure_ascii=False)}"
        yield f"adjudicated, {entry['file']}:{entry['line']}: {_short(said)}; {_short(str(entry.get('reason', '')))}"


def _passes(claim: Row) -> Iterator[str]:
    if claim["passes"] is None:
        yield f"passes with exactly this span: {claim['marked']}; which they are is no column of this version"
    elif claim["marked"] is None:
        yield "passes: none by the guidelines of the gold"
    for one in claim["passes"] or ():
        how = "exactly this span" if one["same_span"] else "another span at this place"
        yield f"pass {one['pass']} (by {one['annotators']}) has it: {how}"
    for label in claim["soft_labels"] or ():
        yield f"  {label['attribute']} {label['value']}: {label['passes']} of the passes"


def _span(span: Row) -> Iterator[str]:
    yield f"[{span['start']},{span['end']}) of the clean text: “{_short(span['text'])}”"
    for run in span["runs"]:
        place = f"[{run['source_start']},{run['source_end']})"
        yield f"  source text {place}: “{_short(run['text'])}”"
    for block in span["blocks"]:
        yield f"  in the {block['zone']} block [{block['start']},{block['end']})"
    if span["sentences"]:
        yield f"  in {', '.join(span['sentences'])}"


def _removal(row: Row) -> str:
    from allegata.recipe.explained import why

    place = f"[{row['source_start']},{row['source_end']})"
    where = {"before": "before it", "after": "after it"}.get(row["where"], "inside it")
    near = f", {number(row['distance'], 'character')} away" if row["distance"] else ""
    return f"removed {where}{near}: {place} {why(_layer(row))}: “{_short(row['text'].strip())}”"


def _article(article: Row, version: str) -> Iterator[str]:
    yield f"article {article['article_id']}, version {version}, split {article['split']}"
    raw = {"same": "; raw/ has it", "other": "; raw/ has other bytes under this name"}.get(article["raw"] or "", "")
    yield f"  file: {article['file']} ({article['media_type']}, {number(article['bytes'], 'byte')}){raw}"
    for name in ("sha256", "url", "title", "publisher", "author", "published", "rights", "language", "story"):
        if article.get(name) is not None:
            yield f"  {name}: {_short(str(article[name]))}"
    if article.get("confidence") is not None:
        yield f"  cleaning: expected word F1 {article['confidence']:.2f}"
    if article["cluster_id"] != article["article_id"]:
        yield f"  in the cluster of near-duplicates of {article['cluster_id']}"


def _ledger(row: Row) -> Iterator[str]:
    said = f"ledger: {row['article_id']} ({row['file']}) is {row['status']}"
    yield said + (f", {row['stage']}: {row['reason']} ({row['evidence']})" if row["stage"] else "")


def _copy(copy: Row) -> Iterator[str]:
    similarity = "" if copy["similarity"] is None else f", Jaccard similarity {copy['similarity']:.4f}"
    yield f"copy of {copy['article_id']}{similarity}"
    if passage := copy["passage"]:
        text = "" if passage["text"] is None else f": “{_short(passage['text'])}”"
        yield f"  both have [{passage['start']},{passage['end']}) of its clean text{text}"
    elif copy["similarity"] is None:
        yield "  how similar they are is no column of this version: an earlier program published it"


def _whole(source_text: str, removals: Iterable[Row]) -> None:
    from allegata.cli.cleaning import LEGEND, show_lines
    from allegata.recipe.explained import explained

    say()
    say(LEGEND)
    show_lines(explained(source_text, [_layer(row) for row in removals]))


def _layer(row: Row) -> Row:
    """A published removal as cleaning has it."""
    names = {"source_start": "start", "source_end": "end"}
    names |= {"repeats_source_start": "repeats_start", "repeats_source_end": "repeats_end"}
    return {"fills": None, "confidence": None, **{names.get(name, name): value for name, value in row.items()}}


def _short(text: str) -> str:
    return shortened(text.replace("\n", " / "), _QUOTED)
