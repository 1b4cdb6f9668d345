from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from allegata.annotate.agreement_disputes import decision_rows, dispute_rows, proposition_rows
from allegata.annotate.agreement_figures import SpanRow, attribute_row, attribute_rows, entity_rows, span_rows
from allegata.annotate.agreement_report import Annotator, Comparison, Report, report, what_it_is
from allegata.annotate.agreement_tables import about_articles, markdown, parts, side_by_side, tables
from allegata.annotate.passes import LAYERS, NAMES, OTHER_MENTIONS, Marked, Pass
from allegata.cli.app import app
from allegata.exchange.formats import FORMATS
from allegata.measures.agreement import Annotation, ordinal_alpha
from allegata.measures.matching import LabelledSpan
from allegata.recipe import compare
from allegata.recipe.build import read_corpus
from allegata.recipe.exchange import export
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.scheme import Attribute, Scheme, default_scheme
from project import ARTICLES, ROOT, edit_rows

GOLD = ROOT / "annotations" / "gold"
POLNEAR = ROOT / ".." / "shared" / "data" / "polnear-agreement"
A = LabelledSpan.of
Rows = list[dict[str, Any]]


@cache
def corpus() -> compare.CleanedTexts:
    return read_corpus(ROOT)


def _pass(to: Path, articles: Sequence[str] = ARTICLES, guidelines: str | None = None) -> Path:
    """A pass that has the gold of some articles, with the version of the guidelines in its headers."""
    to.mkdir(parents=True)
    for article in articles:
        shutil.copy(GOLD / f"{article}.jsonl", to)
        if guidelines:
            edit_rows(to / f"{article}.jsonl", lambda rows: rows[0].update(guidelines=guidelines))
    return to


def _only(found: Report) -> Comparison:
    (comparison,) = found.comparisons
    return comparison


def _brat(folder: Path, text: str, **annotations: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "news.txt").write_text(text, encoding="utf-8")
    for name, lines in annotations.items():
        (folder / f"news_{name}.ann").write_text(lines, encoding="utf-8")
    return folder


def test_six_annotators_of_polnear_have_token_alpha_of_81() -> None:
    if not POLNEAR.exists():
        pytest.skip(f"the development data are not here: {POLNEAR.name}")
    found = compare.agreement(corpus(), [POLNEAR])
    assert len(found.annotators) == 6
    assert found.title == "agreement between annotators"
    pooled = next(row for row in _only(found).spans if row.article_id == "all")
    assert pooled.layer == "attributions"
    assert pooled.alpha == pytest.approx(0.81, abs=0.005)
    assert len({row.article_id for row in _only(found).spans}) == 5


def test_passes_of_models_are_consistent_and_only_people_agree() -> None:
    assert what_it_is(["model"]) == "consistency between model passes"
    assert what_it_is(["model", "human"]) == "agreement between annotators"
    assert what_it_is([]) == "agreement between annotators"


def test_a_copy_of_a_pass_agrees_with_it_in_everything_that_is_defined(tmp_path: Path) -> None:
    found = _only(compare.agreement(corpus(), [_pass(tmp_path / "a"), _pass(tmp_path / "b")]))
    layers = [NAMES, OTHER_MENTIONS, "claims", "attributions", "time expressions"]
    assert [row.layer for row in found.spans if row.article_id == "all" and ":" not in row.layer] == layers
    assert {row.article_id for row in found.spans} == {"all", *ARTICLES}
    values = [value for row in found.spans for value in (row.alpha, row.strict, row.partial, row.token)]
    values += [value for row in found.attributes for value in (row.observed, row.kappa, row.ac1, row.ordinal_alpha)]
    values += [value for row in found.clusters for value in (row.muc, row.b3, row.ceaf_e, row.lea, row.conll)]
    assert {round(value, 9) for value in values if value is not None} == {1}


def test_a_changed_value_lowers_the_figures_of_its_attribute_only(tmp_path: Path) -> None:
    first, second = _pass(tmp_path / "a"), _pass(tmp_path / "b")

    def edit(rows: Rows) -> None:
        claim = next(row for row in rows if row["record"] == "claim")
        claim["polarity"] = "affirmative" if claim["polarity"] == "negated" else "negated"

    edit_rows(second / f"{ARTICLES[0]}.jsonl", edit)
    found = _only(compare.agreement(corpus(), [first, second]))
    assert {row.attribute for row in found.attributes if row.observed != 1 and row.n} == {"polarity"}


def test_figures_are_of_the_articles_that_every_folder_has_and_the_others_are_named(tmp_path: Path) -> None:
    whole, part = _pass(tmp_path / "whole"), _pass(tmp_path / "part", ARTICLES[:2])
    found = _only(compare.agreement(corpus(), [whole, part]))
    assert found.articles == ARTICLES[:2]
    assert {item.article_id: item.why for item in found.aside} == dict.fromkeys(ARTICLES[2:], "not in part")
    assert {row.conll for row in found.clusters if row.clusters == "entities"} == {1}  # nothing else is counted
    assert {row.article_id for row in found.spans} == {"all", *ARTICLES[:2]}
    assert f"{ARTICLES[4]} (not in part)" in about_articles(found)


def test_where_no_article_is_in_every_folder_each_pair_is_compared_on_what_both_have(tmp_path: Path) -> None:
    folders = [_pass(tmp_path / name, [ARTICLES[i], ARTICLES[j]]) for name, i, j in (("x", 0, 1), ("y", 1, 2))]
    folders.append(_pass(tmp_path / "z", [ARTICLES[0], ARTICLES[2], ARTICLES[3]]))
    found = _only(compare.agreement(corpus(), folders))
    assert (found.articles, found.common) == (ARTICLES[:3], False)
    assert found.aside[0].article_id == ARTICLES[3]
    assert {row.conll for row in found.clusters} == {1}
    lone = _pass(tmp_path / "lone", ARTICLES[4:])
    with pytest.raises(UsageError, match="no article is in two"):
        compare.agreement(corpus(), [folders[0], lone])


def _annotated_by(who: str, rows: list[dict[str, Any]]) -> None:
    rows[0]["annotators"] = [who]


def test_passes_are_compared_by_version_of_the_guidelines_and_by_who_made_them(tmp_path: Path) -> None:
    kinds = {"person": "human", "machine": "model"}
    names = {"m1": ("2.0", "machine"), "m2": ("2.0", "machine"), "h": ("2.0", "person"), "short": ("short", "machine")}
    folders = []
    for name, (guidelines, who) in names.items():
        folders.append(_pass(tmp_path / name, ARTICLES[:2] if name == "h" else ARTICLES, guidelines))
        for path in folders[-1].iterdir():
            edit_rows(path, partial(_annotated_by, who))
    texts = corpus()
    found = compare.agreement(compare.CleanedTexts(texts.source_texts, texts.sentences, kinds, texts.scheme), folders)
    assert found.title == "agreement between annotators"
    shown = {item.name: (item.annotators, len(item.articles)) for item in found.comparisons}
    assert shown == {
        "human-model, guidelines 2.0": (("h", "m1", "m2"), 2),
        "model-model, guidelines 2.0": (("m1", "m2"), 5),  # a person who has seen two articles costs them none
        "human-model, guidelines short against 2.0": (("h", "short"), 2),
        "model-model, guidelines short against 2.0": (("m1", "m2", "short"), 5),
    }


def test_a_card_has_the_comparisons_of_one_version_and_no_other_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    folders = [ROOT / "annotations" / "passes" / name for name in ("short-1", "short-2", "article-order")]
    whole = compare.measured(corpus(), folders)
    measured = []

    def rows(annotations: Sequence[Annotation], pairs: Any) -> list[SpanRow]:
        measured.append({item.annotator for item in annotations})
        return span_rows(annotations, pairs)

    monkeypatch.setattr("allegata.annotate.agreement_report.span_rows", rows)
    card = compare.measured(corpus(), folders, for_the_card=True)
    assert [len(item.guidelines) for item in whole.comparisons] == [1, 2]
    assert card == replace(whole, comparisons=whole.comparisons[:1])
    assert measured == [{"short-1", "short-2"}]


def test_there_is_a_row_for_people_until_there_are_some() -> None:
    one, other = (Annotator(name, "model", "2.0") for name in "ab")
    marked = [Marked(Annotation("x", name, "one", {"claims": [A("claim", (0, 3))]})) for name in "ab"]
    shown = side_by_side(report([one, other], marked, [], default_scheme()))
    assert shown.rows[-1][0] == "people: none yet"
    assert shown.rows[0][:4] == ("model-model, guidelines 2.0", "2", "1", "undefined (1.000)")  # alpha of one value
    person = Annotator("b", "human", "2.0")
    rows = side_by_side(report([one, person], marked, [], default_scheme())).rows
    assert [row[0] for row in rows] == ["human-model, guidelines 2.0"]


def test_three_passes_are_compared_in_pairs(tmp_path: Path) -> None:
    text = "He said it rains. She left."
    folder = _brat(
        tmp_path / "x",
        text,
        anna="T1\tContent 8 16\tit rains\n",
        ben="T1\tContent 8 16\tit rains\n",
        c="T1\tCue 3 7\tsaid\n",
    )
    found = compare.agreement(corpus(), [folder])
    assert [item.name for item in found.annotators] == ["anna", "ben", "c"]
    row = next(row for row in _only(found).spans if (row.layer, row.article_id) == ("attributions", "all"))
    assert row.strict == pytest.approx(2 / (2 + 2 + 2))  # one pair of three agrees: 2 tp of 2 tp + fp + fn
    assert not _only(found).attributes
    assert not _only(found).disputes


def test_what_of_brat_files_is_not_read_or_differs_is_in_the_report(tmp_path: Path) -> None:
    text = "He said it rains."
    other = "T1\tContent 7 15\tit rains\n#1\tNote T1\tsure\n"
    folder = _brat(tmp_path / "x", text, anna="T1\tContent 8 16\tit rains\n", ben=other, c="")
    found = compare.agreement(corpus(), [folder])
    says = ("annotation file without an annotation", "moved to its quote")
    for what in says:
        assert [note for note in found.notes if note.startswith("x: 1 × ") and what in note]
        assert what in markdown(found)
        assert [part for part in parts(found) if isinstance(part, str) and part.startswith("note: ") and what in part]
    assert not compare.agreement(corpus(), [GOLD, _pass(tmp_path / "copy", ARTICLES[:1])]).notes


@pytest.mark.parametrize("version", ["²", "9" * 5000, "1.", "", "b\n2"])
def test_a_version_of_guidelines_may_be_any_text(tmp_path: Path, version: str) -> None:
    copy = _pass(tmp_path / "copy", ARTICLES[:1])
    edit_rows(copy / f"{ARTICLES[0]}.jsonl", lambda rows: rows[0].update(guidelines=version))
    found = compare.agreement(corpus(), [copy, GOLD])
    assert version in {name for comparison in found.comparisons for name in comparison.guidelines}


def test_brat_folders_with_one_file_an_article_are_annotators_by_their_names(tmp_path: Path) -> None:
    folders = []
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "n.txt").write_text("Berlin is big.", encoding="utf-8")
        (tmp_path / name / "n.ann").write_text("T1\tGPE 0 6\tBerlin\nT2\tOdd 10 13\tbig\n", encoding="utf-8")
        folders.append(tmp_path / name)
    found = compare.agreement(corpus(), folders)
    assert [item.name for item in found.annotators] == ["x", "y"]
    assert [row.layer for row in _only(found).spans if row.article_id == "all"] == [NAMES, "other spans"]


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_agrees_with_its_gold_in_all_that_its_format_holds(name: str, tmp_path: Path) -> None:
    done = export(ROOT, name, tmp_path / "out")
    found = _only(compare.agreement(corpus(), [GOLD, tmp_path / "out"]))
    assert found.articles == ARTICLES
    rows = [row for row in found.spans if row.article_id == "all" and ":" not in row.layer]
    lost = {loss.lost for loss in done.losses} - {"id", "relation"}
    if not lost:
        assert len(rows) == len(LAYERS)
        assert {row.strict for row in rows} == {1}
        assert {row.attribute for row in found.attributes} > {"claim_type", "has a parent", "quotation_type", "type"}
        assert {row.conll for row in found.clusters} == {1}
    assert all((row.observed or 0) > 0.9 for row in found.attributes if row.n and row.article_id == "all")


def test_what_one_of_two_cannot_hold_is_not_compared(tmp_path: Path) -> None:
    """A tool shows names alone, without their entities: that says nothing of claims, entities and attributes."""
    export(ROOT, "spans", tmp_path / "out", layers=["mention"])
    file = tmp_path / "out" / "spans.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    for row in rows:
        for span in row["spans"]:
            span["attributes"].pop("entity_id", None)
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    found = _only(compare.agreement(corpus(), [GOLD, tmp_path / "out"]))
    assert {row.layer for row in found.spans} == {NAMES, OTHER_MENTIONS}
    assert {row.strict for row in found.spans} == {1}
    assert not found.clusters
    assert not {row.attribute for row in found.attributes} & {"entity_id"}


def test_several_annotators_of_a_format_are_several_and_a_machine_is_a_model(tmp_path: Path) -> None:
    row = {"id": "n", "text": "Berlin is big.", "relations": []}
    span = {
        "id": "m1",
        "layer": "mention",
        "label": "GPE",
        "segments": [[0, 6]],
        "quotes": ["Berlin"],
        "attributes": {},
    }
    rows = [{**row, "annotator": "anna", "spans": [span]}, {**row, "annotator": "ben", "spans": []}]
    rows.append({**row, "machine": True, "spans": [span]})
    (tmp_path / "spans.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in rows))
    found = compare.agreement(compare.CleanedTexts(kinds={"anna": "human"}), [tmp_path])
    kinds = {item.name: item.kind for item in found.annotators}
    assert kinds == {"anna": "human", "ben": "unknown", "predictions": "model"}


def test_a_document_of_a_tool_is_the_article_whose_text_it_has(tmp_path: Path) -> None:
    export(ROOT, "spans", tmp_path / "out", articles=ARTICLES[:2])
    file = tmp_path / "out" / "spans.jsonl"
    first, second = (json.loads(line) for line in file.read_text().splitlines())
    first["id"] = "1"  # a tool counts; another has put a line above the text
    second["text"] = f"A line.\n{second['text']}"
    for span in second["spans"]:
        span["segments"] = [[start + 8, end + 8] for start, end in span["segments"]]
    file.write_text("".join(f"{json.dumps(row)}\n" for row in (first, second)))
    found = _only(compare.agreement(corpus(), [GOLD, tmp_path / "out"]))
    assert found.articles == ARTICLES[:2]
    assert {row.strict for row in found.spans} == {1}


def test_wrong_calls_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no gold file"):
        compare.agreement(corpus(), [tmp_path / "empty", GOLD])
    with pytest.raises(UsageError, match="no folder"):
        compare.agreement(corpus(), [tmp_path / "nowhere", GOLD])
    with pytest.raises(UsageError, match="one annotator"):
        compare.agreement(corpus(), [GOLD])
    with pytest.raises(UsageError, match="twice"):
        compare.agreement(corpus(), [GOLD, GOLD])


def test_broken_files_of_a_pass_are_reported_with_their_lines(tmp_path: Path) -> None:
    folder = _pass(tmp_path / "a")
    (folder / "propositions.jsonl").write_text('{"id": "p1"}\n{"id": "p1"}\n', encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        compare.agreement(corpus(), [folder, GOLD])
    assert {1, 2} <= {problem.line for problem in found.value.problems}


def test_undefined_figures_are_printed_as_undefined_and_the_three_forms_exist(tmp_path: Path) -> None:
    folders = [_pass(tmp_path / name, ARTICLES[:1], "2.0") for name in "ab"]
    found = compare.agreement(corpus(), folders)
    shown = [row for table in tables(_only(found)) for row in table.rows]
    mod = next(row for row in shown if row[0] == "time expressions: mod")
    assert "undefined" in mod  # both always say null: no disagreement could be expected
    fragment = markdown(found)
    assert fragment.startswith("Consistency between model passes: a, b.")
    assert "## Model-model, guidelines 2.0" in fragment
    assert fragment.count(ARTICLES[0]) == 1  # where it says which articles; the tables are of all of them
    run = CliRunner()
    call = ["agreement", *map(str, folders), "--root", str(ROOT)]
    printed = run.invoke(app, [*call, "--json"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout)["title"] == found.title
    assert "people: none yet" in run.invoke(app, call).output
    assert run.invoke(app, ["agreement", str(folders[0]), "--root", str(ROOT)]).exit_code == 2


def test_alpha_and_f1_of_hand_counted_spans() -> None:
    text = "a b c d"
    first = Annotation("x", "p", text, {"claims": [A("claim", (0, 3))]})
    second = Annotation("x", "q", text, {"claims": [A("claim", (0, 1))]})
    row = span_rows([first, second])[0]
    assert row.alpha == pytest.approx(1 - 7 * 2 / (64 - 9 - 25))  # values: in in none none / in none none none
    assert (row.strict, row.partial, row.token) == (0, 0.5, pytest.approx(2 / 3))
    assert row.prevalence == pytest.approx(3 / 8)


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.sampled_from([0, 1, 2, None]), min_size=3, max_size=3), min_size=1, max_size=20))
def test_ordinal_alpha_agrees_with_the_krippendorff_package(rows: list[list[int | None]]) -> None:
    krippendorff = pytest.importorskip("krippendorff")
    ours = ordinal_alpha([[value for value in row if value is not None] for row in rows])
    if ours is None:
        return
    data = [[float("nan") if value is None else value for value in column] for column in zip(*rows, strict=True)]
    theirs = krippendorff.alpha(data, level_of_measurement="ordinal", value_domain=[0, 1, 2])
    assert ours == pytest.approx(theirs)


def test_words_of_one_s_own_are_equal_or_not_and_have_no_kappa() -> None:
    span = A("claim", (0, 3))
    items = [
        Marked(Annotation("x", name, "one", {"claims": [span]}), {"claims": {span: {"decontextualised": name}}})
        for name in "pq"
    ]
    row = attribute_rows(items, default_scheme())[0]
    assert (row.observed, row.kappa, row.ac1) == (0, None, None)


def test_an_attribute_without_a_value_is_no_rank_of_an_ordered_one() -> None:
    span, other = A("claim", (0, 3)), A("claim", (4, 7))
    grades = {"p": ("2", "null"), "q": ("2", "1")}
    items = [
        Marked(
            Annotation("x", name, "one two", {"claims": [span, other]}),
            {"claims": {span: {"check_worthiness": first}, other: {"check_worthiness": second}}},
        )
        for name, (first, second) in grades.items()
    ]
    row = attribute_rows(items, default_scheme())[0]
    assert (row.n, row.observed, row.is_ordinal) == (2, 0.5, True)


def test_entities_are_compared_by_pairs_on_the_articles_both_have() -> None:
    def item(article: str, name: str, entity: str) -> Marked:
        return Marked(Annotation(article, name, "one", {}), entities={A("ORG", (0, 3)): entity})

    marked = [item("x", "p", "e"), item("x", "q", "e"), item("y", "p", "e"), item("y", "r", "e")]
    assert {row.b3 for row in entity_rows(marked)} == {1}  # p has y, which q has not: that says nothing of q


WORDS = "one two three four five six"
PLACES = {"c1": (0, 3), "c2": (4, 7), "c3": (8, 13), "c4": (14, 18), "c5": (19, 23), "c6": (24, 27)}


def _claims(name: str, **places: tuple[int, int]) -> Marked:
    claims = {f"x:{claim}": A("claim", place) for claim, place in places.items()}
    return Marked(Annotation("x", name, WORDS, {"claims": list(claims.values())}), claims=claims)


def _disputing(name: str, *disputes: Mapping[str, Any]) -> Pass:
    rows = []
    for number, dispute in enumerate(disputes, 1):
        positions = [
            {"id": letter, "canonical": "So.", "claims": [f"x:{claim}" for claim in claims], "supersedes": []}
            for letter, claims in zip("abc", dispute["positions"], strict=False)
        ]
        base = {"id": f"d{number}", "question": "Which?", "kind": "contradiction", "differs": "numeric"}
        rows.append({**base, "about": "content", "note": None, **dispute, "positions": positions})
    return Pass(name, frozenset(), {}, default_scheme(), disputes=rows)


def test_each_pass_is_measured_against_the_disputes_of_all() -> None:
    marked = [_claims(name, **PLACES) for name in "pqr"]
    passes = [
        _disputing("p", {"positions": [["c1"], ["c2"]]}, {"positions": [["c3"], ["c4"]]}),
        _disputing("q", {"positions": [["c1", "c5"], ["c2"]], "kind": "tension"}),
        Pass("r", frozenset(), {}, default_scheme()),  # it looked for none, which is not the same as finding none
    ]
    rows = {row.annotator: row for row in dispute_rows(passes, marked)}
    assert rows.keys() == {"all", "p", "q"}
    assert [(rows[name].questions, rows[name].union) for name in ("all", "p", "q")] == [(1, 2), (2, 2), (1, 2)]
    assert rows["q"].recall == 0.5
    assert rows["all"].pair_f1 == pytest.approx(2 / 4)  # p opposes two pairs, q two; one of them is the same
    kind, differs, about = decision_rows(passes, marked, default_scheme())
    assert (kind.attribute, kind.n, kind.observed) == ("kind", 1, 0)
    assert (differs.observed, about.observed) == (1, 1)
    nothing = Pass("r", frozenset(), {}, default_scheme(), disputes=())
    assert dispute_rows([*passes[:2], nothing], marked)[-1].recall == 0


def test_who_is_compared_with_nobody_who_looked_for_disputes_has_no_row_of_them() -> None:
    marked = [_claims(name, **PLACES) for name in "pqr"]
    passes = [_disputing(name, {"positions": [["c1"], ["c2"]]}) for name in "pq"]
    passes.append(Pass("r", frozenset(), {}, default_scheme()))
    with_r = frozenset({frozenset("pr"), frozenset("qr")})
    assert not dispute_rows(passes, marked, with_r)
    passes[2] = _disputing("r", {"positions": [["c3"], ["c4"]]})
    assert [row.pair_f1 for row in dispute_rows(passes, marked, with_r)] == [0, 0, 0, 0]


def test_disputes_that_share_one_position_alone_ask_different_questions() -> None:
    marked = [_claims(name, **PLACES) for name in "pq"]
    passes = [_disputing("p", {"positions": [["c1"], ["c2"]]}), _disputing("q", {"positions": [["c1"], ["c3"]]})]
    assert dispute_rows(passes, marked)[0].union == 2


def test_claims_of_two_passes_are_the_same_by_their_spans_whatever_their_ids() -> None:
    marked = [_claims("p", c1=(0, 7), c2=(14, 18)), _claims("q", c1=(14, 18), c2=(0, 3), c3=(4, 7))]
    same = _disputing("q", {"positions": [["c3"], ["c1"]]})  # c3 is the second half of p's c1
    rows = dispute_rows([_disputing("p", {"positions": [["c1"], ["c2"]]}), same], marked)
    assert (rows[0].union, rows[0].questions) == (1, 1)


def test_a_dispute_about_an_article_that_is_set_aside_counts_nowhere() -> None:
    marked = [_claims(name, **PLACES) for name in "pq"]
    far = {"positions": [["c1"], ["c2"]]}
    passes = [_disputing("p", far, {"positions": [["c9"], ["c2"]]}), _disputing("q", far)]
    assert dispute_rows(passes, marked)[0].union == 1


def test_propositions_are_clusters_of_claims_by_their_spans() -> None:
    marked = [_claims("p", c1=(0, 3), c2=(4, 7)), _claims("q", c8=(0, 3), c9=(4, 7))]
    passes = [
        Pass(name, frozenset(), {}, default_scheme(), propositions=[{"id": "p1", "members": members}])
        for name, members in (("p", ["x:c1", "x:c2"]), ("q", ["x:c8", "x:c9"]))
    ]
    assert proposition_rows(passes, marked)[0].conll == 1


def test_an_attribute_is_what_its_record_says_though_another_has_one_of_the_same_name() -> None:
    default = default_scheme()
    claim = {**default.records["claim"], "kind": Attribute("kind", "int", "How often?")}
    scheme = Scheme({**default.records, "claim": claim, "dispute": default.records["dispute"]})
    values = {("p", "q"): [("tension", "update"), ("tension", "tension")]}
    row = attribute_row("disputes", "kind", "all", values, scheme)
    assert (row.is_ordinal, row.observed, row.ordinal_alpha) == (False, 0.5, None)
    counted = attribute_row("claims", "kind", "all", {("p", "q"): [("1", "1"), ("2", "2")]}, scheme)
    assert (counted.is_ordinal, counted.ordinal_alpha) == (True, 1)
    reversed_ = Scheme(dict(reversed(scheme.records.items())))
    assert attribute_row("disputes", "kind", "all", values, reversed_) == row
