"""The floors that a stranger would try first, on a corpus where each of them is right about something."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import Any

import pyarrow as pa
import pytest

from allegata.benchmark.baselines.registry import FLOORS, READERS, run_baseline
from allegata.benchmark.scoring import score
from allegata.benchmark.tasks import TASKS, gold_of
from allegata.measures.matching import LabelledSpan
from allegata.schema.published import PublishedCorpus
from allegata.text.spans import Span

LINES = (
    ("title", "Mill burns down"),
    ("body", "Ann Lee said the old mill burned. The mayor of Ulm wept."),
    ("heading", "What Ann Lee said of the mill"),
    ("body", "It rained for 3 days."),
    ("list_item", "Ulm has no fire brigade, Bo said"),
)
ATTRIBUTED = ("Ann Lee", "Bo said")


def _corpus(*articles: str) -> PublishedCorpus:
    tables: dict[str, list[dict[str, Any]]] = {name: [] for name in ("articles", "sentences", "claims", "entities")}
    text = "\n".join(line for _, line in LINES)
    for article in articles:
        blocks, start, number = list[dict[str, Any]](), 0, 0
        for zone, line in LINES:
            blocks.append({"start": start, "end": start + len(line), "zone": zone})
            for part in line.split(". ") if zone == "body" else [line]:
                begin = text.index(part, start)
                row = {"sentence_id": f"{article}.{number}", "article_id": article, "text": part, "zone": zone}
                tables["sentences"].append(row | {"start": begin, "end": begin + len(part)})
                if zone != "heading":
                    claim = {"claim_id": f"{article}.c{number}", "article_id": article, "start": begin}
                    claim |= {"sentence_id": row["sentence_id"], "check_worthy": zone == "body", "claim_type": zone}
                    claim["attribution_id"] = "b" if any(words in part for words in ATTRIBUTED) else None
                    claim["segments"] = [{"start": begin, "end": begin + len(part), "surface": part}]
                    tables["claims"].append(claim)
                number += 1
            start += len(line) + 1
        row = {"article_id": article, "cluster_id": article, "text": text, "blocks": blocks}
        tables["articles"].append(row)
        for quote, label, kind in (("Ann Lee", "PERSON", "NAM"), ("Ulm", "GPE", "NAM"), ("The mayor", "PERSON", "NOM")):
            place = {"start": text.index(quote), "end": text.index(quote) + len(quote)}
            tables["entities"].append({"article_id": article, "label": label, "mention_type": kind} | place)
    return PublishedCorpus("v0", {name: pa.Table.from_pylist(rows) for name, rows in tables.items()})


CORPUS = _corpus("a", "b")
SENTENCES = ("attributed-sentences", "check-worthiness")


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences_of_headings_are_not_asked(name: str) -> None:
    gold = gold_of(TASKS[name], CORPUS)
    assert [i for i in gold.order if i.startswith("a.")] == ["a.0", "a.1", "a.2", "a.4", "a.5"]


def test_a_sentence_is_attributed_that_holds_a_claim_with_an_attribution() -> None:
    gold = gold_of(TASKS["attributed-sentences"], CORPUS)
    assert [i for i in gold.order if gold.label[i] == "true"] == ["a.1", "a.5", "b.1", "b.5"]


def test_every_task_on_sentences_and_claims_has_the_floors_of_place_and_length() -> None:
    for task in (*SENTENCES, "claim-type"):
        assert set(FLOORS[task]) >= {"majority", "random", "zone", "position", "length", "lead"}
    assert all(FLOORS[task] and READERS[task] for task in TASKS)


@pytest.mark.parametrize(
    ("name", "first", "labelled"),
    [
        ("zone", ["a.1", "a.2", "a.4"], ["a.1", "a.2", "a.4"]),  # all of the body is worth a check
        ("lead", ["a.0", "a.1", "a.2"], ["a.0", "a.1", "a.2", "a.4", "a.5"]),
        ("position", ["a.0", "a.1", "a.2"], ["a.0", "a.1", "a.2", "a.4"]),
        ("length", ["a.1", "a.5", "a.2"], ["a.1", "a.2", "a.4", "a.5"]),
        ("numbers", ["a.4", "a.0", "a.1"], ["a.0", "a.1", "a.2", "a.4", "a.5"]),
    ],
)
def test_a_floor_ranks_sentences_by_nothing_but_its_mark(name: str, first: list[str], labelled: list[str]) -> None:
    task = TASKS["check-worthiness"]
    found = run_baseline(name, task, CORPUS).predictions
    ids = [i for i in found.score if i.startswith("a.")]
    order = gold_of(task, CORPUS).order
    assert sorted(ids, key=lambda i: (-found.score[i], order.index(i)))[:3] == first
    assert [i for i in order if i.startswith("a.") and found.label[i] == "true"] == labelled


def test_quotation_marks_are_counted_in_every_form() -> None:
    rows = CORPUS.tables["sentences"].to_pylist()
    quoted = {"1": "“Burned”, Ann Lee said, “all of it”", "5": "Bo: «no brigade»", "2": "The mayor's wept"}
    rows = [{**row, "text": quoted.get(row["sentence_id"][2:], row["text"])} for row in rows]
    corpus = replace(CORPUS, tables={**CORPUS.tables, "sentences": pa.Table.from_pylist(rows)})
    found = run_baseline("quotes", TASKS["attributed-sentences"], corpus).predictions
    assert {i: found.score[i] for i in found.score if found.score[i]} == {"a.1": 4, "a.5": 2, "b.1": 4, "b.5": 2}
    assert found.label == gold_of(TASKS["attributed-sentences"], corpus).label


def _pairs(mark: str) -> PublishedCorpus:
    """Claims 0 to 5 of each of three articles in pairs (0, 1), (2, 3), (4, 5): what they share is told by one mark."""
    claims, relations = list[dict[str, Any]](), list[dict[str, Any]]()
    for article in "abc":
        for number in range(6):
            claim = {"claim_id": f"{article}{number}", "article_id": article, "start": number, "claimer_id": "author"}
            claim |= {"claim_type": "opinion", "segments": [{"surface": "one two three"}]}
            if number == 3:
                claim |= {"claimers": {"claimer_id": "mill"}, "types": {"claim_type": "demand"}}.get(mark, {})
                claim |= {"length": {"segments": [{"surface": "one"}]}}.get(mark, {})
            claims.append(claim)
        for a, b, relation in ((0, 1, "tension"), (2, 3, "contradiction"), (4, 5, "tension")):
            pair = {"relation_id": f"{article}{a}+{article}{b}", "relation": relation}
            relations.append(pair | {"claim_a": f"{article}{a}", "claim_b": f"{article}{b}"})
    articles = [{"article_id": name, "cluster_id": name} for name in "abc"]
    tables = {"articles": articles, "claims": claims, "relations": relations}
    return PublishedCorpus("v0", {name: pa.Table.from_pylist(rows) for name, rows in tables.items()})


@pytest.mark.parametrize("name", ["claimers", "types", "length"])
def test_a_floor_of_pairs_sees_one_mark_of_its_claims_and_no_other(name: str) -> None:
    task = TASKS["claim-relations"]
    for mark in ("claimers", "types", "length"):
        corpus = _pairs(mark)
        official = score(task, run_baseline(name, task, corpus).predictions, gold_of(task, corpus), corpus).official
        assert official == (1 if mark == name else pytest.approx(0.4))  # tension alone, F1 .8


def test_a_name_inside_a_description_is_found_beside_it() -> None:
    rows = CORPUS.tables["entities"].to_pylist()
    text = CORPUS.texts["a"]
    place = {"start": text.index("The mayor"), "end": text.index(" wept")}
    rows = [{**row, **place} if row["mention_type"] == "NOM" else row for row in rows]
    corpus = replace(CORPUS, tables={**CORPUS.tables, "entities": pa.Table.from_pylist(rows)})
    for name in ("dictionary", *(("crf",) if find_spec("pycrfsuite") else ())):
        spans = run_baseline(name, TASKS["entities"], corpus).predictions.spans["a"]
        found = {(span.hull, span.label) for span in spans}
        assert {(Span(*place.values()), "NOM"), (Span(place["end"] - 3, place["end"]), "GPE")} <= found


def test_the_zone_tells_the_type_of_a_claim_where_it_does() -> None:
    found = run_baseline("zone", TASKS["claim-type"], CORPUS).predictions.label
    assert found == gold_of(TASKS["claim-type"], CORPUS).label
    assert set(run_baseline("length", TASKS["claim-type"], CORPUS).predictions.label) == set(found)


def test_whole_sentences_leave_out_headings_and_the_lead_ends_with_the_first_paragraph() -> None:
    texts = CORPUS.texts
    task = TASKS["claim-spans"]
    whole, lead = (run_baseline(name, task, CORPUS).predictions.spans["a"] for name in ("sentences", "lead"))
    assert [span.hull.quote(texts["a"]) for span in whole] == [
        "Mill burns down",
        "Ann Lee said the old mill burned",
        "The mayor of Ulm wept",
        "It rained for 3 days",
        "Ulm has no fire brigade, Bo said",
    ]
    assert lead == whole[:3]
    content = run_baseline("sentences", TASKS["attribution"], _with_attributions()).predictions.spans["a"]
    assert {span.label for span in content} == {"content"}


def _with_attributions() -> PublishedCorpus:
    part = [{"start": 0, "end": 4, "surface": "Mill"}]
    rows = [{"article_id": "a", "source": part, "cue": part, "content": part}]
    return PublishedCorpus("v0", {**CORPUS.tables, "attributions": pa.Table.from_pylist(rows)})


def test_capitalised_words_are_names_but_for_single_ones_that_open_a_sentence() -> None:
    spans = run_baseline("capitalised", TASKS["entities"], CORPUS).predictions.spans["a"]
    found = [span.hull.quote(CORPUS.texts["a"]) for span in spans]
    assert found == ["Ann Lee", "Ulm", "What Ann Lee", "3", "Bo"]


def test_names_and_values_are_the_official_figure_and_descriptions_have_their_own() -> None:
    task = TASKS["entities"].by(CORPUS.scheme)
    gold = gold_of(TASKS["entities"], CORPUS)
    assert task.beside == ("NOM", "PRO")
    assert [span.label for span in gold.spans["a"]] == ["PERSON", "NOM", "GPE"]
    names = {article: tuple(s for s in spans if s.label != "NOM") for article, spans in gold.spans.items()}
    wrong = {article: (*spans, LabelledSpan.of("NOM", (0, 4))) for article, spans in names.items()}
    perfect = run_baseline("dictionary", TASKS["entities"], CORPUS)
    for spans, beside in ((names, 0), (wrong, 0), (gold.spans, 1)):
        result = score(TASKS["entities"], type(perfect.predictions)(spans=spans), gold, CORPUS)
        figures = {(figure.measure, figure.label): figure.value for figure in result.figures if figure.fold == "all"}
        assert result.official == figures["token F1", "all"] == figures["SemEval-2013 strict F1", "all"] == 1
        assert figures["exact F1", "NOM"] == beside
        assert figures["exact F1", "PRO"] is None
