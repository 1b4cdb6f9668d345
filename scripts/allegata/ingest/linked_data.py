"""What the JSON-LD of a page states about its article (schema.org), each thing of the article alone.

The nodes of all scripts make one graph. One of them is the article: of its kind, and with the page's address or its
headline where there are several. Its authors are the values of its own `author`, looked up by `@id`; a person of the
story, a commentator or the author of another article in the same graph is not one of them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import unescape
from typing import Any

# No pattern here looks twice at what it has passed.
_WRAPPING = re.compile(r"\s*+(?:(?://|/\*)?\s*+<!\[CDATA\[\s*+(?:\*/)?|<!--)?\s*+")
_DECODER = json.JSONDecoder(strict=False)
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*+"?|,(?=\s*+[}\]])', re.DOTALL)
# Kinds of an article, the surest first, then of the page it stands on. Others are people, sites, lists.
_ARTICLES = ("NewsArticle", "Article", "BlogPosting", "Report", "Review", "Recipe", "HowTo", "CreativeWork", "Question")
_PAGES = ("QAPage", "WebPage", "ItemPage", "Page")
# Under these an article has other articles and what others say of it.
_OTHERS = frozenset(
    [
        "itemListElement",
        "isRelatedTo",
        "relatedLink",
        "hasPart",
        "comment",
        "review",
        "reviews",
        "mentions",
        "about",
        "citation",
        "isBasedOn",
        "subjectOf",
        "workExample",
        "suggestedAnswer",
        "acceptedAnswer",
        "breadcrumb",
        "potentialAction",
        "video",
        "image",
        "associatedMedia",
        "sharedContent",
    ]
)
_MOST_NODES, _MOST_NAMES = 5_000, 40


def letters_of(text: str) -> str:
    """The letters and digits of `text`, case folded: what two ways of writing the same share."""
    return "".join(filter(str.isalnum, text.casefold()))


@dataclass(frozen=True)
class LinkedArticle:
    """What JSON-LD states about an article; empty or None for what it does not."""

    headline: str | None = None
    authors: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    publisher: str | None = None
    address: str | None = None
    tags: tuple[str, ...] = ()


def linked_article(scripts: Iterable[str], address: str | None, titles: Iterable[str]) -> LinkedArticle:
    """The article that the JSON-LD `scripts` of a page describe. `address` and `titles` are those of the page."""
    nodes = list(_nodes([found for script in scripts if (found := _read(script)) is not None]))
    by_id: dict[str, Mapping[str, Any]] = {}
    for node, _ in nodes:
        if isinstance(key := node.get("@id"), str) and len(node) > 1:
            by_id.setdefault(key, node)
    own = [node for node, is_other in nodes if not is_other]
    found = _article(own, address, [letters_of(title) for title in titles])
    pages = [node for node in own if _rank(node, _PAGES) is not None]
    page = pages[0] if pages else {}
    if found is None and not page:
        return LinkedArticle(publisher=_site(own))
    main = found or page
    authors = _names(
        main.get("author") or main.get("creator") or (page.get("author") if found is None else None), by_id
    )
    days = [_text(one.get(key)) for one in (main, page) for key in ("datePublished", "dateCreated")]
    return LinkedArticle(
        headline=_text(main.get("headline")) or (_text(main.get("name")) if found else None),
        authors=tuple(authors),
        published=tuple(day for day in days if day),
        publisher=next(_names(main.get("publisher") or page.get("publisher"), by_id), None) or _site(own),
        address=_text(main.get("url")),
        tags=tuple(
            tag for one in (main, page) for key in ("keywords", "articleSection") for tag in _texts(one.get(key))
        ),
    )


def _read(script: str) -> Any:
    """The value of one script; None if it holds no JSON, also without its wrapping, trailing commas and entities."""
    text = _WRAPPING.sub("", script, count=1)
    for repair in (str, _outside_strings, unescape):
        text = repair(text)
        with suppress(ValueError, RecursionError):
            return _DECODER.raw_decode(text)[0]  # what follows the value is none of ours
    return None


def _outside_strings(text: str) -> str:
    """`text` without commas before a closing bracket, but those in strings."""
    return _STRING_OR_COMMA.sub(lambda match: "" if match[0] == "," else match[0], text)


def _nodes(values: list[Any]) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Every object, outer ones first, and whether it stands below something that is another article's."""
    level = [(value, False) for value in values]
    count = 0
    while level and count < _MOST_NODES:
        below: list[tuple[Any, bool]] = []
        for value, is_other in level:
            if isinstance(value, dict):
                count += 1
                yield value, is_other
                for key, one in value.items():
                    if isinstance(one, (dict, list)):
                        below.append((one, is_other or key in _OTHERS or key in ("author", "publisher")))
            elif isinstance(value, list):
                below += [(one, is_other) for one in value]
        level = below


def _article(nodes: list[Mapping[str, Any]], address: str | None, titles: list[str]) -> Mapping[str, Any] | None:
    """The node of the page's own article, None if several may be it."""
    ranked = sorted(
        ((rank, number) for number, node in enumerate(nodes) if (rank := _rank(node, _ARTICLES)) is not None)
    )
    articles = [nodes[number] for _, number in ranked]
    if len(articles) < 2:
        return articles[0] if articles else None
    if address:
        own = _bare(address)
        for node in articles:
            if own in {_bare(one) for one in _addresses(node)}:
                return node
    for node in articles:
        headline = letters_of(_text(node.get("headline")) or _text(node.get("name")) or "")
        if headline and any(headline in title or title in headline for title in titles if title):
            return node
    best = ranked[0][0]
    return articles[0] if sum(rank == best for rank, _ in ranked) == 1 else None


def _rank(node: Mapping[str, Any], kinds: tuple[str, ...]) -> int | None:
    """The place of the first of `kinds` that is a type of `node`, or the end of one ("TechArticle")."""
    for kind in _texts(node.get("@type")):
        name = kind.rpartition("/")[2].rpartition(":")[2]
        for number, known in enumerate(kinds):
            if name == known or (known in ("Article", "Page") and name.endswith(known)):
                return number
        if kinds is _ARTICLES and name.endswith("Posting"):
            return kinds.index("BlogPosting")
    return None


def _addresses(node: Mapping[str, Any]) -> Iterator[str]:
    for value in (node.get("url"), node.get("@id"), node.get("mainEntityOfPage")):
        if isinstance(value, dict):
            value = value.get("@id") or value.get("url")
        if isinstance(value, str):
            yield value


def _bare(address: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[#?].*$|/$", "", address.partition("#")[0].strip()).rstrip("/").casefold()


def _names(value: Any, by_id: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The names of people or organisations: texts, objects, or references to objects of the graph."""
    level = value if isinstance(value, list) else [value]
    for one in level[:_MOST_NAMES]:
        if isinstance(one, dict):
            named = one if one.get("name") or not isinstance(one.get("@id"), str) else by_id.get(one["@id"], {})
            parts = (_text(named.get(key)) for key in ("givenName", "familyName"))
            whole = _texts(named.get("name")) or [" ".join(filter(None, parts))]
            yield from (name for text in whole if (name := _text(text)))
        elif isinstance(one, str) and (name := _text(by_id[one].get("name") if one in by_id else one)):
            yield from () if name.startswith(("http://", "https://", "#", "/", "_:")) else (name,)


def _site(nodes: list[Mapping[str, Any]]) -> str | None:
    return next(
        (name for node in nodes if "WebSite" in _texts(node.get("@type")) and (name := _text(node.get("name")))), None
    )


def _texts(value: Any) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]


def _text(value: Any) -> str | None:
    """The first text of a value, without markup, entities and doubled blanks; None without one."""
    first = next(iter(_texts(value)), None)
    if first is None and isinstance(value, dict):
        first = next(iter(_texts(value.get("@value"))), None)
    plain = " ".join(re.sub(r"<[^<>]*>", " ", unescape(first or "")).split())
    return plain or None
