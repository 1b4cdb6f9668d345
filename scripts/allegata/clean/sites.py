"""What recurs on the sites of a table's pages: counted over the blocks of any number of tables, by keys alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import pyarrow as pa

from allegata.clean.web.article import PageFacts, find_article
from allegata.clean.web.site_boilerplate import LEAST_PAGES, Site, host_of, least, page_keys
from allegata.text.blocks import find_blocks
from allegata.text.page_blocks import Judgement, PageBlock

BLOCK_KEYS = pa.schema([("article_id", pa.string()), ("host", pa.string()), ("key", pa.int64())])


def web_facts(table: pa.Table, sites: Mapping[str, Site]) -> list[PageFacts | None]:
    """What ingestion learned about each web page of `table`, with what recurs on its site; None for plain text.

    Reads `page_blocks`, `judgement`, `title`, `url` and `source_text`; a table without pages may lack the first two.
    """
    if "page_blocks" not in table.column_names:
        return [None] * table.num_rows
    rows = table.select(["title", "url", "page_blocks", "judgement"]).to_pylist()
    return [
        replace(_facts(row), site=sites.get(host_of(row["url"]) or "")) if row["page_blocks"] is not None else None
        for row in rows
    ]


def hosts(table: pa.Table) -> list[str | None]:
    """The site of each article that is a web page and has an address."""
    if "page_blocks" not in table.column_names:
        return [None] * table.num_rows
    is_page = table["page_blocks"].is_valid().to_pylist()
    return [host_of(url) if page else None for url, page in zip(table["url"].to_pylist(), is_page, strict=True)]


def many_pages(hosts: Iterable[str | None]) -> dict[str, int]:
    """The sites with enough pages to tell what recurs, and how many they have."""
    return {host: pages for host, pages in Counter(filter(None, hosts)).items() if pages >= LEAST_PAGES}


def block_keys(table: pa.Table, pages: Mapping[str, int]) -> pa.Table:
    """article_id, host, key: one row for every block of every page of the sites `pages`, each once a page."""
    ids: list[str] = []
    names: list[str] = []
    keys: list[int] = []
    given = (table[name].to_pylist() for name in ("article_id", "source_text"))
    for article_id, text, facts, host in zip(*given, web_facts(table, {}), hosts(table), strict=True):
        if facts and host and host in pages:
            here = page_keys(host, find_article(tuple(find_blocks(text)), facts).page)
            ids += [article_id] * len(here)
            names += [host] * len(here)
            keys += sorted(here)
    return pa.table([ids, names, keys], schema=BLOCK_KEYS)


def recurring(keys: pa.Table, pages: Mapping[str, int]) -> pa.Table:
    """host, key, count: the blocks that recur on their site, of all rows of `block_keys` with the same keys."""
    counts = keys.group_by(["host", "key"]).aggregate([([], "count_all")]).rename_columns(["host", "key", "count"])
    enough = [count >= least(pages[host]) for host, _, count in zip(*counts.to_pydict().values(), strict=True)]
    return counts.filter(pa.array(enough, pa.bool_()))


def sites_from(recurring: Iterable[pa.Table], pages: Mapping[str, int]) -> dict[str, Site]:
    """The sites whose recurring blocks are known."""
    blocks: dict[str, dict[int, int]] = {}
    for row in (row for table in recurring for row in table.to_pylist()):
        blocks.setdefault(row["host"], {})[row["key"]] = row["count"]
    return {host: Site(host, pages[host], found) for host, found in blocks.items()}


def sites_of(table: pa.Table) -> dict[str, Site]:
    """The sites of the pages of one table."""
    pages = many_pages(hosts(table))
    return sites_from([recurring(block_keys(table, pages), pages)], pages) if pages else {}


def _facts(row: Mapping[str, Any]) -> PageFacts:
    return PageFacts(
        tuple(PageBlock(**block) for block in row["page_blocks"]),
        Judgement.of(row["judgement"]),
        row["title"],
    )
