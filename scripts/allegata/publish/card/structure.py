"""How to load a corpus, what its tables and splits are; on pages, every column and an example of each table."""

from __future__ import annotations

from collections.abc import Sequence

from allegata.publish.card.facts import CardData
from allegata.publish.card.pages import Links, page
from allegata.publish.card.tables import columns, example, shared_columns, table_counts
from allegata.publish.configs import DEFAULT_TABLE, README, loadable, without_rows
from allegata.publish.contract import LEDGER_TABLE
from allegata.publish.markdown import sections, under
from allegata.publish.splits import SHARES
from allegata.schema.markup import code
from allegata.schema.tables import tables_of
from allegata.schema.wording import listed, some

_SHOWN = 5


def structure(data: CardData, links: Links) -> str:
    """The section on loading, tables and splits."""
    return under(
        "Dataset Structure",
        _loading(data),
        sections(
            "### Tables",
            table_counts(data.latest.tables),
            f"Each table is sorted by its first column, the id. {links.page('columns', 'Every column')} has its type "
            f"and meaning, {links.page('examples', 'one row of each table')} is shown. Offsets are half-open, in "
            "Unicode code points.",
        ),
        _splits(data),
    )


def structure_pages(data: CardData) -> dict[str, tuple[str, bytes]]:
    """The pages on columns and examples, each with what it is about."""
    scheme = data.counts.scheme
    described = {**tables_of(scheme), LEDGER_TABLE: data.ledger.schema}
    schemas = {name: described[name] for name in loadable(data.latest.tables) if name in described}
    return {
        "columns": (
            "every column of every table, with its type, meaning and use",
            page(
                "Columns",
                "Columns that mean the same in several tables:",
                shared_columns(schemas),
                *(columns(name, schema, scheme) for name, schema in schemas.items()),
            ),
        ),
        "examples": (
            "one row of each table",
            page(
                "Examples",
                "The first row of each table; long values are cut.",
                *(example(name, data.counts.first[name]) for name in data.counts.tables),
            ),
        ),
    }


def _loading(data: CardData) -> str:
    latest, name = data.latest, data.summary.example
    split = next(iter(latest.tables[DEFAULT_TABLE].splits))
    alone = f'\nalone = load_dataset(f"{{folder}}/v{latest.version}", "{name}")' if README in latest.documents else ""
    code = (
        "from datasets import load_dataset\n\n"
        'folder = "./corpus"  # or a copy of it, anywhere\n'
        f'articles = load_dataset(folder, split="{split}")\n'
        f'{name} = load_dataset(folder, "{name}")\n'
        f'pinned = load_dataset(folder, "{name}-v{latest.version}"){alone}'
    )
    return sections(
        "### Load",
        f"```python\n{code}\n```",
        "A plain name is the latest version, `<table>-vX.Y.Z` always that version. Write the folder with its name, as "
        "`./corpus` or as an absolute path: `datasets` cannot load `.`, and ignores `revision=` for a local folder. "
        f'From the Hub, a version is a tag: `load_dataset(repo, "{name}", revision="v{latest.version}")`. '
        "The files are plain Parquet with label strings, for any other reader: "
        f"`SELECT * FROM 'corpus/v{latest.version}/{name}/*.parquet'`.",
        without_rows(latest.tables),
    )


def _splits(data: CardData) -> str:
    summary, divided = data.summary, data.facts.divided
    by_story = (summary.settings.split_by or ("story" if summary.several_stories else "article")) == "story"
    shares = "/".join(map(str, SHARES.values()))
    across = [f"`{name}`" for name in ("propositions", "disputes", "positions", "relations") if name in summary.tables]
    about = (
        "one story, and so of one split" if by_story and not divided else "different splits, test articles among them"
    )
    one = "story" if summary.several_stories else "article"
    return sections(
        "### Splits",
        f"Splits {'keep a story whole' if by_story else 'are by article'}, aimed at {shares}. "
        "Duplicates stay together. "
        + _most_similar(data)
        + "A published article never moves to another split (`corpus/splits.json`).",
        _divided(divided) if by_story else "",
        f"{listed(across)} {'is' if len(across) == 1 else 'are'} not divided (split `full`): a row is about articles "
        f"of {about}."
        if across
        else "",
        "`split_a` and `split_b` name the splits of both articles of a pair. Evaluate relations by leaving one "
        f"{one} out: train on the pairs without it, test on the pairs with it."
        if "relations" in summary.tables
        else "",
    )


def _divided(stories: Sequence[str | None]) -> str:
    """Stories that are not whole: published when they were not yet known to be one."""
    if not stories:
        return ""
    names = [code(name) if name else "the articles without a story" for name in stories]
    return (
        f"Published in several splits already, and so not whole: {some(names, _SHOWN)}. "
        "What is trained on one split has seen these stories."
    )


def _most_similar(data: CardData) -> str:
    pair, splits = data.facts.most_similar, data.splits
    if pair is None:
        return ""
    first, second, similarity = pair
    if splits[first] != splits[second]:
        place = f"similarity {similarity:.2f}, in {splits[first]} and {splits[second]}"
        return f"The two most similar articles, `{first}` and `{second}` ({place}), are apart. "
    place = f"similarity {similarity:.2f}, both in {splits[first]}"
    return f"So do the two most similar articles, `{first}` and `{second}` ({place}). "
