"""Web archives: the pages of a `.warc`, packed or not, one record in memory at a time.

Taken are responses with status 200 that hold a page or a text, and `resource` and `conversion` records of the web
(Common Crawl's WET files). Other records are passed over and counted; one that holds only a part of its page is a
problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from allegata.ingest.advice import beyond, leave_out
from allegata.ingest.fields import read_fields
from allegata.ingest.http_body import PackingError, plain_body
from allegata.ingest.warc_records import Gap, Record, read_records
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem

MEDIA_TYPES = ("text/html", "application/xhtml+xml", "text/plain")
# Records about a crawl and its pages. Next to pages they are not counted: an archive has one of them for every page.
_ABOUT = ("warcinfo", "request", "metadata")
# wget keeps its log and its arguments as resources of the scheme metadata:, Browsertrix the texts of pages as urn:.
_WEB = re.compile(r"(?:https?|ftps?|file|gopher|gemini):", re.IGNORECASE)
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})\b")
_HEAD_END = re.compile(rb"\n\r{0,2}\n")
_PAGE = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,1000}?-->\s*)?<(?:!doctype html|html|head|body)\b", re.I | re.S)
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_FIX = "fetch the archive again, or add what can be read with --skip-bad"


@dataclass(frozen=True)
class Fetched:
    """One page as it was fetched. `place` is its record: file and byte offset; `day` is YYYY-MM-DD."""

    data: bytes
    content_type: str
    url: str | None
    day: str | None
    place: str


@dataclass(frozen=True)
class PassedOver:
    """A record that is fine and holds no page, and why."""

    why: str


def read_warc(path: Path, limits: Limits = DEFAULTS) -> Iterator[Fetched | PassedOver | Problem]:
    """The pages of an archive, in order, what is passed over, and what cannot be read."""
    with path.open("rb") as file:
        yield from read_stream(file, path.name, limits)


def read_stream(file: IO[bytes], name: str, limits: Limits = DEFAULTS) -> Iterator[Fetched | PassedOver | Problem]:
    """The pages of an archive that is open as `file`, which can be sought."""
    counted, about = 0, 0
    for record in read_records(file, limits.article_bytes):
        if isinstance(record, Gap):
            found: Fetched | PassedOver | Problem = Problem(record.what, _FIX, file=name)
        elif record.fields.get("warc-type", "").lower() in _ABOUT and not record.fault:
            about += 1
            continue
        else:
            found = _read(record, f"{name}@{record.place.replace(',', '')}", limits)
        counted += 1
        yield found
    if not counted:
        yield PassedOver(f"an archive of records about a crawl alone ({', '.join(_ABOUT)})")


def _read(record: Record, place: str, limits: Limits) -> Fetched | PassedOver | Problem:
    """What a record holds."""
    fields = record.fields
    kind, url = fields.get("warc-type", "").lower(), _address(fields)
    content_type = fields.get("content-type", "")
    if record.fault or not kind:
        return Problem(record.fault or "states no WARC-Type", _FIX, file=place)
    if kind not in ("response", "resource", "conversion"):
        return PassedOver(f"a {kind[:60]} record")
    status, http, body = _parted(record.block)
    if status is not None:
        content_type = http.get("content-type", "")
    if status not in (None, 200):
        return PassedOver(f"status {status}")
    if status is None and kind == "response" and "http" in content_type:
        return PassedOver("no HTTP response")
    if kind == "resource" and url and not _WEB.match(url):
        return PassedOver(f"a resource of no site: {url.partition(':')[0][:60]}")
    content_type = content_type or fields.get("warc-identified-payload-type", "")
    content_type = content_type or ("text/html" if _PAGE.match(body) else "")
    media_type = re.split("[;,]", content_type)[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        return PassedOver("not a page: " + (media_type[:60] or "no media type"))
    if record.length > limits.article_bytes:
        return beyond(limits.excess("article-bytes", record.length, verb="states"), place)
    if fault := _cut(fields):
        return Problem(fault, _FIX, file=place)
    try:
        body = plain_body(body, http, is_length_known=not record.converted, limits=limits)
    except PackingError as error:
        fix = f"{leave_out('')}; or {error.fix}" if error.fix else _FIX
        return Problem(f"cannot be unpacked: {error}", fix, file=place)
    day = _DAY.match(fields.get("warc-date", ""))
    return Fetched(body, content_type, url, day.group() if day else None, place)


def _parted(block: bytes) -> tuple[int | None, dict[str, str], bytes]:
    """Status, fields and body of an HTTP answer; no status and the block as it is if it is none."""
    status = _STATUS.match(block)
    if not status:
        return None, {}, block
    end = _HEAD_END.search(block)
    head, body = (block[: end.end()], block[end.end() :]) if end else (block, b"")
    return int(status.group(1)), read_fields(head.partition(b"\n")[2]), body


def _cut(fields: dict[str, str]) -> str:
    """Why a record holds only a part of its page; empty if it holds all."""
    if reason := fields.get("warc-truncated"):
        return f"is truncated by the crawler (WARC-Truncated: {reason[:60]})"
    if fields.get("warc-segment-number"):
        return "is one segment of a record, the rest is in others (WARC-Segment-Number)"
    return ""


def _address(fields: dict[str, str]) -> str | None:
    # Some crawlers put the address in the brackets of the standard's first grammar, or leave blanks in it.
    return fields.get("warc-target-uri", "").strip(" <>").replace(" ", "%20") or None
