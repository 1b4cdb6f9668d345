"""The guidelines hold no answers: nothing of an annotated article stands in them, and their exercise can be solved."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from allegata.annotate.cross_article import Line, read_cross_article_draft
from allegata.annotate.draft import Sentences, padded, read_draft
from allegata.annotate.stage import annotated_articles
from allegata.recipe.build import read_corpus
from allegata.recipe.init import TEMPLATE
from allegata.schema.scheme import default_scheme
from allegata.text.offsets import OffsetMap
from allegata.text.spans import Span
from project import ROOT, read_rows

GUIDELINES = TEMPLATE / "annotations"
CORPORA = [root for root in (ROOT, ROOT / "examples" / "stories") if (root / "annotations" / "GUIDELINES.md").is_file()]
DOCUMENTS = ("GUIDELINES.md", "EXERCISE.md", "ANSWERS.md")
RUN = 5  # words in a row; fewer are an idiom that any two texts may share

_WORD = re.compile(r"\w+")
Words = tuple[str, ...]


def runs(text: str, names: Sequence[str] = ()) -> Iterator[Words]:
    """The sequences of five words of a text, but those that lie wholly inside one of the `names`."""
    of_names = {run for name in names for run in runs(name)}
    words = [word.casefold() for word in _WORD.findall(text)]
    yield from (
        run for start in range(len(words) - RUN + 1) if (run := tuple(words[start : start + RUN])) not in of_names
    )


@cache
def of_articles(root: Path) -> dict[Words, str]:
    """Every sequence of five words in the sentences of an annotated article -> the article."""
    annotated = annotated_articles(root / "annotations")
    return {
        run: article_id
        for article_id, found in read_corpus(root).sentences.items()
        if article_id in annotated
        for span in found.spans
        for run in runs(span.quote(found.text))
    }


def shared(text: str, root: Path, names: Sequence[str] = ()) -> list[str]:
    articles = of_articles(root)
    return sorted(f"{articles[run]}: {' '.join(run)}" for run in set(runs(text, names)) if run in articles)


def test_a_quotation_is_found_whatever_its_marks_and_capitals_and_a_name_is_none() -> None:
    said = "“The Court of Appeal, in Bergen” closed; nobody knew."
    assert ("closed", "nobody", "knew") not in runs(said)
    assert set(runs("the COURT of appeal in")) < set(runs(said))
    assert not set(runs("the court of appeal in Bergen", ["The Court of Appeal in Bergen"]))


@pytest.mark.parametrize("root", CORPORA, ids=lambda root: root.name)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_five_words_of_an_annotated_article_stand_in_the_guidelines(root: Path, name: str) -> None:
    names = [row["name"] for row in read_rows(root / "annotations" / "entities.jsonl")]
    assert shared((GUIDELINES / name).read_text(encoding="utf-8"), root, names) == []


@pytest.mark.parametrize("root", CORPORA, ids=lambda root: root.name)
def test_no_five_words_of_an_annotated_article_stand_in_the_register(root: Path) -> None:
    rows = read_rows(root / "annotations" / "entities.jsonl")
    names = [row["name"] for row in rows]
    found = {row["id"]: shared(row.get("description") or "", root, names) for row in rows}
    assert {entity: runs for entity, runs in found.items() if runs} == {}


@pytest.mark.parametrize("root", CORPORA, ids=lambda root: root.name)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_corpus_is_annotated_by_the_packaged_guidelines(root: Path, name: str) -> None:
    assert (root / "annotations" / name).read_bytes() == (GUIDELINES / name).read_bytes()


EXERCISE = "\n".join((GUIDELINES / name).read_text(encoding="utf-8") for name in ("EXERCISE.md", "ANSWERS.md"))
ENTITIES = {
    entity: {"id": entity, "name": name, "label": label}
    for entity, name, label in re.findall(r"^\| `([^`]+)` \| (.+?) \| (\w+) \|$", EXERCISE, re.MULTILINE)
}


def _section(title: str) -> str:
    return re.split(r"^## ", EXERCISE.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def _answers(title: str) -> list[tuple[int, dict[str, object]]]:
    block = re.findall(r"^```jsonl\n(.*?)^```", _section(title), re.MULTILINE | re.DOTALL)
    return [(number, json.loads(line)) for number, line in enumerate("".join(block).splitlines(), 1)]


def _sentences(article: str) -> Sentences:
    found = re.findall(r"^\d+\. (.+)$", _section(f"Article {article}"), re.MULTILINE)
    text, spans = "\n".join(found), []
    for sentence in found:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(sentence)))
    return Sentences(text, spans, OffsetMap.without([], len(text)))


ARTICLES = tuple(re.findall(r"^## Article (\w+)$", EXERCISE, re.MULTILINE))


def test_the_exercise_has_ten_sentences_in_two_articles() -> None:
    assert [len(_sentences(article).spans) for article in ARTICLES] == [5, 5]
    assert ENTITIES


@pytest.mark.parametrize("article", ARTICLES)
def test_the_answers_of_the_exercise_are_a_draft_without_a_fault(article: str) -> None:
    header = {"article_id": article, "guidelines": "2.0", "annotators": ["exercise"]}
    lines = _answers(f"Answers to {article}")
    found, problems = read_draft(lines, header, _sentences(article), ENTITIES, "ANSWERS.md", default_scheme())
    assert problems == []
    assert len(found.records) == len(lines) > 20


@pytest.mark.parametrize("article", ARTICLES)
def test_the_answers_of_the_exercise_obey_the_rules_on_layers_and_values(article: str) -> None:
    sentences = _sentences(article)
    layers: dict[tuple[object, bool], list[Span]] = {}
    places: dict[str, set[Span]] = {"mention": set(), "time": set()}
    for _, row in _answers(f"Answers to {article}"):
        if row["record"] in places:
            span, fault = sentences.find(row["s"], row["quote"], row.get("nth"))
            assert span is not None, fault
            layers.setdefault((row["record"], row.get("mention_type", "NAM") == "NAM"), []).append(span)
            if row["record"] == "time" or row["label"] in ("DATE", "TIME"):
                places[str(row["record"])].add(span)
        elif row["record"] == "claim":
            assert str(row["factuality_source"]).endswith("-") == (row["polarity"] == "negated")
            assert row["check_worthiness"] == 0 or row["claim_type"] not in ("demand", "prediction", "opinion")
    assert places["mention"] == places["time"]
    for spans in layers.values():
        ordered = sorted(spans)
        assert all(one.end <= two.start for one, two in pairwise(ordered))


def test_the_answers_across_articles_are_a_draft_without_a_fault() -> None:
    names = [
        f"{article}:{padded(row['id'])}"
        for article in ARTICLES
        for _, row in _answers(f"Answers to {article}")
        if row["record"] == "claim"
    ]
    claims = {name: place for place, name in enumerate(names)}
    answers = [Line("ANSWERS.md", number, row) for number, row in _answers("Answers across articles")]
    found, problems = read_cross_article_draft(answers, claims, default_scheme())
    assert problems == []
    assert len(found.propositions) + len(found.disputes) == len(answers) > 2
