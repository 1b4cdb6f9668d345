"""PolNeAR by the protocol of CofeNet (Wang et al., COLING 2022): exact F1 of source, cue and content spans.

Input is the paragraph; a discontinuous span counts as its pieces; all annotation files of the test set are scored,
those of articles with six annotators too, and once more with one annotator an article.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from allegata.benchmark.protocols.polnear_kinds import found_by_kind, kinds_table
from allegata.benchmark.protocols.published import POLNEAR, SystemFigures
from allegata.benchmark.protocols.result import ProtocolResult
from allegata.benchmark.shared_sentences import SharedSentences, sentences_of, shared_sentences, warn_of
from allegata.measures.calibration import calibrated, calibration_curve, calibration_error
from allegata.measures.matching import PRF, LabelledSpan, exact_prf, token_prf
from allegata.models.annotated import ROLES, AnnotatedFile, first_annotators
from allegata.models.bio import Paragraph, decode_tags, paragraphs
from allegata.models.extras import need_transformer
from allegata.schema.imported import Notice
from allegata.schema.problems import UsageError
from allegata.schema.wording import number

if TYPE_CHECKING:
    from allegata.models.tagger import Likely

HELD_OUT = 80
_THRESHOLDS = tuple(round(0.2 + 0.05 * step, 2) for step in range(9))


def split_train(files: Sequence[AnnotatedFile], held_out: int) -> tuple[list[AnnotatedFile], list[AnnotatedFile]]:
    """Training and development files; an article is in development by the digest of its id, not by order."""
    articles = sorted({file.article_id for file in files}, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    if len(articles) <= held_out:
        given = number(len(articles), "article")
        raise UsageError(f"{given}, and {held_out} of them to be held out: give the training folder")
    chosen = set(articles[:held_out])
    return [f for f in files if f.article_id not in chosen], [f for f in files if f.article_id in chosen]


def tagged(files: Sequence[AnnotatedFile]) -> list[list[Paragraph]]:
    """The paragraphs of each file with their BIO tags."""
    return [paragraphs(file.text, file.spans) for file in files]


def flat_spans(document: Sequence[Paragraph]) -> list[LabelledSpan]:
    """Gold as the protocol sees it: maximal runs of tags, word by word."""
    return [span for paragraph in document for span in decode_tags(paragraph.words, paragraph.tags)]


def score_files(
    gold: Sequence[Sequence[Paragraph]], predicted: Sequence[Sequence[LabelledSpan]]
) -> dict[str, dict[str, PRF]]:
    """`exact` and `token` -> role -> counts over all files."""
    counts: dict[str, dict[str, PRF]] = {"exact": defaultdict(PRF), "token": defaultdict(PRF)}
    for document, spans in zip(gold, predicted, strict=True):
        right = flat_spans(document)
        words = [word for paragraph in document for word in paragraph.words]
        for measure, scores in (("exact", exact_prf(right, spans)), ("token", token_prf(right, spans, words))):
            for role, prf in scores.items():
                counts[measure][role] += prf
    return {measure: {role: roles[role] for role in ROLES} for measure, roles in counts.items()}


def run_polnear(
    train: Sequence[AnnotatedFile],
    test: Sequence[AnnotatedFile] | None = None,
    *,
    notices: Sequence[Notice] = (),
    epochs: int | None = None,
    share: float = 1.0,
    model: Path | None = None,
    trained: Path | None = None,
    encoder: Path | None = None,
    seed: int = 1,
    report: Callable[[str], None] = print,
) -> ProtocolResult:
    """Fine-tune the tagger on `train`, one annotator an article, and score it on `test`.

    Without `test`, 80 articles of `train` are held out and scored instead: also in halves, the threshold of either
    chosen on the other. `share` trains on that part of the articles, for experiments. `model`: where to keep the
    trained tagger; `trained`: where one was kept, to be scored without training; `encoder`: the folder of a pretrained
    encoder, instead of the packaged one. `notices` are the traps that were met when the files were read. Raises
    UsageError where the extra `transformer` is missing, or a folder holds no tagger or no encoder.
    """
    from dataclasses import replace

    if trained is not None and encoder is not None:
        raise UsageError("a trained tagger has its encoder: give the tagger or an encoder to train one on")
    need_transformer()
    from allegata.models.encoder import Encoder
    from allegata.models.tagger import Tagger, TaggerOptions, load_tagger

    files, scored = split_train(train, HELD_OUT) if test is None else (list(train), list(test))
    if trained is not None:
        tagger = load_tagger(trained)
    else:
        chosen = first_annotators(files)
        chosen = chosen[: max(1, round(share * len(chosen)))]
        options = TaggerOptions(seed=seed)
        tagger = Tagger(ROLES, replace(options, epochs=epochs or options.epochs), Encoder(encoder))
        tagger.train(tagged(chosen), report)
        if model is not None:
            tagger.save(model)
    shared = shared_sentences(
        sentences_of(file.text for file in first_annotators(files)),
        sentences_of(file.text for file in first_annotators(scored)),
    )
    warn_of(shared, report)
    gold = tagged(scored)
    likely = tagger.likely_spans(gold)
    found = [spans_of(*both, tagger.options.threshold) for both in zip(gold, likely, strict=True)]
    if test is not None:
        found = [[(span, calibrated(value, tagger.calibration)) for span, value in spans] for spans in found]
    elif trained is None:  # a kept curve is of these very articles: it is not used on them
        tagger.calibration = calibration_curve([pair for pairs in _outcomes(gold, found) for pair in pairs])
        if model is not None:
            tagger.save(model)
    setting = f"{tagger.options.epochs} epochs, seed {tagger.options.seed}"
    name = "MiniLM (6 layers)" if tagger.encoder.folder is None else tagger.encoder.name
    further = [] if test is not None else [_by_halves(scored, gold, likely)]
    return _result(scored, gold, found, notices, test is not None, (name, setting), shared, further)


Confident = tuple[LabelledSpan, float]


def spans_of(document: Sequence[Paragraph], likely: Sequence[Sequence[Likely]], threshold: float) -> list[Confident]:
    """The spans of a document that are chosen at a threshold, each with its probability."""
    from allegata.models.tagger import chosen_spans

    return [
        (LabelledSpan.of(one.label, (p.words[one.start].start, p.words[one.end - 1].end)), one.probability)
        for p, spans in zip(document, likely, strict=True)
        for one in chosen_spans(spans, threshold)
    ]


def _by_halves(
    files: Sequence[AnnotatedFile], gold: Sequence[Sequence[Paragraph]], likely: Sequence[Sequence[Sequence[Likely]]]
) -> str:
    """Exact F1 of all files, where the threshold of each half of the articles was chosen on the other half."""
    halves = [[i for i, half in enumerate(_halves(files)) if half == wanted] for wanted in (0, 1)]

    def counts(rows: Sequence[int], threshold: float) -> dict[str, PRF]:
        spans = [[span for span, _ in spans_of(gold[i], likely[i], threshold)] for i in rows]
        return score_files([gold[i] for i in rows], spans)["exact"]

    tried = [{t: counts(half, t) for t in _THRESHOLDS} for half in halves]
    best = [max(_THRESHOLDS, key=lambda t: (sum(_percent(one[t]).values()), -t)) for one in tried]
    both = [tried[half][best[1 - half]] for half in (0, 1)]
    pooled = {role: both[0][role] + both[1][role] for role in ROLES}
    return (
        f"- exact F1, the threshold of either half of the articles chosen on the other ({best[1]}, {best[0]}): "
        f"{_shown(pooled)}"
    )


def _halves(files: Sequence[AnnotatedFile]) -> list[int]:
    """0 or 1 for every file, by its article: in an order that no name decides."""
    order = dict.fromkeys(sorted(_drawn(file.article_id) for file in files))
    half = {name: place % 2 for place, name in enumerate(order)}
    return [half[_drawn(file.article_id)] for file in files]


def _drawn(article_id: str) -> str:
    return hashlib.sha256(f"half {article_id}".encode()).hexdigest()


def _percent(counts: dict[str, PRF]) -> dict[str, float]:
    return {role.lower(): 100 * f1 for role, prf in counts.items() if (f1 := prf.f1) is not None}


def _shown(counts: dict[str, PRF]) -> str:
    return ", ".join(f"{role} {value:.1f}" for role, value in _percent(counts).items())


def _outcomes(
    gold: Sequence[Sequence[Paragraph]], found: Sequence[Sequence[Confident]]
) -> list[list[tuple[float, float]]]:
    """For each file the confidence of every span found, and 1 if both its ends are right, else 0."""
    right = [{(span.label, span.segments) for span in flat_spans(document)} for document in gold]
    return [
        [(confidence, float((span.label, span.segments) in known)) for span, confidence in spans]
        for known, spans in zip(right, found, strict=True)
    ]


def _calibration(
    files: Sequence[AnnotatedFile], gold: Sequence[Sequence[Paragraph]], found: Sequence[Sequence[Confident]]
) -> str:
    """How far the confidence of a span is from the share of such spans that are right: as it is, and on the curve of
    the other half of the articles."""
    outcomes, halves = _outcomes(gold, found), _halves(files)
    own = [
        [pair for half, pairs in zip(halves, outcomes, strict=True) if half == side for pair in pairs]
        for side in (0, 1)
    ]
    curves = [calibration_curve(pairs) for pairs in own]
    put = [(calibrated(value, curves[1 - side]), right) for side in (0, 1) for value, right in own[side]]
    as_it_is, bins = calibration_error(own[0] + own[1])
    tenths = ", ".join(f"{one.confidence:.2f} {one.outcome:.2f} ({one.size:,})" for one in bins)
    return (
        f"- confidence of {number(len(put), 'span')}: expected calibration error {as_it_is:.3f}, "
        f"{calibration_error(put)[0]:.3f} on the curve of the other half of the articles; by tenths, mean confidence, "
        f"share that is right (spans): {tenths}"
    )


def _result(
    scored: Sequence[AnnotatedFile],
    gold: Sequence[Sequence[Paragraph]],
    found: Sequence[Sequence[Confident]],
    notices: Sequence[Notice],
    comparable: bool,
    named: tuple[str, str],
    shared: SharedSentences,
    further: Sequence[str],
) -> ProtocolResult:
    name, setting = named
    predicted = [[span for span, _ in spans] for spans in found]
    every = score_files(gold, predicted)
    once = {(file.article_id, file.annotator) for file in first_annotators(scored)}
    kept = [index for index, file in enumerate(scored) if (file.article_id, file.annotator) in once]
    single = score_files([gold[index] for index in kept], [predicted[index] for index in kept])
    chosen_on = f"{HELD_OUT} training articles" if comparable else "the same articles"
    row = SystemFigures(f"allegata: {name} + CRF", _percent(every["exact"]), chosen_on, ours=True)
    rows = [
        {
            "id": f"{file.article_id}_{file.annotator}",
            "spans": [
                {"label": s.label, "segments": [list(p) for p in s.segments], "confidence": round(confidence, 3)}
                for s, confidence in spans
            ],
        }
        for file, spans in zip(scored, found, strict=True)
    ]
    return ProtocolResult(
        POLNEAR.with_row(row) if comparable else POLNEAR.with_held_out(row),
        comparable,
        f"Protocol: {len(scored)} annotation files, paragraphs as input, pieces of discontinuous spans counted one "
        f"by one, {setting}.",
        (
            f"- token F1: {_shown(every['token'])}",
            f"- exact F1, one annotator an article ({number(len(kept), 'file')}): {_shown(single['exact'])}",
            *further,
            _calibration(scored, gold, found),
            "",
            kinds_table(found_by_kind(scored, predicted)),
        ),
        "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in rows),
        notices,
        shared,
    )
