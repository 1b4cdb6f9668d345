"""Hostile text in every field of every input: generated documents keep their sections, tables and front matter.

The same documents are made of plain words and of each hostile text; a Markdown parser must find the same structure.
"""

from __future__ import annotations

import os
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from markdown_it import MarkdownIt

from allegata.annotate.agreement_disputes import DisputeRow
from allegata.annotate.agreement_figures import AttributeRow, ClusterRow, SpanRow
from allegata.annotate.agreement_report import Annotator, Aside, Comparison, Report
from allegata.annotate.agreement_tables import first_table, markdown
from allegata.measures.agreement import ALL
from allegata.publish.card.facts import CardData, CardFacts
from allegata.publish.card.render import render_card
from allegata.publish.card.verification import verify_card
from allegata.publish.card.version import render_version_card
from allegata.publish.counts import count
from allegata.publish.diff.changelog import _entry
from allegata.publish.manifest import read_manifests
from allegata.publish.measured import install_leaderboard, install_pre_annotation
from allegata.publish.pins import read_pins
from allegata.recipe.init import init
from allegata.schema.problems import UsageError
from allegata.schema.responsible_ai import PROPERTIES
from allegata.schema.scheme import Scheme, default_scheme
from allegata.schema.settings import Settings, read_settings
from allegata.schema.tables import LEDGER
from allegata.schema.toml_files import CONTROL
from hostile_strings import HOSTILE, MARKERS
from publish_samples import SIMILAR, changed, make_tables, published
from test_publish_leaderboard import facts_of
from test_publish_pre_annotation import FACTS

PLAIN = "plain words"
# Each of them in every place of a syntax is tested in test_schema_markup.py; here that every field has its place. With
# all of them: ALLEGATA_ALL_HOSTILE=1.
SOME = HOSTILE if os.environ.get("ALLEGATA_ALL_HOSTILE") else (*MARKERS[:6:2], *HOSTILE[len(MARKERS) :: 6])
PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
# What a text may be where it is shown: these tokens are not counted. A description has paragraphs.
_ANY = {"text", "text_special", "code_inline", "softbreak", "inline", "paragraph_open", "paragraph_close"}
# Settings of a form that is checked when they are read (`settings`), each with the worst that the form allows.
FORMED: dict[str, Any] = {
    "name": "corpus",
    "language": ("en",),
    "licence": "other",
    "licence_url": "https://example.org/a|b`*_x](y)\\[z](<i>\u202e",
    "homepage": "https://example.org/<!--|`*",
    "contact": "a|b`*_x](y)\\[z]!--@-->",
    "published": "2031-05-01",
    "split_by": None,
    "invented": False,
    "low_confidence": 0.8,
    "follow_links": False,
    "story_titles": {},
    "corpus_version": None,
}
LISTS = ("authors", "tags")


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile-documents")
    published(folder)
    return folder


def settings_with(text: str) -> Settings:
    """Every setting: of the text, or of a form of its own."""
    given = {one.name: (text,) if one.name in LISTS else text for one in fields(Settings) if one.name not in FORMED}
    given["citation"] = f"See {text}"  # what begins with @ is BibTeX
    return Settings(**{**given, **FORMED, "responsible_ai": dict.fromkeys(PROPERTIES, (text, text))})


def scheme_with(text: str) -> Scheme:
    """The default scheme, whose definitions and uses are the text."""
    records = {
        record: {
            name: replace(one, definition=text, use=text, values=one.values and dict.fromkeys(one.values, text))
            for name, one in attributes.items()
        }
        for record, attributes in default_scheme().records.items()
    }
    return Scheme(records, {text: text})


def leaderboard_with(root: Path, text: str) -> dict[str, Any]:
    facts = facts_of(read_manifests(root / "corpus")[-1])
    task = facts["tasks"]["claim-spans"]
    systems = [
        {**one, "system": f"{one['system']} {text}", "method": text, "trained_on": [text]} for one in task["systems"]
    ]
    said = dict.fromkeys(("question", "measure", "interval", "across", "test"), text)
    floor = {"floor": systems[1]["system"], "system": systems[0]["system"], "difference": 0.4, "p": 0.3, "clear": False}
    task = {**task, **said, "systems": systems, "floor": floor, "pinned": [text]}
    return {**facts, "scorer": dict.fromkeys(facts["scorer"], text), "tasks": {f"task {text}": task}}


def pre_annotation_with(text: str) -> dict[str, Any]:
    [system] = FACTS["systems"]
    layers = {text: next(iter(system["layers"].values()))}
    return {**FACTS, "version": text, "systems": [{**system, "name": text, "layers": layers}]}


def agreement_with(text: str) -> Report:
    """Two comparisons in which every name is the text."""
    spans = (SpanRow(text, ALL, 0.5, 0.5, 9, 0.5, 0.5, 0.5, 2.0), SpanRow(text, "a1", None, None, 9, 1, 1, 1, 2.0))
    attributes = (AttributeRow(text, text, ALL, 3, text, 0.5, 0.5, -0.25, 0.5),)
    clusters = (ClusterRow(text, ALL, 1.0, 1.0, 1.0, 1.0, 1.0),)
    disputes = (DisputeRow(text, 1, 1, 1, 1.0, 1, 1.0),)
    figures = (spans, attributes, clusters, disputes)
    found = tuple(
        Comparison((f"x {text}",), text, (text, text), ("a1",), (Aside(text, text),), common, *figures)
        for common in (True, False)
    )
    return Report(f"x {text}", (Annotator(text, text, text),) * 2, found, (text,))


def facts_with(root: Path, text: str) -> CardFacts:
    rows = [{"id": f"{kind} {text}", "kind": kind, "description": text} for kind in ("human", text)]
    who = (rows[0]["id"], rows[1]["id"])
    report = agreement_with(text)
    return CardFacts(
        settings_with(text),
        annotators=tuple(rows),
        passes={f"x {text}": who, "two": who[:1]},
        gold={"a1": who, "a2": (who[0],)},
        passed={"a1": 2, "a2": 1},
        agreement=first_table(report),
        agreement_figures=markdown(report),
        pre_annotation=pre_annotation_with(text),
        guidelines={f"x {text}": (text,), "two": (text,)},
        most_similar=SIMILAR,
        divided=(text, None),
        leaderboard=leaderboard_with(root, text),
    )


def card_with(root: Path, text: str, facts: CardFacts | None = None) -> dict[str, bytes]:
    scheme = scheme_with(text)
    tables = changed(make_tables(), "articles", "a1", title=text, publisher=text, author=text, story=f"x {text}")
    tables = changed(tables, "articles", "a2", rights=text, ai_disclosure=text, story="two")
    data = CardData(
        facts or facts_with(root, text),
        count(tables, scheme),
        read_pins(root),
        LEDGER.empty_table(),
        read_manifests(root / "corpus"),
    )
    return render_card(data)


def body(document: str) -> str:
    """Without the front matter, as the Hub cuts it off."""
    return document.split("\n---\n", 1)[1] if document.startswith("---\n") else document


def structure(document: str) -> list[str]:
    """Every token but text, with the level of headings and what a fence holds; comments that are marks of ours too."""
    found = []
    for token in PARSER.parse(body(document)):
        for one in (token, *(token.children or ())):
            if one.type not in _ANY:
                found.append(f"{one.type} {one.tag} {one.content if one.type.startswith('html') else ''}".strip())
    return found


@pytest.fixture(scope="module")
def plain(root: Path) -> dict[str, list[str]]:
    return {name: structure(data.decode()) for name, data in card_with(root, PLAIN).items()}


@pytest.mark.parametrize("text", SOME)
def test_card_and_pages_have_the_structure_that_plain_words_give_them(
    text: str, root: Path, plain: dict[str, list[str]]
) -> None:
    made = card_with(root, text)
    assert {name: structure(data.decode()) for name, data in made.items()} == plain
    assert len(plain) > 10
    for name in ("dataset_card.md", "corpus/README.md"):
        matter = yaml.safe_load(made[name].decode()[4:].split("\n---\n", 1)[0])
        assert (matter["pretty_name"], matter["tags"]) == (text, [text])


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\u2028", "\v", "\x85"])
def test_a_description_of_an_annotator_of_several_lines_breaks_no_table(newline: str, root: Path) -> None:
    """Of the fields of a corpus this one alone is hostile, and the row that it is in is one line."""
    lines = ("reads | by day", "", "| a | b |", "|---|---|", *MARKERS[:2], "## A heading", "```", "- an item", "last")
    facts = facts_with(root, PLAIN)

    def made(description: str) -> dict[str, bytes]:
        rows = tuple({**row, "description": description} for row in facts.annotators)
        return card_with(root, PLAIN, replace(facts, annotators=rows))

    hostile, plain = made(newline.join(lines)), made(PLAIN)
    assert {name: structure(data.decode()) for name, data in hostile.items()} == {
        name: structure(data.decode()) for name, data in plain.items()
    }
    changed_pages = [name for name in plain if hostile[name] != plain[name]]
    assert changed_pages == ["corpus/card/annotators.md"]
    rows = [line for line in hostile[changed_pages[0]].decode().splitlines() if "reads" in line]
    assert len(rows) == len(facts.annotators)
    assert all(row.startswith("| ") and row.endswith("last |") for row in rows)


@pytest.mark.parametrize("text", SOME[:6])
def test_what_is_measured_twice_is_in_the_card_once(text: str, root: Path) -> None:
    """Of a card full of the text, and of figures full of it."""
    facts = replace(facts_with(root, PLAIN), settings=settings_with(text), leaderboard=None, pre_annotation=None)
    empty = card_with(root, text, facts)
    both = replace(facts, leaderboard=leaderboard_with(root, text), pre_annotation=pre_annotation_with(text))
    expected = card_with(root, text, both)
    for name, data in empty.items():
        (root / name).write_bytes(data)
    for _ in range(2):
        install_leaderboard(root, leaderboard_with(root, text), replace=True)
        install_pre_annotation(root, pre_annotation_with(text))
        for name in ("dataset_card.md", "corpus/README.md"):
            assert (root / name).read_bytes() == expected[name]
    for name, data in expected.items():
        (root / name).write_bytes(data)
    assert [one.what for one in verify_card(root / "corpus", read_manifests(root / "corpus"))] == []


@pytest.mark.parametrize("citation", [f"@misc{{x,\n{text}\n```\n````\n}}" for text in MARKERS[:6:2]])
def test_a_mark_in_an_entry_of_bibtex_is_no_place_of_a_section(citation: str, root: Path) -> None:
    facts = CardFacts(replace(settings_with(PLAIN), citation=citation))
    empty = card_with(root, PLAIN, facts)
    for name, data in empty.items():
        (root / name).write_bytes(data)
    install_pre_annotation(root, FACTS)
    after = card_with(root, PLAIN, replace(facts, pre_annotation=FACTS))
    assert (root / "dataset_card.md").read_bytes() == after["dataset_card.md"]


def changes_with(text: str) -> dict[str, Any]:
    table = {"before": 1, "after": 2, "rows": {"added": 1}, "cells": {text: {"changed": 1}}, "uncompared": [text]}
    labels = {text: [{"old": text, "new": None, "count": 1}]}
    return {
        "version": "0.2.0",
        "before": "0.1.0",
        "least_bump": "major",
        "reason": text,
        "schema": [{"declared": "column", "kind": "added", "name": text}],
        "splits": {text: text},
        "articles": {"added": [text]},
        "tables": {"articles": {**table, "labels": labels}, f"x {text}": {**table, "labels": {}}},
    }


@pytest.mark.parametrize("text", SOME)
def test_readme_of_a_version_and_the_changelog_have_their_structure(text: str, root: Path) -> None:
    def made(text: str) -> list[list[str]]:
        manifest = read_manifests(root / "corpus")[-1]
        summary = CardFacts(settings_with(text)).summary(count(make_tables(), default_scheme()))
        version = render_version_card("0.1.0", manifest.tables, summary).decode()
        return [structure(version), structure(_entry(changes_with(text)))]

    assert made(text) == made(PLAIN)


@pytest.mark.parametrize("text", SOME)
def test_a_new_corpus_has_its_title_and_no_markup_of_it(text: str, tmp_path: Path) -> None:
    init(tmp_path / "plain", name="n", title=PLAIN)
    hostile = {"title": text, "subject": text, "language": ["en"]}
    if CONTROL.search(text):
        with pytest.raises(UsageError, match="has a control character"):
            init(tmp_path / "hostile", name="n", **hostile)  # type: ignore[arg-type]
        return
    init(tmp_path / "hostile", name="n", **hostile)  # type: ignore[arg-type]
    found, expected = ((tmp_path / name / "README.md").read_text("utf-8") for name in ("hostile", "plain"))
    assert structure(found) == structure(expected)
    assert read_settings(tmp_path / "hostile").title == " ".join(text.split())
