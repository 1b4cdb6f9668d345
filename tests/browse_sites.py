"""Small invented versions as tables, and their pages: what tests of the pages look at."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from allegata.browse.overview import (
    Agreement,
    AttributeAgreement,
    Beside,
    Compared,
    LayerAgreement,
    Leaderboard,
    SuiteState,
    SystemScore,
    TableChange,
    TaskScores,
    VersionStep,
)
from allegata.browse.site import pages
from allegata.browse.version import Version, whole_tables
from allegata.schema.scheme import Attribute, Scheme, default_scheme
from allegata.schema.tables import LEDGER, tables_of

# Strings that would run, break out of where they stand, or turn the text around, were they not shown as text.
HOSTILE = [
    "<script>hacked()</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=hacked()>",
    "<svg onload=hacked()>",
    "<svg><script>hacked()</script></svg>",
    "<math><mi//xlink:href='data:x,hacked()'>",
    "<iframe src=javascript:hacked()></iframe>",
    "<iframe srcdoc='<script>hacked()</script>'>",
    "<object data=javascript:hacked()>",
    "<embed src=javascript:hacked()>",
    "<body onload=hacked()>",
    "<details open ontoggle=hacked()>",
    "<video><source onerror=hacked()></video>",
    "<input autofocus onfocus=hacked()>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:hacked()'>",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<style>*{display:none}</style>",
    "<form action=//evil.example>",
    "<a href=javascript:hacked()>x</a>",
    "<template><script>hacked()</script></template>",
    "<marquee onstart=hacked()>",
    '"><script>hacked()</script>',
    "'><script>hacked()</script>",
    '" onmouseover="hacked()',
    "' onfocus='hacked()' x='",
    '" autofocus onfocus=hacked() x="',
    "`-hacked()-`",
    "</title><script>hacked()</script>",
    "</p></main></body></html>",
    "</style><script>hacked()</script>",
    "</script><script>hacked()</script>",
    "</textarea><img src=x onerror=hacked()>",
    "--><img src=x onerror=hacked()>",
    "<!--",
    "]]><script>hacked()</script>",
    "<![CDATA[<img src=x onerror=hacked()>",
    "<?xml version='1.0'?>",
    "javascript:hacked()",
    "JaVaScRiPt:hacked()",
    "java\tscript:hacked()",
    " javascript:hacked()",
    "data:text/html,<script>hacked()</script>",
    "vbscript:hacked()",
    "//evil.example/x.js",
    "file:///etc/passwd",
    "https://evil.example/'><script>hacked()</script>",
    "http://[",
    "{{ 7 * 7 }}",
    "{% for x in y %}",
    "${hacked()}",
    "&lt;script&gt;hacked()&lt;/script&gt;",
    "&#60;script&#62;",
    "%3Cscript%3Ehacked()%3C/script%3E",
    "../../x",
    "\u202egnp.exe",
    "\u2066hidden\u2069 text",
    "a\u2028b\u2029c",
    "bell \x07 and \x1b[31mred",
    "main",
    "page:main",
    "show-claim",
    "constructor",
    "x#y?z=1&w",
    "a b  c",
    "\ufeffmark \u200d joiner",
    "<\x00script>",
    "<ſcript>hacked()</ſcript>",
]


@dataclass
class Corpus:
    """A version under construction: articles, and spans that are given by the words they cover."""

    scheme: Scheme = field(default_factory=default_scheme)
    name: str = "v1.0.0"
    title: str = "Invented"
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    beside: Beside = field(default_factory=Beside)

    def add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def article(self, article_id: str, text: str, **fields: Any) -> None:
        lines, place = [], 0
        for line in text.split("\n"):
            span = {"start": place, "end": place + len(line)}
            lines.append({**span, **{f"source_{name}": at for name, at in span.items()}, "zone": "body"})
            place += len(line) + 1
        fields = {"language": "en", "title": article_id, "blocks": lines, **fields}
        self.add("articles", article_id=article_id, source_text=text, text=text, **fields)

    def text(self, article_id: str) -> str:
        return next(row["source_text"] for row in self.rows["articles"] if row["article_id"] == article_id)

    def segments(self, article_id: str, *quotes: str) -> list[dict[str, Any]]:
        text = self.text(article_id)
        return [
            {"source_start": text.index(one), "source_end": text.index(one) + len(one), "surface": one}
            for one in quotes
        ]

    def claim(self, article_id: str, own: str, *quotes: str, **fields: Any) -> None:
        found = self.segments(article_id, *quotes)
        whole = {"source_start": found[0]["source_start"], "source_end": found[-1]["source_end"]}
        fields = {"claimer_id": "author", "claim_type": "reported_fact", "segments": found, **fields}
        self.add("claims", claim_id=f"{article_id}:{own}", article_id=article_id, surface=quotes[0], **whole, **fields)

    def span(self, table: str, key: str, article_id: str, own: str, quote: str, **fields: Any) -> None:
        (where,) = self.segments(article_id, quote)
        self.add(table, **{key: f"{article_id}:{own}", "article_id": article_id, **where, **fields})

    def dispute(self, dispute_id: str, question: str, kind: str, *positions: tuple[str, list[str]], **row: Any) -> None:
        claims = [claim for _, found in positions for claim in found]
        articles = sorted({claim.rpartition(":")[0] for claim in claims})
        row = {"question": question, "kind": kind, "claim_ids": claims, "article_ids": articles, **row}
        self.add("disputes", dispute_id=dispute_id, **row)
        for number, (canonical, found) in enumerate(positions):
            who = sorted({one["claimer_id"] for one in self.rows["claims"] if one["claim_id"] in found})
            taken = {"claim_ids": found, "claimer_ids": who, "supersedes": []}
            self.add(
                "positions", position_id=f"{dispute_id}-{number}", dispute_id=dispute_id, canonical=canonical, **taken
            )

    def write(self, folder: Path) -> Path:
        """The pages of it below `folder`; rows in any order."""
        key = {"entity_register": "entity_id", "disputes": "dispute_id", "positions": "position_id"}
        made = {}
        for name, schema in tables_of(self.scheme).items():
            by = key.get(name, "article_id")
            rows = sorted(self.rows.get(name, ()), key=lambda row: str(row.get(by)))
            made[name] = pa.Table.from_pylist(rows, schema=schema)
        ledger = pa.Table.from_pylist(self.rows.get("ledger", []), LEDGER)
        version = Version(self.name, self.title, whole_tables(made, self.scheme), {}, self.scheme, ledger)
        for path, data in pages(version, self.beside):
            place = folder / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
        return folder


def invented() -> Corpus:
    """Two articles that differ, one in Arabic, one under 300 spans that all overlap."""
    corpus = Corpus(beside=_beside("number of words"))
    corpus.article(
        "ferry",
        "Menu Home News\nThe ferry sank in ten minutes\nThe captain, Mara Quill, said on 3 May 2031 that the ferry, "
        "which was built in 1988, sank in ten minutes.[1]\nNobody, the port office adds, was on the upper deck.",
        title="Ferry sank in minutes",
        publisher="The Harbour Post",
        published="2031-05-03",
        story="ferry",
        author="A. Writer",
        url="https://example.org/ferry",
        confidence=0.9,
    )
    corpus.article(
        "tide",
        "Slow end of a ferry\nThe port office says that it took an hour until the ferry had sunk.",
        title="Slow end of a ferry",
        publisher="Tide",
        published="2031-05-04",
        story="ferry",
    )
    corpus.article(
        "arabic",
        "غرقت العبارة ببطء\nقال مكتب الميناء إن العبارة غرقت في ساعة كاملة.",
        title="غرقت العبارة ببطء",
        language="ar",
        publisher="المرفأ",
        story="ferry",
    )
    for entity, name in (("quill", "Mara Quill"), ("port", "port office")):
        corpus.add("entity_register", entity_id=entity, name=name, label="PERSON", description="invented")
    corpus.span(
        "removals", "removal_id", "ferry", "r001", "Menu Home News", text="Menu Home News",
        reason="navigation", rule="menu", evidence="three links",
    )  # fmt: skip
    said = {"claimer_id": "quill", "claimer_chain": ["author", "port", "quill"], "polarity": "affirmative"}
    whole = "the ferry, which was built in 1988, sank in ten minutes"
    corpus.claim("ferry", "c001", "the ferry", "sank in ten minutes.", **said)
    corpus.claim("ferry", "c002", whole, **said)
    corpus.claim("ferry", "c003", "which was built in 1988")
    corpus.claim("ferry", "c004", "Nobody", "was on the upper deck", claimer_id="port")
    corpus.claim("tide", "c001", "it took an hour until the ferry had sunk", claimer_id="port")
    corpus.claim("arabic", "c001", "العبارة غرقت في ساعة كاملة", claimer_id="port")
    corpus.span("entities", "mention_id", "ferry", "m001", "Mara Quill", entity_id="quill", label="PERSON")
    corpus.span("entities", "mention_id", "ferry", "m002", "port office", entity_id="port", label="ORG")
    corpus.span(
        "time_expressions", "time_id", "ferry", "t001", "3 May 2031", type="DATE", value="2031-05-03", edtf="2031-05-03"
    )
    corpus.span("time_expressions", "time_id", "ferry", "t002", "1988", type="DATE", value="1988", edtf="1988")
    corpus.span(
        "citations", "citation_id", "ferry", "z001", "[1]", marker="[1]", url="https://example.org/log", position=1
    )
    corpus.span(
        "attributions", "attribution_id", "ferry", "a001", f"Mara Quill, said on 3 May 2031 that {whole}",
        source=corpus.segments("ferry", "Mara Quill"), cue=corpus.segments("ferry", "said"),
        content=corpus.segments("ferry", whole), source_id="quill", attribution_type="assertion",
    )  # fmt: skip
    ten, hour = ["ferry:c001", "ferry:c002"], ["tide:c001", "arabic:c001"]
    note = {"story": "ferry", "note": "Both may be rounded.", "differs": "numeric"}
    corpus.dispute(
        "how/long", "How long did it take?", "contradiction", ("Ten minutes", ten), ("An hour", hour), **note
    )
    corpus.dispute(
        "main", "Who was on deck?", "framing", ("Nobody", ["ferry:c004"]), ("Unknown", ["arabic:c001"]), **note
    )
    text = " ".join(f"word{number:03}" for number in range(600))
    corpus.article("crowded", text, story="crowded", title="Three hundred claims that overlap")
    for number in range(300):
        quote = text[number * 8 : (number + 300) * 8 - 1]
        corpus.claim("crowded", f"c{number:03}", quote, polarity="affirmative")
    return corpus


def hostile(text: str) -> Corpus:
    """An article, its story and its scheme with `text` in every field that holds one, ids and names among them."""
    scheme = default_scheme()
    own = Attribute(f"own {text}", "label", text, {text: text})
    records = {
        record: {name: _defined(attribute, text) for name, attribute in attributes.items()} | {own.name: own}
        for record, attributes in scheme.records.items()
    }
    corpus = Corpus(replace(scheme, records=records), text, text, beside=_beside(text))
    source = f"{text}\n{text} and {text}"
    for name, schema in tables_of(corpus.scheme).items():
        row = {column.name: _filled(column.type, text) for column in schema}
        if "source_start" in row:
            row |= {"source_start": 0, "source_end": len(text)}
        for key in ("claim_id", "attribution_id", "mention_id", "time_id", "citation_id", "removal_id", "position_id"):
            if key == next(iter(row)):
                row[key] = f"{text}:{text}{key}"
        if "claim_ids" in row:
            row["claim_ids"] = [f"{text}:{text}claim_id"]
        if name == "articles":
            row |= {
                "source_text": source,
                "text": source,
                "blocks": [
                    {"start": 0, "end": len(source), "source_start": 0, "source_end": len(source), "zone": text}
                ],
            }
        corpus.add(name, **row)
    row = {column.name: _filled(column.type, text) for column in LEDGER}
    corpus.add("ledger", **{**row, "status": "removed", "canonical_id": text})
    return corpus


def _beside(text: str) -> Beside:
    scores = TaskScores(text, text, text, [SystemScore(text, text, 0.5, (0.4, 0.6))])
    step = VersionStep(text, text, text, [TableChange(text, 1, 2, {text: 1})])
    layers = [LayerAgreement(text, 0.9, 0.2, 0.8, None, 7.5)]
    compared = Compared(text, [text], 1, layers, [AttributeAgreement(text, text, 1, 1.0, None, 0.5)])
    suites, agreement = [SuiteState(text, 1, 1, [(text, 1)])], Agreement(text, [compared])
    return Beside(suites, agreement, Leaderboard(text, False, [scores]), [step])


def _defined(attribute: Attribute, text: str) -> Attribute:
    values = {**attribute.values, text: text} if attribute.values and attribute.type == "label" else attribute.values
    return replace(attribute, definition=text, values=values)


def _filled(kind: pa.DataType, text: str) -> Any:
    if pa.types.is_list(kind):
        return [_filled(kind.value_type, text)]
    if pa.types.is_struct(kind):
        return {one.name: _filled(one.type, text) for one in kind}
    if pa.types.is_string(kind):
        return text
    if pa.types.is_boolean(kind):
        return True
    return 0
