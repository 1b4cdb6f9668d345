"""The training of the judge, but for the trees: folds by site, labels from gold, words of many sites, calibration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.judge.judge import Judge
from allegata.measures.calibration import calibration_curve
from allegata.schema.problems import UsageError
from bench import train_judge
from bench.cleaning_pages import TestPage
from bench.cleaning_scores import PageReference
from bench.train_judge import FOLDS, Example, example, fold_of, learn_names, learn_words, write

TEXT = "The dam at Orrin Water failed a test on Monday, the owner said."
PAGE = (
    "<html><body><nav class='menu'><a href='/'>Front page</a></nav>"
    f"<article class='story'><h2>Questions</h2><p>{TEXT}</p><p>It was built in 1931.</p></article></body></html>"
)


def page(folder: Path, reference: PageReference, name: str = "a", site: str = "dams.example") -> TestPage:
    path = folder / f"{name}.html"
    path.write_text(PAGE, encoding="utf-8")
    return TestPage(name, path, reference, site=site)


def learned(one: TestPage) -> Example:
    found = example(one)
    assert found is not None
    return found


def test_a_whole_gold_decides_every_block_and_snippets_only_those_they_stand_in(tmp_path: Path) -> None:
    whole = learned(page(tmp_path, PageReference(body=f"{TEXT}\nIt was built in 1931.")))
    assert whole.wanted.tolist() == [0, 0, 1, 1]
    assert (whole.weight > 0).all()
    assert whole.weight.sum() == pytest.approx(100)
    known = learned(page(tmp_path, PageReference(wanted=("failed a test",), unwanted=("Front page",))))
    assert known.wanted.tolist() == [0, 0, 1, 0]
    assert (known.weight > 0).tolist() == [True, False, True, False]
    assert known.weight.sum() < 100 / 5  # two lines of twelve say less than a whole page


def test_pages_of_one_site_are_in_one_fold(tmp_path: Path) -> None:
    gold = PageReference(body=TEXT)
    assert fold_of(page(tmp_path, gold, "a")) == fold_of(page(tmp_path, gold, "b"))
    assert {fold_of(page(tmp_path, gold, "a", f"{n}.example")) for n in range(40)} == set(range(FOLDS))


def test_only_words_of_many_sites_are_weighed(tmp_path: Path) -> None:
    gold = PageReference(body=f"{TEXT}\nIt was built in 1931.")
    alone = [learned(page(tmp_path, gold, str(n))) for n in range(8)]
    assert train_judge._common(alone, [["menu"]] * 8) == {}  # eight pages, one site
    examples = many(alone, 8)
    names, words = learn_names(examples).weights, learn_words(examples).weights
    assert names["story"][1] > 0 > names["menu"][0]  # around the lines, and their own box
    assert words["w:front page"] < 0


def many(examples: list[Example], sites: int) -> list[Example]:
    return [
        replace(one, page=replace(one.page, site=f"{number % sites}.example")) for number, one in enumerate(examples)
    ]


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=80))
def test_a_calibration_rises_from_the_origin(pairs: list[tuple[float, float]]) -> None:
    known, found = zip(*calibration_curve(pairs), strict=True)
    assert (known[0], found[0]) == (0.0, 0.0)
    assert list(known) == sorted(known)
    assert list(found) == sorted(found)


def test_what_shares_a_confidence_is_one_point_of_a_calibration_however_much_it_is() -> None:
    shares = {0.1: 0.02, 0.2: 0.05, 0.9: 0.8, 1.0: 0.99}
    pairs = [(score, float(at < 100 * share)) for score, share in shares.items() for at in range(100)]
    assert calibration_curve(pairs) == [(0.0, 0.0), *(pytest.approx(point) for point in shares.items())]


def test_what_is_written_is_the_judge_that_is_read(tmp_path: Path) -> None:
    tree = {"features": [0] * 6, "borders": [0.5] * 6, "leaves": list(range(64)), "shares": [1] * 64}
    model = {
        "name": "x/1", "trained_on": [{"source": "s", "digest": "d"}], "columns": ["length"], "kinds": ["its text"],
        "names": {"menu": (-3, 4)}, "words": {'w:"': 5}, "calibration": [(0.0, 0.0), (0.5, 0.6)],
        "trees": [tree], "bias": 7,
    }  # fmt: skip
    write(tmp_path / "judge.json", model)
    read = Judge.read(tmp_path / "judge.json")
    assert (read.name, read.trained_on) == ("x/1", ("d",))
    assert (read.names.weights, read.words.weights) == ({"menu": (-3, 4)}, {'w:"': 5})
    assert read.trees.logits(read.trees.reached(np.array([[0.0], [1.0]], np.float32))).tolist() == [7, 7 + 63]
    assert read.calibrated(0.25) == 0.3


def test_training_without_its_libraries_is_one_error_before_any_page_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train_judge, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"allegata\[judge\]"):
        train_judge.run_training([], Path("nowhere"), None)
