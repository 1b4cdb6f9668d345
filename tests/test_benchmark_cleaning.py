"""The cleaning benchmark: two public protocols, and the gate."""

import gzip
import json
import random
import tarfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from allegata.clean.stage import decide
from allegata.clean.web.article import PageFacts
from allegata.ingest.charset import decode_page
from allegata.ingest.html import read_page
from allegata.ingest.judged import judged
from allegata.judge import judge as judging
from allegata.measures.calibration import calibration_error
from allegata.recipe.article import decided_page, page_text
from allegata.schema.problems import ProblemsFound, UsageError
from bench import cleaning, ours
from bench.__main__ import app
from bench.cleaning import OURS, pin, run_cleaning
from bench.cleaning_pages import digest_of, load_pages
from bench.cleaning_scores import (
    PageCounts,
    PageReference,
    Protocol,
    Scores,
    _drawn_f1,
    count_page,
    interval_of_difference,
    score,
    share_found,
)
from bench.cleaning_tables import table
from bench.extractors import Public
from test_clean_web import page, replace_all, sentences

DEVELOPMENT = Path(__file__).parents[2] / "shared" / "data" / "html-dev.tar.xz"


def test_shingles_are_counted_with_repetition_and_each_page_weighs_one():
    # by hand: true shingles abcd bcde; found abcd, bcdx: one hit, one surplus, one missing
    counts = count_page("a b c d x", PageReference(body="a b c d e"), Protocol.SHINGLES)
    assert (counts.tp, counts.fp, counts.fn) == (1 / 3, 1 / 3, 1 / 3)
    assert count_page("a b c d a b c d", PageReference(body="a b c d"), Protocol.SHINGLES).fp == pytest.approx(4 / 5)


def test_texts_shorter_than_a_shingle_are_one():
    assert count_page("two words", PageReference(body="two, words"), Protocol.SHINGLES).tp == 1
    assert count_page("", PageReference(body=""), Protocol.SHINGLES).tp == 0


def test_shingle_scores_are_means_over_pages_where_they_are_defined():
    golds = (("a b c d", "a b c d"), ("", "e f g h"))
    pages = [count_page(text, PageReference(body=gold), Protocol.SHINGLES) for text, gold in golds]
    scores = score(pages, Protocol.SHINGLES)
    assert (scores.precision, scores.recall) == (1.0, 0.5)
    assert scores.f1 == pytest.approx(2 / 3)


def test_snippets_ignore_blanks_and_pool_their_counts():
    reference = PageReference(wanted=("one  two", "gone"), unwanted=("menu", "footer"))
    counts = count_page("one\ntwo menu", reference, Protocol.SNIPPETS)
    assert (counts.tp, counts.fp, counts.fn, counts.tn) == (1, 1, 1, 1)
    assert score([counts, counts], Protocol.SNIPPETS).f1 == 0.5
    assert count_page("the river side", PageReference(wanted=("river\u00ad side",)), Protocol.SNIPPETS).tp == 1


def words(text: str, gold: str) -> PageCounts:
    return count_page(text, PageReference(body=gold), Protocol.WORDS)


def test_words_are_a_multiset_in_lower_case_and_f1_is_the_mean_of_the_pages():
    # by hand: found "a" twice of three, "b": 3 of 4 found words are right, 3 of 4 true words are found
    counts = words("A a B x", "a a a b")
    assert (counts.tp, counts.fp, counts.fn, counts.f1) == (3, 1, 1, 0.75)
    scores = score([counts, words("", "c"), words("c d", "c")], Protocol.WORDS)
    assert scores.precision == pytest.approx((0.75 + 0 + 0.5) / 3)
    assert scores.recall == pytest.approx((0.75 + 0 + 1) / 3)
    assert scores.f1 == pytest.approx((0.75 + 0 + 2 / 3) / 3)


def test_a_page_without_words_is_right_when_nothing_is_taken_of_it():
    assert score([words(" - ", "")], Protocol.WORDS) == Scores(1, 1, 1)
    assert score([words("menu", "")], Protocol.WORDS).precision == 0


def test_the_share_of_strings_found_ignores_case_and_is_one_without_strings():
    assert share_found("One line, two LINES", ("one LINE", "three")) == 0.5
    assert share_found("", ()) == 1


@pytest.mark.parametrize("protocol", Protocol)
def test_the_interval_of_a_difference_holds_it_and_is_a_point_where_both_are_the_same(protocol):
    rng = random.Random(1)
    ours = [PageCounts(rng.random(), rng.random() / 9, rng.random() / 9) for _ in range(60)]
    other = [PageCounts(one.tp * rng.random(), 3 * one.fp, one.fn) for one in ours]
    each_once = np.ones((1, 60))
    assert _drawn_f1(other, each_once, protocol) == pytest.approx(score(other, protocol).f1)
    low, high = interval_of_difference(ours, other, protocol)
    assert 0 < low < score(ours, protocol).f1 - score(other, protocol).f1 < high
    assert interval_of_difference(ours, ours, protocol) == (0, 0)


def test_calibration_is_the_distance_of_confidence_and_f1_weighted_by_pages():
    # by hand: two pages at .95 of F1 1 and .8 lie .05 off, one page at .25 of F1 .5 lies .25 off
    error, bins = calibration_error([(0.95, 1.0), (0.25, 0.5), (0.95, 0.8)])
    assert error == pytest.approx((2 * 0.05 + 0.25) / 3)
    assert [(one.size, one.outcome) for one in bins] == [(1, 0.5), (2, pytest.approx(0.9))]
    assert calibration_error([(1.0, 1.0)])[0] == 0


def read(content: bytes) -> str:
    return content.decode()[3:-4]


@pytest.fixture
def typed(tmp_path):
    (tmp_path / "html").mkdir()
    rows = []
    for number, kind in enumerate(("forum", "article", "article", "documentation")):
        name, body = f"{number:04}", f"one two three {number}"
        (tmp_path / "html" / f"{name}.html").write_text(f"<p>{body}</p>")
        rows.append({"id": name, "page_type": kind, "main_content": body, "with": ["TWO three"], "without": ["menu"]})
    (tmp_path / "ground-truth.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return tmp_path


def test_kinds_of_page_are_scored_apart_articles_decide_and_the_others_are_reported(typed):
    def articles_alone(content: bytes) -> str:
        return read(content) if content.decode()[-5] in "12" else "one"

    report = run_cleaning(load_pages(typed), articles_alone, {"all": Public(read)})
    ours, other = report.systems
    assert report.kinds == ("article", "documentation", "forum")
    assert [report.scores(ours, kind).f1 for kind in report.kinds] == [1, 0.4, 0.4]
    assert report.scores(other, "forum").f1 == 1
    assert replace(report, pages=(replace(report.pages[0], kind="agenda"), *report.pages[1:])).kinds[0] == "article"
    assert report.problems() == []
    assert table(report).count("ours less all -0.6000 [-0.6000, -0.6000], below the best of the run") == 2
    assert "  1.000   0.000" in table(report)  # strings that must, and must not, be there


def test_a_page_that_ours_misses_and_a_public_extractor_has_fails(typed):
    report = run_cleaning(
        load_pages(typed), lambda content: read(content) if b"0" not in content else "", {"all": Public(read)}
    )
    with pytest.raises(ProblemsFound, match=r"0000: F1 0\.00 on this page where all has 1\.00") as found:
        report.check()
    assert len(found.value.problems) == 1


def test_a_confidence_beside_the_text_is_compared_with_f1(typed):
    report = run_cleaning(load_pages(typed), lambda content: (read(content), 0.75), {})
    assert "expected calibration error 0.2500 over 4 pages" in table(report)
    unsure = [replace(report.systems[0], confidences=(0.5, 0.75, 0.75, None))]  # a thread, two articles, a manual
    by_kind = table(replace(report, systems=tuple(unsure))).splitlines()
    assert {"  article              0.2500 over 2", "  forum                0.5000 over 1"} <= set(by_kind)
    assert not any(line.startswith("  documentation") for line in by_kind)
    assert "calibration" not in table(run_cleaning(load_pages(typed), read, {}))


def test_what_public_extractors_took_is_remembered_by_page_and_version(typed, tmp_path):
    calls = []

    def counted(content: bytes) -> str:
        calls.append(content)
        if b"3" in content:
            raise KeyError("x")
        return read(content)

    def run():
        return run_cleaning(load_pages(typed), counted, {"pub lic": Public(counted, package="lxml")}, tmp_path / "c")

    first = run()
    (file,) = (tmp_path / "c").iterdir()
    assert file.name.startswith("pub-lic-")
    assert len(calls) == 10  # and the first page of either once more
    with file.open("a") as cut:
        cut.write('{"page": "ab')
    again = run()
    assert len(calls) == 15  # ours alone
    assert [again.scores(one) for one in again.systems] == [first.scores(one) for one in first.systems]
    assert again.systems[1].failed == ("0003",)


def test_a_headline_in_zone_title_is_left_out_where_the_gold_has_none_and_a_confidence_stands_beside(monkeypatch):
    markup = page("", "".join(f"<p>{sentences(1000 * at, 3)}</p>" for at in range(1, 5))).encode()
    source_text, decided = decided_page(markup)
    whole = page_text(markup)
    assert decided.kept[0][1] == "title"
    sure = replace(decided, confidence=0.75)
    monkeypatch.setattr(ours, "decided_page", lambda data, judge: (source_text, sure))
    assert ours.clean_page(markup, titles=True) == (whole, 0.75)
    body, confidence = ours.clean_page(markup, titles=False)
    assert (body.split(), confidence) == (whole[whole.index("\n") :].split(), 0.75)


@pytest.fixture
def data(tmp_path):
    (tmp_path / "html").mkdir()
    truth = {}
    for name, body in (("a", "one two three four five"), ("b", "six seven eight nine ten")):
        (tmp_path / "html" / f"{name}.html.gz").write_bytes(gzip.compress(f"<p>{body}</p>".encode()))
        truth[name] = {"articleBody": body}
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    return tmp_path


def test_systems_run_side_by_side_and_a_failure_is_counted(data):
    def fails(content: bytes) -> str:
        raise KeyError("x")

    report = run_cleaning(load_pages(data), read, {"fails": Public(fails)})
    ours, other = report.systems
    assert (ours.name, report.scores(ours).f1, ours.empty, ours.failed) == (OURS, 1.0, 0, ())
    assert (report.scores(other).f1, other.empty, other.failed) == (0.0, 2, ("a", "b"))
    assert report.problems() == []
    assert "4-gram shingles" in table(report)


def test_falling_below_another_extractor_or_the_floor_is_a_problem(data, tmp_path, monkeypatch):
    report = run_cleaning(load_pages(data), lambda content: "nothing of it at all", {"good": Public(read)})
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({report.digest: {"pages": 2, "f1": 0.9}}))
    monkeypatch.setattr(cleaning, "FLOORS", floors)
    with pytest.raises(ProblemsFound, match=r"below its floor 0\.9000") as found:
        report.check()
    assert "good scores 1.0000" in str(found.value)


def test_the_digest_names_the_data(data):
    before = run_cleaning(load_pages(data), lambda content: "", {}).digest
    (data / "html" / "a.html.gz").write_bytes(gzip.compress(b"<p>changed</p>"))
    assert run_cleaning(load_pages(data), lambda content: "", {}).digest != before


def test_a_folder_without_pages_is_a_wrong_call(tmp_path):
    with pytest.raises(UsageError, match=r"evaldata\.json"):
        load_pages(tmp_path)


def test_whole_bodies_in_the_layout_of_the_article_extraction_benchmark(tmp_path, capsys):
    (tmp_path / "html").mkdir()
    truth = {}
    for number in range(6):
        teaser = f"<p>Read more: <a href=x>Another story of the town, number {number}</a></p>"
        markup = replace_all(page(teaser, f"<p>{sentences(500 + number, 4)}</p>"), number)
        (tmp_path / "html" / f"{number}.html.gz").write_bytes(gzip.compress(markup.encode()))
        body = [sentences(1000 * (number + 1) + at, 3) for at in range(8)]
        truth[f"{number}"] = {
            "articleBody": "\n".join([*body, sentences(500 + number, 4)]),
            "url": "https://town.example",
        }
    (tmp_path / "ground-truth.json").write_text(json.dumps(truth))
    with pytest.raises(SystemExit) as stopped:
        app(["cleaning", "--data", str(tmp_path)])
    assert not stopped.value.code
    lines = {line.split("  ")[0]: line for line in reversed(capsys.readouterr().out.splitlines())}
    assert "6 pages, 4-gram shingles" in list(lines)[-1]
    assert {"allegata", "trafilatura", "resiliparse"} <= lines.keys()
    assert lines["allegata"].split()[1:4] == ["1.0000", "1.0000", "1.0000"]


def test_a_floor_is_raised_with_the_figures_and_lowered_only_on_request(data, tmp_path):
    floors = tmp_path / "floors.json"
    floors.write_text("{}")
    good = run_cleaning(load_pages(data), read, {})
    bad = run_cleaning(load_pages(data), lambda content: "nothing of it at all", {})
    pin(good, floors)
    assert json.loads(floors.read_text()) == {good.digest: {"pages": 2, "f1": 0.998}}
    with pytest.raises(ProblemsFound, match=r"would lower the floor .* from 0\.9980 to 0\.0000"):
        pin(bad, floors)
    pin(bad, floors, lower=True)
    assert json.loads(floors.read_text())[good.digest]["f1"] == 0


@pytest.fixture(scope="module")
def development(tmp_path_factory):
    if not DEVELOPMENT.is_file():
        pytest.skip(f"the development pages are not there: {DEVELOPMENT.name}")
    folder = tmp_path_factory.mktemp("pages")
    with tarfile.open(DEVELOPMENT) as archive:
        archive.extractall(folder, filter="data")
    return folder


def test_pages_that_the_judge_learned_from_are_no_figure(development):
    pages = load_pages(development)
    report = run_cleaning(replace(pages, pages=pages.pages[::16]), page_text, {})
    assert (report.systems[0].failed, report.learned) == ((), False)
    learned = replace(report, learned=True)
    assert "the judge learned from these pages" in learned.problems()[0].what
    with pytest.raises(ProblemsFound, match="learned from"):
        pin(learned)
    assert ours.Cleaner(titles=False).learned_from(digest_of(pages))
    assert not ours.Cleaner(titles=False).learned_from(report.digest)


def test_folds_that_are_missing_are_one_error(tmp_path, data):
    with pytest.raises(UsageError, match=r"lacks 0\.json, 1\.json, 2\.json, 3\.json"):
        run_cleaning(load_pages(data), ours.Cleaner(titles=False, folds=tmp_path), {})


def test_files_that_are_no_judges_for_these_features_are_one_report(tmp_path, data):
    model = json.loads(judging._MODEL.read_text(encoding="utf-8"))
    other = json.dumps({**model, "columns": ["other", *model["columns"][1:]]})
    for fold, text in enumerate((json.dumps(model), other, "{", "{}")):
        (tmp_path / f"{fold}.json").write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsFound) as found:
        run_cleaning(load_pages(data), ours.Cleaner(titles=False, folds=tmp_path), {})
    assert [Path(problem.file).name for problem in found.value.problems] == ["1.json", "2.json", "3.json"]
    assert "other features" in found.value.problems[0].what
    assert "train-judge" in str(found.value)


def test_kept_characters_stand_in_the_source_text_at_their_offset(development):
    rng = random.Random(0)
    checked = 0
    for test_page in load_pages(development).pages[1::40]:
        parsed = read_page(decode_page(test_page.read()).text)
        offsets = decide(parsed.source_text, PageFacts(parsed.blocks, judged(parsed))).offsets(parsed.source_text)
        text = offsets.apply(parsed.source_text)
        for position in rng.sample(range(len(text)), min(50, len(text))):
            source = offsets.to_source(position)
            assert parsed.source_text[source] == text[position]
            assert offsets.to_clean(source) == position
            checked += 1
    assert checked >= 1000


@pytest.mark.parametrize("index", ["{oops", '{"a": {"with": []}}', "[1]", '{"a": 1}'])
def test_a_broken_index_is_a_problem_and_no_traceback(tmp_path, index):
    (tmp_path / "evaldata.json").write_text(index)
    with pytest.raises(ProblemsFound, match="no index of pages"):
        load_pages(tmp_path)


def test_what_a_system_does_once_for_its_first_page_is_no_page_of_the_figures(tmp_path):
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "a.html").write_text("<p>x")
    (tmp_path / "evaldata.json").write_text('{"a": {"file": "a.html", "with": ["x"], "without": []}}')
    calls = []

    def slow_at_first(data):
        if not calls:
            sum(range(3_000_000))
        calls.append(data)
        return "x"

    report = run_cleaning(load_pages(tmp_path), slow_at_first, {"slow": Public(slow_at_first)})
    assert len(calls) == 4
    assert all(system.seconds < 0.02 for system in report.systems)
