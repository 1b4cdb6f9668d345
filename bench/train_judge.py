"""Training the judge of web pages: the pages of the cleaning benchmarks, their gold found in their source texts.

Folds are by site, so that no page is judged by what was learned from another page of its site. The tree learner is
CatBoost with oblivious trees (Prokhorenkova et al. 2018), one thread and a fixed seed; class and id words are weighed
by logistic regression before, on the other folds, so that the trees do not trust them more than a new site deserves.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allegata.ingest.charset import decode_page
from allegata.ingest.html import read_page
from allegata.ingest.judged import layout
from allegata.ingest.page_walk import TooCrowdedError
from allegata.judge import words as words_of_blocks
from allegata.judge.features import Layout, features, headings, texts_of
from allegata.judge.judge import Judge, best_least
from allegata.judge.names import NameWeights, tokens_of
from allegata.judge.trees import UNIT
from allegata.judge.words import WordWeights
from allegata.measures.calibration import calibration_curve
from allegata.schema.problems import UsageError
from allegata.text.alignment import Letters, covered
from allegata.text.spans import Span, union
from bench.cleaning_pages import PageSet, TestPage, digest_of
from bench.cleaning_scores import count_page
from bench.learn_trees import fit_trees

NAME = "judge/2"
FOLDS = 4
ITERATIONS, DEPTH, RATE = 500, 6, 0.1
_MOST_BLOCKS = 6_000  # of a page that is learned from: the largest weighs no more than another
LEAST_SITES = 6  # that a word stands on: what one site says is no rule, and not ours to publish
_LEAST_WEIGHT = 12  # thousandths of a logit: a word below adds nothing


@dataclass(frozen=True)
class Example:
    """A page to learn from: its layout of n blocks, which of them are of its article (1 or 0), and the weight of each,
    0 where its gold says nothing."""

    page: TestPage
    layout: Layout
    wanted: NDArray[np.float64]
    weight: NDArray[np.float64]

    @property
    def fold(self) -> int:
        """The fold of its site."""
        return fold_of(self.page)


def fold_of(page: TestPage) -> int:
    """The fold that a page's site is in: the same whatever other pages there are."""
    return zlib.crc32((page.site or page.name).encode()) % FOLDS


def example(page: TestPage) -> Example | None:
    """A page with its gold found in its source text; None for one that has no text, or is too large to learn from."""
    try:
        parsed = read_page(decode_page(page.read(), None).text)
    except TooCrowdedError:
        return None
    if not 0 < len(parsed.blocks) <= _MOST_BLOCKS:
        return None
    letters = Letters.of(parsed.source_text)
    seen, gold = layout(parsed, letters), page.reference
    length = (seen.ends - seen.starts).astype(float)
    if gold.body is not None:
        wanted = (_share(seen, covered(letters, gold.body)) >= 0.5).astype(float)
        known, least = np.ones(len(length), bool), 0.0
    else:
        inside, outside = (_share(seen, _places(letters, strings)) > 0 for strings in (gold.wanted, gold.unwanted))
        wanted, known, least = inside.astype(float), inside != outside, 12.0
    weight = np.sqrt(np.minimum(length, 600) + 5) * known
    # A page weighs the same whatever its length; one of which few lines are known, less.
    weight *= 100 / max(1e-9, weight.sum()) * min(1.0, known.sum() / max(1.0, least))
    return Example(page, seen, wanted, weight)


def _places(letters: Letters, strings: Sequence[str]) -> list[Span]:
    found: list[Span] = []
    for bare in filter(None, ("".join(letters.of_lines(string)) for string in strings)):
        at = letters.string.find(bare)
        while at >= 0:
            found.append(letters.span(at, at + len(bare)))
            at = letters.string.find(bare, at + 1)
    return list(union(found))


def _share(page: Layout, spans: Sequence[Span]) -> NDArray[np.float64]:
    inside = np.zeros(len(page.text) + 1)
    for span in spans:
        inside[span.start + 1 : span.end + 1] = 1
    sums = np.cumsum(inside)
    shares: NDArray[np.float64] = (sums[page.ends] - sums[page.starts]) / (page.ends - page.starts)
    return shares


def learn_names(examples: Sequence[Example]) -> NameWeights:
    """Weights of class and id words, own and around, in thousandths of a logit."""
    from scipy.sparse import csr_matrix, vstack
    from sklearn.linear_model import LogisticRegression

    boxes_of = [one.layout.boxes for one in examples]
    known = _common(examples, [chain.from_iterable(map(tokens_of, b.tags, b.names)) for b in boxes_of])
    rows, yes, no = [], [], []
    for one, boxes in zip(examples, boxes_of, strict=True):
        own = [[known[t] for t in tokens_of(*box) if t in known] for box in zip(boxes.tags, boxes.names, strict=True)]
        used, which = np.unique(boxes.of_block, return_inverse=True)
        columns: list[int] = []
        ends = [0]
        for box in used.tolist():
            around: set[int] = set()
            up = boxes.parent[box]
            while up >= 0:
                around.update(own[up])
                up = boxes.parent[up]
            columns += own[box] + sorted(len(known) + token for token in around)
            ends.append(len(columns))
        rows.append(csr_matrix((np.ones(len(columns), np.float32), columns, ends), (len(used), 2 * len(known))))
        yes.append(np.bincount(which, one.weight * one.wanted, len(used)))
        no.append(np.bincount(which, one.weight * (1 - one.wanted), len(used)))
    table, positive, negative = vstack(rows).tocsr(), np.concatenate(yes), np.concatenate(no)
    here, there = np.flatnonzero(positive), np.flatnonzero(negative)
    model = LogisticRegression(C=0.2, solver="lbfgs", max_iter=60, tol=1e-3).fit(
        vstack([table[here], table[there]]),
        np.concatenate([np.ones(len(here)), np.zeros(len(there))]),
        sample_weight=np.concatenate([positive[here], negative[there]]),
    )
    weights = np.rint(model.coef_[0] * UNIT).astype(int)
    pairs = {token: (int(weights[n]), int(weights[len(known) + n])) for token, n in known.items()}
    return NameWeights({token: pair for token, pair in pairs.items() if max(map(abs, pair)) >= _LEAST_WEIGHT})


def _common(examples: Sequence[Example], tokens: Sequence[Iterable[str]]) -> dict[str, int]:
    """A number for each token that stands on enough sites, in the order of the tokens."""
    sites: dict[str, set[str]] = defaultdict(set)
    for one, own in zip(examples, tokens, strict=True):
        for token in set(own):
            sites[token].add(one.page.site or one.page.name)
    often = sorted(token for token, found in sites.items() if len(found) >= LEAST_SITES)
    return {token: number for number, token in enumerate(often)}


def learn_words(examples: Sequence[Example]) -> WordWeights:
    """Weights of the words of blocks and of the headings above them, in thousandths of a logit."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    tokens = [_tokens(one) for one in examples]
    known = _common(examples, [chain.from_iterable(blocks) for blocks in tokens])
    wanted, weight = (np.concatenate([getattr(one, name) for one in examples]) for name in ("wanted", "weight"))
    used, columns, ends = weight > 0, list[int](), [0]
    for block, is_used in zip(chain.from_iterable(tokens), used.tolist(), strict=True):
        if is_used:
            columns += [known[token] for token in block if token in known]
            ends.append(len(columns))
    table = csr_matrix((np.ones(len(columns), np.float32), columns, ends), (len(ends) - 1, len(known)))
    model = LogisticRegression(C=0.3, solver="lbfgs", max_iter=60, tol=1e-3)
    model.fit(table, wanted[used], sample_weight=weight[used])
    weights = np.rint(model.coef_[0] * UNIT).astype(int).tolist()
    return WordWeights({token: weights[n] for token, n in known.items() if abs(weights[n]) >= _LEAST_WEIGHT})


def _tokens(one: Example) -> list[tuple[str, ...]]:
    """The tokens of every block, with those of the heading above."""
    texts = texts_of(one.layout)
    above = words_of_blocks.below_headings(texts, headings(one.layout) > 0)
    return [(*words_of_blocks.tokens_of(text), *heading) for text, heading in zip(texts, above, strict=True)]


def rows_of(
    examples: Sequence[Example], weights: Sequence[tuple[NameWeights, WordWeights]]
) -> tuple[list[NDArray[np.float32]], list[str], list[str]]:
    """The features of every page, with the weights of names and words that belong to it."""
    tables, columns, kinds = list[NDArray[np.float32]](), list[str](), list[str]()
    for one, own in zip(examples, weights, strict=True):
        rows, columns, kinds = features(one.layout, *own)
        tables.append(np.ascontiguousarray(rows))
    return tables, columns, kinds


def learn_trees(examples: Sequence[Example], tables: Sequence[NDArray[np.float32]]) -> dict[str, Any]:
    """The trees of a model, as plain numbers."""
    rows = np.concatenate(tables)
    wanted, weight = (np.concatenate([getattr(one, name) for one in examples]) for name in ("wanted", "weight"))
    used = weight > 0
    return fit_trees(
        rows[used], wanted[used], weight[used],
        iterations=ITERATIONS, depth=DEPTH, learning_rate=RATE, l2_leaf_reg=3,
    )  # fmt: skip


def _weights(examples: Sequence[Example]) -> tuple[NameWeights, WordWeights]:
    return learn_names(examples), learn_words(examples)


def _model(examples: Sequence[Example], trained_on: Sequence[dict[str, str]]) -> dict[str, Any]:
    """A judge without calibration: words weighed by folds for the trees, and by all pages for use."""
    by_fold = {fold: _weights([one for one in examples if one.fold != fold]) for fold in {e.fold for e in examples}}
    tables, columns, kinds = rows_of(examples, [by_fold[one.fold] for one in examples])
    names, words = _weights(examples)
    return {
        "name": NAME, "trained_on": trained_on, "columns": columns, "kinds": kinds,
        "names": names.weights, "words": words.weights, "calibration": [], **learn_trees(examples, tables),
    }  # fmt: skip


def calibration(judge: Judge, unseen: Sequence[Example], protocol_of: dict[str, PageSet]) -> list[tuple[float, float]]:
    """Pairs (expected F1, F1 found) of pages of one gold text each that `judge` was not trained on."""
    pairs = []
    for one in unseen:
        if one.page.reference.body is None:
            continue
        judgement = judge.judge(one.layout)
        scores, length = np.array(judgement.scores), one.layout.ends - one.layout.starts
        kept = scores >= judgement.least
        spans = zip(one.layout.starts[kept], one.layout.ends[kept], strict=True)
        text = "\n".join(one.layout.text[start:end] for start, end in spans)
        f1 = count_page(text, one.page.reference, protocol_of[one.page.name].protocol).f1
        pairs.append((best_least(scores, length)[1], f1))
    return pairs


def _curve(pairs: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(round(raw, 4), round(found, 4)) for raw, found in calibration_curve(pairs)]


def require_catboost() -> None:
    """Raises `UsageError` before any page is read if the trees cannot be learned."""
    if find_spec("catboost") is None or find_spec("sklearn") is None:
        raise UsageError("training needs catboost and scikit-learn: pip install 'allegata[judge]'")


def run_training(sets: Sequence[PageSet], folds: Path, output: Path | None) -> str:
    """Write a judge for every fold, trained on the others, into `folds`, and one trained on all pages to `output`."""
    require_catboost()
    set_of = {page.name: pages for pages in sets for page in pages.pages}
    examples = [one for pages in sets for page in pages.pages if (one := example(page))]
    trained_on = [{"source": pages.source, "digest": digest_of(pages)} for pages in sets]
    folds.mkdir(parents=True, exist_ok=True)
    pairs: dict[int, list[tuple[float, float]]] = {}
    models: dict[int, dict[str, Any]] = {}
    for fold in range(FOLDS):
        models[fold] = _model([one for one in examples if one.fold != fold], trained_on)
        pairs[fold] = calibration(Judge.of(models[fold]), [one for one in examples if one.fold == fold], set_of)
        print(f"fold {fold + 1} of {FOLDS}", flush=True)
    for fold, model in models.items():
        others = [pair for other, found in pairs.items() if other != fold for pair in found]
        write(folds / f"{fold}.json", {**model, "calibration": _curve(others)})
    if output:
        model = _model(examples, trained_on)
        write(output, {**model, "calibration": _curve([pair for found in pairs.values() for pair in found])})
    return f"{len(examples)} pages"


def write(path: Path, model: dict[str, Any]) -> None:
    """A model as JSON, a line for each tree and word."""
    head = {name: value for name, value in model.items() if name not in ("names", "words", "trees")}
    lines = ",\n".join(
        f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(value, separators=(',', ':'))}"
        for name, value in head.items()
    )
    names = ",\n".join(f"{json.dumps(t, ensure_ascii=False)}:[{a},{b}]" for t, (a, b) in sorted(model["names"].items()))
    words = ",\n".join(f"{json.dumps(t, ensure_ascii=False)}:{a}" for t, a in sorted(model["words"].items()))
    trees = ",\n".join(json.dumps(tree, separators=(",", ":")) for tree in model["trees"])
    path.write_text(
        f'{{{lines},\n"names":{{\n{names}}},\n"words":{{\n{words}}},\n"trees":[\n{trees}]}}\n', encoding="utf-8"
    )
