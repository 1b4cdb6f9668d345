"""The speed of cleaning: steps, memory and worst cases are measured on the real thing."""

import json

import pytest

from allegata.schema.problems import UsageError
from bench import worst_pages
from bench.cleaning_pages import load_pages
from bench.cleaning_speed import REST, STEPS, CleaningSpeed, memory, pace, race, run_cleaning_speed, spread, steps
from bench.worst_pages import Worst, clean_worst, run_worst, worst_table
from test_clean_web import page, replace_all


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    (folder / "html").mkdir()
    rows = []
    for number in range(6):
        (folder / "html" / f"{number}.html").write_text(replace_all(page(), number), encoding="utf-8")
        rows.append({"id": f"{number}", "page_type": "article", "main_content": "x", "with": [], "without": []})
    (folder / "ground-truth.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def pages(folder):
    return load_pages(folder).pages


def test_the_pages_of_a_part_are_evenly_spread(pages):
    assert [one.name for one in spread(pages, 3)] == ["0", "2", "4"]
    assert spread(pages, 100) == pages


def test_every_step_of_a_page_is_timed_for_itself_and_together_they_are_the_whole(pages):
    found = steps(pages)
    assert list(found) == [*STEPS, REST]
    assert all(seconds > 0 for name, seconds in found.items() if name != "vote")  # the judge is sure of these pages
    before = {name: getattr(module, function) for name, (module, function) in STEPS.items()}
    steps(pages[:1])
    assert {name: getattr(module, function) for name, (module, function) in STEPS.items()} == before


def test_ours_and_trafilatura_take_turns_on_the_same_pages(pages):
    found = race(pages)
    assert found["ours"] > 0
    assert found["peer"] > 0
    assert CleaningSpeed(6, 2.0, 3.0, {}, {}, {}).ratio == 1.5


def test_memory_is_read_after_each_number_of_pages(pages):
    found = memory(pages[:2], (2, 5))
    assert list(found) == [2, 5]
    assert 20 < found[2] < 4_000


def test_workers_clean_the_same_pages(pages):
    assert pace(pages, 2) > 0


def test_the_parts_run_in_processes_of_their_own_and_make_one_table(folder):
    report = run_cleaning_speed(folder, 2, memory_at=(1, 2))
    assert report.pages == 2
    lines = report.table().splitlines()
    assert lines[0] == "2 pages, CPU time from bytes to spans"
    assert [line.split()[0] for line in lines[1:3]] == ["allegata", "trafilatura"]
    assert any(line.startswith("peak memory: ") and "after 2 pages; growth 1.0" in line for line in lines)
    assert "workers" not in report.table()


def test_a_worst_case_is_cleaned_or_refused_with_the_reason(monkeypatch):
    monkeypatch.setitem(worst_pages.PAGES, "small", lambda: worst_pages._paragraphs(30))
    monkeypatch.setitem(worst_pages.PAGES, "large", lambda: bytes(20_000_001))
    monkeypatch.setitem(worst_pages.TEXTS, "text", lambda: "One line.")
    assert clean_worst("small")[2].endswith("kept")
    assert clean_worst("large")[2].startswith("refused: the page: has 20,000,001 bytes, more than the 20,000,000 that ")
    assert clean_worst("text")[2] == "9 of 9 kept"


def test_a_case_in_a_process_of_its_own_or_ended_there(monkeypatch):
    (found,) = run_worst(["100,000 nested elements"])
    assert found.seconds is not None
    assert found.outcome.endswith("kept")

    def ended(*_):
        raise UsageError("it was ended by signal 24")

    monkeypatch.setattr(worst_pages, "in_own_process", ended)
    (found,) = run_worst(["page of 20 MB"])
    assert found == Worst("page of 20 MB", None, None, None, "it was ended by signal 24")
    assert "it was ended by signal 24, above the target" in worst_table([found])
    assert "above" not in worst_table([Worst("x", 4.9, 9.0, 100.0, "1 of 2 kept")])
    assert "above" in worst_table([Worst("x", 5.1, 9.0, 100.0, "1 of 2 kept")])
