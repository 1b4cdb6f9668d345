"""What a tagger of PolNeAR finds by kind of span, and whether its confidence is a share."""

from __future__ import annotations

import pytest

from allegata.benchmark.protocols.polnear import _by_halves, _calibration, _drawn, flat_spans, spans_of, tagged
from allegata.benchmark.protocols.polnear_kinds import LONG, Found, found_by_kind, kinds_of, kinds_table
from allegata.measures.calibration import calibrated
from allegata.measures.matching import LabelledSpan
from allegata.models.annotated import AnnotatedFile

TEXT = "According to Ann it rains , and that Bob said it snows is wrong , she added ."
LONG_TEXT = " ".join(["word"] * (LONG + 1))


def span(label: str, *words: str, text: str = TEXT) -> LabelledSpan:
    return LabelledSpan.of(label, *((text.index(part), text.index(part) + len(part)) for part in words))


PREPOSITION, ANN, SHE = span("Cue", "According to"), span("Source", "Ann"), span("Source", "she")
PIECES = span("Content", "it rains", "that Bob said it snows is wrong")
BOB, SAID, SNOWS, ADDED = span("Source", "Bob"), span("Cue", "said"), span("Content", "it snows"), span("Cue", "added")
FILE = AnnotatedFile("a", "x", TEXT, (PREPOSITION, ANN, SHE, PIECES, BOB, SAID, SNOWS, ADDED))


@pytest.mark.parametrize(
    ("gold", "kinds"),
    [
        (PREPOSITION, {"without a verb"}),
        (ANN, set()),
        (SHE, {"a pronoun"}),
        (PIECES, {"discontinuous"}),
        (BOB, {"inside a content"}),
        (SAID, {"inside a content"}),
        (SNOWS, {"inside a content"}),
        (ADDED, set()),
    ],
)
def test_the_kinds_of_a_gold_span(gold: LabelledSpan, kinds: set[str]) -> None:
    assert set(kinds_of(FILE, gold)) == {"all", *kinds}


def test_a_content_of_more_than_40_words_is_long() -> None:
    long, short = (LabelledSpan.of("Content", (0, len(LONG_TEXT) - cut)) for cut in (0, len(" word")))
    file = AnnotatedFile("a", "x", LONG_TEXT, (long,))
    assert [f"more than {LONG} words" in kinds_of(file, one) for one in (long, short)] == [True, False]


def test_a_discontinuous_span_is_found_if_every_piece_is() -> None:
    first, second = (LabelledSpan((part,), "Content") for part in PIECES.segments)
    whole = found_by_kind([FILE], [[first, second]])["Content", "discontinuous"]
    half = found_by_kind([FILE], [[first]])["Content", "discontinuous"]
    none = found_by_kind([FILE], [[ANN]])["Content", "discontinuous"]
    assert (whole, half, none) == (Found(1, 1, 0), Found(1, 0, 1), Found(1, 0, 0))
    assert "| Content | discontinuous | 1 | 100.0 | 0.0 |" in kinds_table(found_by_kind([FILE], [[first, second]]))


@pytest.mark.parametrize("end", ["\n", "\u2028", "\x0b"])
def test_a_span_over_the_end_of_a_line_is_found_by_its_pieces(end: str) -> None:
    text = f"Ann said it rains{end}and it snows ."
    content = LabelledSpan.of("Content", (text.index("it rains"), text.index(" .")))
    (document,) = tagged([AnnotatedFile("a", "x", text, (content,))])
    found = found_by_kind([AnnotatedFile("a", "x", text, (content,))], [flat_spans(document)])
    assert found["Content", "all"] == Found(1, 1, 0)


def test_the_confidence_of_a_span_is_beside_the_share_that_is_right() -> None:
    files = [AnnotatedFile(name, "x", TEXT, (ANN, ADDED)) for name in "ab"]
    line = _calibration(files, tagged(files), [[(ANN, 0.9), (SHE, 0.9)]] * 2)
    assert "confidence of 4 spans: expected calibration error 0.400, 0.000 on the curve of the other half" in line
    assert line.endswith("0.90 0.50 (4)")


@pytest.mark.parametrize(
    ("confidence", "expected"), [(0.0, 0.0), (0.1, 0.05), (0.2, 0.1), (0.5, 0.3), (0.8, 0.5), (1.0, 0.5)]
)
def test_a_confidence_stands_on_the_curve(confidence: float, expected: float) -> None:
    assert calibrated(confidence, [(0.0, 0.0), (0.2, 0.1), (0.8, 0.5)]) == pytest.approx(expected)
    assert calibrated(confidence, []) == confidence


def test_the_threshold_of_a_half_is_chosen_on_the_other() -> None:
    pytest.importorskip("torch")
    from allegata.models.tagger import Likely

    files = sorted((AnnotatedFile(name, "x", TEXT, (ANN,)) for name in "abcd"), key=lambda f: _drawn(f.article_id))
    gold = tagged(files)
    # The right span is likely in all of them; a wrong one is as likely as .45 in the first half, .3 in the other.
    likely = [[[Likely(2, 3, "Source", 0.5), Likely(15, 16, "Source", (0.45, 0.3)[place % 2])]] for place in range(4)]
    assert [one for one, _ in spans_of(gold[1], likely[1], 0.2)] == [ANN, SHE]
    assert [one for one, _ in spans_of(gold[1], likely[1], 0.3)] == [ANN]
    line = _by_halves(files, gold, likely)
    assert line.endswith("chosen on the other (0.3, 0.45): source 80.0")  # 4 right, 2 wrong: of the first half
