from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from allegata.annotate.agreement_figures import BOTH, EITHER, attribute_rows, relation_rows, span_rows
from allegata.annotate.agreement_report import Report, markdown, restrict, tables, what_it_is
from allegata.annotate.passes import Marked, Pass
from allegata.annotate.quoted import quoted_sentences, section
from allegata.cli.app import app
from allegata.measures.agreement import Annotation, ordinal_alpha
from allegata.measures.matching import LabelledSpan, tokens
from allegata.recipe import compare
from allegata.recipe.build import read_corpus
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.scheme import default_scheme
from allegata.text.spans import Span
from project import ROOT, copy_root, edit_rows

PASSES = ROOT / "annotations" / "passes"
POLNEAR = ROOT / ".." / "shared" / "data" / "polnear-agreement"
A = LabelledSpan.of


@cache
def both() -> Report:
    return compare.agreement(read_corpus(ROOT), [PASSES / "a", PASSES / "b"])


def _brat(folder: Path, text: str, **annotations: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "news.txt").write_text(text, encoding="utf-8")
    for name, lines in annotations.items():
        (folder / f"news_{name}.ann").write_text(lines, encoding="utf-8")
    return folder


def test_six_annotators_of_polnear_have_token_alpha_of_81() -> None:
    if not POLNEAR.exists():
        pytest.skip(f"the development data are not here: {POLNEAR.name}")
    report = compare.agreement(read_corpus(ROOT), [POLNEAR])
    assert len(report.annotators) == 6
    assert report.title == "agreement between annotators"
    pooled = next(row for row in report.views[0].spans if row.article_id == "all")
    assert pooled.layer == "attributions"
    assert pooled.alpha == pytest.approx(0.81, abs=0.005)
    assert len({row.article_id for row in report.views[0].spans}) == 5


def test_the_two_passes_are_called_consistency_between_model_passes() -> None:
    assert both().title == "consistency between model passes"
    assert what_it_is(["model", "human"]) == "agreement between annotators"
    assert what_it_is([]) == "agreement between annotators"


def test_every_layer_stands_for_all_articles_and_for_each() -> None:
    for view in both().views:
        layers = {row.layer for row in view.spans}
        assert {"mentions", "claims", "attributions: source", "attributions: cue", "attributions: content"} <= layers
        for layer in layers:
            assert len([row for row in view.spans if row.layer == layer]) == 6
        assert {row.relation for row in view.relations} >= {EITHER, BOTH, "contradicts"}
        assert {row.clusters for row in view.clusters} == {"entities", "propositions"}


def test_the_second_view_has_fewer_tokens_and_the_prevalence_is_beside_alpha() -> None:
    whole, unquoted = (
        next(row for row in view.spans if (row.layer, row.article_id) == ("claims", "all")) for view in both().views
    )
    assert 0 < unquoted.tokens < whole.tokens
    assert 0.7 < (whole.prevalence or 0) < 0.9
    assert whole.alpha is not None
    assert whole.alpha >= 0.8


def test_a_copy_of_a_pass_agrees_with_it_in_everything_that_is_defined(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    (root / "annotations" / "passes" / "b").rename(root / "annotations" / "passes" / "old")
    edited = root / "annotations" / "passes" / "a"
    report = compare.agreement(read_corpus(root), [edited, _copy(edited, root / "annotations" / "passes" / "copy")])
    for view in report.views:
        values = [value for row in view.spans for value in (row.alpha, row.exact, row.partial, row.token)]
        values += [value for row in view.attributes for value in (row.observed, row.kappa, row.ac1)]
        values += [value for row in view.relations for value in (row.f1, row.kappa)]
        values += [value for row in view.clusters for value in (row.muc, row.b3, row.ceaf_e, row.lea, row.conll)]
        assert {round(value, 9) for value in values if value is not None} == {1}


def _copy(folder: Path, to: Path) -> Path:
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    return to


def test_a_changed_value_lowers_the_figures_of_its_attribute_only(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    first = root / "annotations" / "passes" / "a"
    second = _copy(first, root / "annotations" / "passes" / "second")
    path = next(second.glob("000*.jsonl"))

    def edit(rows: list[dict[str, object]]) -> None:
        next(row for row in rows if row["record"] == "claim")["polarity"] = "negated"

    edit_rows(path, edit)
    view = compare.agreement(read_corpus(root), [first, second]).views[0]
    lowered = {row.attribute for row in view.attributes if row.observed != 1 and row.n}
    assert lowered == {"polarity"}


def test_three_passes_are_compared_in_pairs(tmp_path: Path) -> None:
    text = "He said it rains. She left."
    folder = _brat(
        tmp_path / "x",
        text,
        anna="T1\tContent 8 16\tit rains\n",
        ben="T1\tContent 8 16\tit rains\n",
        c="T1\tCue 3 7\tsaid\n",
    )
    report = compare.agreement(read_corpus(ROOT), [folder])
    assert report.annotators == ("anna", "ben", "c")
    row = next(row for row in report.views[0].spans if (row.layer, row.article_id) == ("attributions", "all"))
    assert row.exact == pytest.approx(2 / (2 + 2 + 2))  # one pair of three agrees: 2 tp of 2 tp + fp + fn
    assert not report.views[0].attributes
    assert not report.views[0].relations


def test_brat_folders_with_one_file_an_article_are_annotators_by_their_names(tmp_path: Path) -> None:
    folders = []
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "n.txt").write_text("Berlin is big.", encoding="utf-8")
        (tmp_path / name / "n.ann").write_text("T1\tGPE 0 6\tBerlin\nT2\tOdd 10 13\tbig\n", encoding="utf-8")
        folders.append(tmp_path / name)
    report = compare.agreement(read_corpus(ROOT), folders)
    assert report.annotators == ("x", "y")
    assert {row.layer for row in report.views[0].spans} == {"mentions", "other spans"}


def test_wrong_calls_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="no gold file"):
        compare.agreement(read_corpus(ROOT), [tmp_path / "empty", PASSES / "a"])
    with pytest.raises(UsageError, match="no folder"):
        compare.agreement(read_corpus(ROOT), [tmp_path / "nowhere", PASSES / "a"])
    with pytest.raises(UsageError, match="one annotator"):
        compare.agreement(read_corpus(ROOT), [PASSES / "a"])
    with pytest.raises(UsageError, match="twice"):
        compare.agreement(read_corpus(ROOT), [PASSES / "a", PASSES / "a"])


def test_broken_relations_are_reported_with_their_lines(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    path = root / "annotations" / "passes" / "a" / "relations.jsonl"
    first = path.read_text(encoding="utf-8").split("\n")[0]
    path.write_text(f'{first}\n{first}\n{{"a": "x", "b": "y", "relation": "likes"}}\n', encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        compare.agreement(read_corpus(root), [root / "annotations" / "passes" / name for name in "ab"])
    assert {2, 3} <= {problem.line for problem in found.value.problems}


def test_undefined_figures_are_printed_as_undefined_and_the_three_forms_exist() -> None:
    shown = [row for table in tables(both().views[0]) for row in table.rows]
    mod = next(row for row in shown if row[0] == "time expressions: mod")
    assert "undefined" in mod  # both passes always say null: no disagreement could be expected
    fragment = markdown(both())
    assert fragment.startswith("Consistency between model passes: a, b.")
    assert "### Without the sentences that the guidelines quote" in fragment
    assert "000_" not in fragment
    run = CliRunner()
    folders = [str(PASSES / name) for name in "ab"]
    printed = run.invoke(app, ["agreement", *folders, "--root", str(ROOT), "--json"])
    assert printed.exit_code == 0
    assert json.loads(printed.stdout)["title"] == both().title
    assert run.invoke(app, ["agreement", folders[0], "--root", str(ROOT)]).exit_code == 2


def test_the_direction_of_a_relation_counts() -> None:
    row = {"a": "x:c1", "b": "x:c2", "relation": "refines", "conflict_type": None, "strict": None, "note": None}
    turned = {**row, "a": "x:c2", "b": "x:c1"}
    marked = [Marked(Annotation("x", "p", "a b", {}), claims={"x:c1": A("claim", (0, 1)), "x:c2": A("claim", (2, 3))})]
    passes = [
        Pass(name, frozenset(), {}, default_scheme(), {("x:c1", "x:c2"): found})
        for name, found in (("p", row), ("q", turned))
    ]
    rows = relation_rows(passes, marked)
    assert [item.relation for item in rows] == [EITHER, BOTH, "refines"]
    assert rows[2].f1 == 0


def test_the_two_kappas_of_relations_stand_beside_each_other_and_say_what_they_are_of() -> None:
    relations = next(table for table in tables(both().views[0]) if table.title == "Relations")
    either, decided = relations.rows[:2]
    assert (either[0], decided[0]) == ("all, pairs that either wrote", "all, pairs that both wrote")
    assert int(either[1]) > int(decided[1]) > 100
    assert decided[2] == ""  # F1 asks for pairs that one of them lacks
    assert "" not in decided[3:]


def test_restricting_keeps_offsets_and_drops_the_tokens_and_spans_of_the_other_sentences() -> None:
    text = "One two. Three four."
    item = Marked(Annotation("x", "p", text, {"claims": [A("claim", (0, 7)), A("claim", (9, 19))]}))
    shown = restrict(item, [Span(9, 20)]).annotation
    assert [token.quote(text) for token in tokens(shown.text)] == ["Three", "four", "."]
    assert shown.layers["claims"] == [A("claim", (9, 19))]


def test_alpha_and_f1_of_hand_counted_spans() -> None:
    text = "a b c d"
    first = Annotation("x", "p", text, {"claims": [A("claim", (0, 3))]})
    second = Annotation("x", "q", text, {"claims": [A("claim", (0, 1))]})
    row = span_rows([first, second])[0]
    assert row.alpha == pytest.approx(1 - 7 * 2 / (64 - 9 - 25))  # values: in in none none / in none none none
    assert (row.exact, row.partial, row.token) == (0, 0.5, pytest.approx(2 / 3))
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


GUIDE = """## 4. Claims
### 4.7 Worked sentences
1. 000 `[1 The cat, [2 which sat on the mat], was told] that [3a it] must go`.
## 5. Other
1. `these eight words stand in a section nobody asks`
## 10. Cases
1. `The dog … barked at the tree all night long in vain`: one claim.
"""


def test_a_sentence_is_quoted_where_eight_words_in_a_row_are() -> None:
    sentences = [
        "“The cat, which sat on the mat, was told that it must go”, he said.",
        "Which sat on the mat, was told: no.",
        "These eight words stand in a section nobody asks.",
        "She barked at the tree all night long.",
        "The dog barked at the tree all day.",
    ]
    assert quoted_sentences(GUIDE, sentences) == [True, False, False, False, False]
    assert quoted_sentences(GUIDE, ["It barked at the tree all night long in vain"]) == [True]
    assert section(GUIDE, "4").count("\n") > section(GUIDE, "4.7").count("\n")
    assert section(GUIDE, "7") == ""


def test_the_guidelines_quote_some_sentences_of_every_article_and_not_all() -> None:
    corpus = read_corpus(ROOT)
    kept = compare.unquoted(corpus)
    assert kept is not None
    for article_id, found in corpus.sentences.items():
        assert 0 < len(kept[article_id]) < len(found.spans)
