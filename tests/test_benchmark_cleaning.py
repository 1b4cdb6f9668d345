"""The cleaning benchmark: two public protocols, and the gate."""

import gzip
import json
import random
import tarfile
from pathlib import Path

import pytest

from allegata.clean.stage import decide
from allegata.clean.web.article import PageFacts
from allegata.ingest.charset import decode_page
from allegata.ingest.extracts import extracts
from allegata.ingest.html import read_page
from allegata.recipe.article import page_text
from allegata.schema.problems import ProblemsFound, UsageError
from bench import cleaning
from bench.__main__ import app
from bench.cleaning import OURS, load_pages, pin, run_cleaning
from bench.cleaning_scores import PageReference, count_page, score
from bench.extractors import available
from test_clean_web import page, replace_all, sentences

DEVELOPMENT = Path(__file__).parents[2] / "shared" / "data" / "html-dev.tar.xz"


def test_shingles_are_counted_with_repetition_and_each_page_weighs_one():
    # by hand: true shingles abcd bcde; found abcd, bcdx: one hit, one surplus, one missing
    counts = count_page("a b c d x", PageReference(body="a b c d e"))
    assert (counts.tp, counts.fp, counts.fn) == (1 / 3, 1 / 3, 1 / 3)
    assert count_page("a b c d a b c d", PageReference(body="a b c d")).fp == pytest.approx(4 / 5)


def test_texts_shorter_than_a_shingle_are_one():
    assert count_page("two words", PageReference(body="two, words")).tp == 1
    assert count_page("", PageReference(body="")).tp == 0


def test_shingle_scores_are_means_over_pages_where_they_are_defined():
    pages = [count_page("a b c d", PageReference(body="a b c d")), count_page("", PageReference(body="e f g h"))]
    scores = score(pages, shingles=True)
    assert (scores.precision, scores.recall) == (1.0, 0.5)
    assert scores.f1 == pytest.approx(2 / 3)


def test_snippets_ignore_blanks_and_pool_their_counts():
    reference = PageReference(wanted=("one  two", "gone"), unwanted=("menu", "footer"))
    counts = count_page("one\ntwo menu", reference)
    assert (counts.tp, counts.fp, counts.fn, counts.tn) == (1, 1, 1, 1)
    assert score([counts, counts], shingles=False).f1 == 0.5


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

    report = run_cleaning(data, lambda content: content.decode()[3:-4], others={"fails": fails})
    ours, other = report.systems
    assert (ours.name, ours.all.f1, ours.empty, ours.failed) == (OURS, 1.0, 0, ())
    assert (other.all.f1, other.empty, other.failed) == (0.0, 2, ("a", "b"))
    assert report.problems() == []
    assert "4-gram shingles" in report.table()


def test_falling_below_another_extractor_or_the_floor_is_a_problem(data, tmp_path, monkeypatch):
    def good(content: bytes) -> str:
        return content.decode()[3:-4]

    report = run_cleaning(data, lambda content: "nothing of it at all", others={"good": good})
    floors = tmp_path / "floors.json"
    floors.write_text(json.dumps({report.digest: {"pages": 2, "f1": 0.9}}))
    monkeypatch.setattr(cleaning, "FLOORS", floors)
    with pytest.raises(ProblemsFound, match=r"below its floor 0\.9000") as found:
        report.check()
    assert "good scores 1.0000" in str(found.value)


def test_the_digest_names_the_data(data):
    before = run_cleaning(data, lambda content: "", others={}).digest
    (data / "html" / "a.html.gz").write_bytes(gzip.compress(b"<p>changed</p>"))
    assert run_cleaning(data, lambda content: "", others={}).digest != before


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
    lines = {line.split("  ")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "6 pages, 4-gram shingles" in next(iter(lines))
    assert {"allegata", "trafilatura", "resiliparse"} <= lines.keys()
    assert lines["allegata"].split()[1:4] == ["1.0000", "1.0000", "1.0000"]
    assert any(line.startswith("alignment and rules: ") for line in lines)


def test_the_share_of_our_own_steps_is_of_trafilatura_s_time(data):
    def read(content: bytes) -> str:
        return content.decode()[3:-4]

    report = run_cleaning(data, read, others={"trafilatura": read}, own=iter([0.0, 1000.0]).__next__)
    assert report.own is not None
    assert report.own > 1
    assert "of trafilatura's CPU time (target: at most 25%)" in report.table()
    assert run_cleaning(data, read, others={}, own=lambda: 1000.0).own is None  # nothing to measure it by


def test_a_floor_is_raised_with_the_figures_and_lowered_only_on_request(data, tmp_path):
    floors = tmp_path / "floors.json"
    floors.write_text("{}")
    good = run_cleaning(data, lambda content: content.decode()[3:-4], others={})
    bad = run_cleaning(data, lambda content: "nothing of it at all", others={})
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


def test_ours_is_above_trafilatura_on_pages_it_was_not_tuned_on(development):
    index = json.loads((development / "evaldata.json").read_text(encoding="utf-8"))
    odd = dict(list(index.items())[1::16])  # an even step: none of them was tuned on
    (development / "evaldata.json").rename(development / "all.json")
    (development / "evaldata.json").write_text(json.dumps(odd), encoding="utf-8")
    try:
        report = run_cleaning(development, page_text, others={"trafilatura": available()["trafilatura"]})
    finally:
        (development / "all.json").replace(development / "evaldata.json")
    ours, trafilatura = report.systems
    assert ours.failed == ()
    assert ours.all.f1 > trafilatura.all.f1 + 0.005


def test_kept_characters_stand_in_the_source_text_at_their_offset(development):
    rng = random.Random(0)
    checked = 0
    for test_page in load_pages(development)[1::40]:
        parsed = read_page(decode_page(test_page.read()).text)
        offsets = decide(parsed.source_text, PageFacts(parsed.blocks, extracts(parsed))).offsets(parsed.source_text)
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
    calls, spent = [], [0.0]

    def slow_at_first(data):
        if not calls:
            spent[0] += 100.0
        calls.append(data)
        return "x"

    report = run_cleaning(tmp_path, slow_at_first, others={"trafilatura": lambda data: "x"}, own=lambda: spent[0])
    assert len(calls) == 2
    assert report.own == 0
