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

from allegata.benchmark.protocols.published import POLNEAR, SystemFigures
from allegata.benchmark.protocols.result import ProtocolResult
from allegata.benchmark.shared_sentences import SharedSentences, sentences_of, shared_sentences, warn_of
from allegata.measures.matching import PRF, LabelledSpan, exact_prf, token_prf
from allegata.models.annotated import ROLES, AnnotatedFile, first_annotators
from allegata.models.bio import Paragraph, decode_tags, paragraphs
from allegata.models.extras import need_transformer
from allegata.schema.imported import Notice
from allegata.schema.problems import UsageError
from allegata.schema.wording import number

HELD_OUT = 80


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
    seed: int = 1,
    report: Callable[[str], None] = print,
) -> ProtocolResult:
    """Fine-tune the tagger on `train`, one annotator an article, and score it on `test`.

    Without `test`, 80 articles of `train` are held out and scored instead. `share` trains on that part of the
    articles, for experiments. `model`: where to keep the trained tagger; `trained`: where one was kept, to be scored
    without training. `notices` are the traps that were met when the files were read. Raises UsageError where the extra
    `transformer` is missing or `trained` holds no tagger.
    """
    from dataclasses import replace

    need_transformer()
    from allegata.models.tagger import Tagger, TaggerOptions, load_tagger

    files, scored = split_train(train, HELD_OUT) if test is None else (list(train), list(test))
    if trained is not None:
        tagger = load_tagger(trained)
    else:
        chosen = first_annotators(files)
        chosen = chosen[: max(1, round(share * len(chosen)))]
        options = TaggerOptions(seed=seed)
        tagger = Tagger(ROLES, replace(options, epochs=epochs or options.epochs))
        tagger.train(tagged(chosen), report)
        if model is not None:
            tagger.save(model)
    shared = shared_sentences(
        sentences_of(file.text for file in first_annotators(files)),
        sentences_of(file.text for file in first_annotators(scored)),
    )
    warn_of(shared, report)
    gold = tagged(scored)
    tags = tagger.predict(gold)
    predicted = [
        [s for paragraph, row in zip(d, rows, strict=True) for s in decode_tags(paragraph.words, row)]
        for d, rows in zip(gold, tags, strict=True)
    ]
    setting = f"{tagger.options.epochs} epochs, seed {tagger.options.seed}"
    return _result(scored, gold, predicted, notices, test is not None, setting, shared)


def _percent(counts: dict[str, PRF]) -> dict[str, float]:
    return {role.lower(): 100 * f1 for role, prf in counts.items() if (f1 := prf.f1) is not None}


def _result(
    scored: Sequence[AnnotatedFile],
    gold: Sequence[Sequence[Paragraph]],
    predicted: Sequence[Sequence[LabelledSpan]],
    notices: Sequence[Notice],
    comparable: bool,
    setting: str,
    shared: SharedSentences,
) -> ProtocolResult:
    every = score_files(gold, predicted)
    once = {(file.article_id, file.annotator) for file in first_annotators(scored)}
    kept = [index for index, file in enumerate(scored) if (file.article_id, file.annotator) in once]
    single = score_files([gold[index] for index in kept], [predicted[index] for index in kept])
    chosen_on = f"{HELD_OUT} training articles" if comparable else "the same articles"
    row = SystemFigures("allegata: MiniLM (6 layers) + CRF", _percent(every["exact"]), chosen_on, ours=True)
    rows = [
        {
            "id": f"{file.article_id}_{file.annotator}",
            "spans": [{"label": s.label, "segments": [list(p) for p in s.segments]} for s in spans],
        }
        for file, spans in zip(scored, predicted, strict=True)
    ]

    def shown(counts: dict[str, PRF]) -> str:
        return ", ".join(f"{role} {value:.1f}" for role, value in _percent(counts).items())

    return ProtocolResult(
        POLNEAR.with_row(row) if comparable else POLNEAR.with_held_out(row),
        comparable,
        f"Protocol: {len(scored)} annotation files, paragraphs as input, pieces of discontinuous spans counted one "
        f"by one, {setting}.",
        (
            f"- token F1: {shown(every['token'])}",
            f"- exact F1, one annotator an article ({number(len(kept), 'file')}): {shown(single['exact'])}",
        ),
        "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in rows),
        notices,
        shared,
    )
