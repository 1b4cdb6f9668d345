"""What every cleaning rule decides on the pages of tests/pages and the articles of raw/, as one digest a version; and
what all of them do together.

Run as a program it brings `rule_decisions.json` up to date, and refuses a rule that decides otherwise under its old
version: removals name rule and version, so that one name must never stand for two behaviours.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from allegata.clean import citations, judged_lines, stage
from allegata.clean.page import Page
from allegata.clean.stage import PLAIN_TEXT_RULES, RULES, clean_source_text
from allegata.text.blocks import find_blocks

TESTS = Path(__file__).parent
STORE = TESTS / "rule_decisions.json"
COMMAND = "python tests/rule_decisions.py"
SETS = ("plain_text", "plain_text_40", "plain_text_48")
WHOLE = "plain text"  # all rules together, in their order


@cache
def texts() -> tuple[str, ...]:
    files = (TESTS / "pages" / f"{name}.jsonl" for name in SETS)
    pages = [page for file in files for page in file.read_text(encoding="utf-8").splitlines()]
    written = ["\n".join(line for line, _ in json.loads(page)["lines"]) for page in pages]
    articles = [path.read_bytes().decode() for path in sorted((TESTS.parent / "raw").glob("*.txt"))]
    return (*written, *articles)


def _decisions(text: str) -> Iterator[tuple[str, Any]]:
    """Rule and what it decides on the whole page: alone, so that no other rule has a part in its digest. Those of plain
    text look at what the others took."""
    page = Page(tuple(find_blocks(text)))
    for name, find in RULES:
        yield name, [_values(hit) for hit in find(page)]
    hits, references = citations.find_reference_list(page)
    found = citations.find_citations(text, page.without(hits), references)
    yield citations.NAME, [_values(item) for item in (*hits, *references, found)]
    for _, find in RULES:
        page = page.without(page.untaken(find(page)))
    for name, find in PLAIN_TEXT_RULES:
        new = page.untaken(find(page))
        yield name, [_values(hit) for hit in new]
        page = page.without(new)
    page, by_rules, _ = stage.by_rules(Page(tuple(find_blocks(text))), [], None)
    overruled, _ = judged_lines.overrule(page, by_rules)
    yield judged_lines.NAME, [(name, _values(hit)) for name, hit in overruled]
    yield WHOLE, [_values(removal) for removal in clean_source_text(text).removals]


@cache
def digests() -> dict[str, str]:
    decided: dict[str, list[Any]] = defaultdict(list)
    for text in texts():
        for name, decisions in _decisions(text):
            decided[name].append(decisions)
    return {name: _digest(decided[name]) for name in sorted(decided)}


def texts_digest() -> str:
    return _digest(texts())


def _values(decision: Any) -> Any:
    """All that a rule says of the text; confidence is the judge's alone, a sign is for other code."""
    return asdict(
        decision, dict_factory=lambda fields: [value for name, value in fields if name not in ("confidence", "sign")]
    )


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, ensure_ascii=False).encode()).hexdigest()[:16]


def stored() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(STORE.read_text(encoding="utf-8")) if STORE.exists() else {}
    return content


def updated(old: Mapping[str, Any], rules: Mapping[str, str], on: str) -> tuple[dict[str, Any], list[str]]:
    """The new content of the file, and what is refused. Versions that no rule has any more stay: none comes back.

    `on` is the digest of the texts. On other texts digests cannot be compared, and all are taken as they are.
    """
    before: dict[str, str] = old.get("rules", {})
    refused = []
    for name, digest in rules.items():
        changed = before.get(name, digest) != digest and old["texts"] == on
        if name == WHOLE:
            if changed and rules.keys() <= before.keys():
                refused.append(f"{WHOLE} is cleaned otherwise than it was: give the NAME of a rule another version")
            continue
        newest = max((_version(other) for other in before if _rule(other) == _rule(name)), default=0)
        if _version(name) < newest:
            refused.append(f"{name} is older than what is on record: give its NAME the version {newest + 1}")
        elif changed:
            refused.append(f"{name} decides otherwise than it did: give its NAME the version {newest + 1}")
    return {"texts": on, "rules": dict(sorted({**before, **rules}.items()))}, refused


def _rule(name: str) -> str:
    return name.partition("/")[0]


def _version(name: str) -> int:
    return int(name.partition("/")[2])


def main() -> None:
    content, refused = updated(stored(), digests(), texts_digest())
    if refused:
        sys.exit("\n".join(refused))
    STORE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
