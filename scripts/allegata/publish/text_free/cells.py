"""The cells of a row that hold text, and which words the article's text gives back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from allegata.publish.projector import Row
from allegata.publish.text_free.store import Claim, Store

_PAIR = {"surface": "surface", "text": "decontextualised"}


class Cell:
    """One text of a row: `place` is its path in the row, `inside` the struct that it is a member of."""

    def __init__(self, place: str, holder: Any, key: Any, inside: Mapping[str, Any]) -> None:
        self.place, self.inside = place, inside
        self._holder, self._key = holder, key

    @property
    def value(self) -> str | None:
        """The text; None where there is none."""
        found: str | None = self._holder[self._key]
        return found

    @value.setter
    def value(self, text: str | None) -> None:
        self._holder[self._key] = text


def cells(row: Row, path: str) -> Iterator[Cell]:
    """The cells of a column (`columns.text_columns`), one an item where it is a list."""
    yield from _cells(row, path, "", row)


def _cells(holder: Any, path: str, before: str, row: Row) -> Iterator[Cell]:
    name, _, rest = path.partition(".")
    value = holder[name]
    if not isinstance(value, list):
        yield Cell(f"{before}{name}", holder, name, holder)
        return
    for number, item in enumerate(value):
        place = f"{before}{name}.{number}"
        if rest:
            yield from _cells(item, rest, f"{place}.", row)
        else:
            yield Cell(place, value, number, holder)


def derived(table: str, row: Row, cell: Cell, store: Store) -> str | None:
    """What the texts of the articles say that a derived cell holds; None where they do not say it."""
    if table == "relations":
        return _of_pair(row, cell.place, store)
    texts = store.texts(row["article_id"])
    if (table, cell.place) == ("articles", "text"):
        return texts.clean
    if (table, cell.place) == ("articles", "source_text"):
        return texts.source
    if table == "removals":
        return texts.source[row["source_start"] : row["source_end"]]
    return texts.clean[cell.inside["start"] : cell.inside["end"]]


def _of_pair(row: Row, name: str, store: Store) -> str | None:
    column, _, side = name.rpartition("_")
    claim = store.claim(row[f"claim_{side}"])
    if claim is None:
        return None
    if column == "sentence":
        sentence = store.sentence(claim.sentence_id)
        return claim.surface if sentence is None else sentence
    return str(getattr(claim, _PAIR[column]))


def remember(table: str, row: Row, store: Store) -> None:
    """Keep what rows of other tables repeat of this one, which is whole."""
    if table == "sentences":
        store.put_sentence(row["sentence_id"], row["text"])
    elif table == "claims":
        repeated = (row["surface"], row["decontextualised"], row["sentence_id"], row["claimer_id"])
        store.put_claim(row["claim_id"], Claim(row["article_id"], row["source_start"], *repeated))


def clean_text(row: Row, source: str) -> str:
    """The clean text of an article, by its offset map."""
    return "".join(source[run["source_start"] : run["source_start"] + run["length"]] for run in row["offset_map"])


def source_offsets(row: Row) -> Iterator[int]:
    """Every place of the source text that a row names, of itself or of its segments."""
    for name, value in row.items():
        if isinstance(value, list):
            for item in value:
                if isinstance(item, dict) and "source_start" in item:
                    yield item["source_start"]
                    yield item["source_end"] if "source_end" in item else item["source_start"] + item["length"]
        elif name in _PLACES and value is not None:
            yield value


_PLACES = frozenset(("source_start", "source_end", "repeats_source_start", "repeats_source_end"))


def homes(row: Row, store: Store) -> list[tuple[str, int]]:
    """The places of the articles, one an article, whose words a row is of: (article, offset in its source text)."""
    if "article_id" in row:
        return [(row["article_id"], row.get("source_start") or 0)]
    claims = [store.claim(claim) for claim in row.get("claim_ids") or [row.get("claim_a") or ""]]
    found: dict[str, int] = {}
    for claim in claims:
        if claim is not None:
            found.setdefault(claim.article_id, claim.source_start)
    return list(found.items())
