"""Training the judge of lines: pages that were written for it (`tests/pages`), and web pages with gold as plain text.

Folds are by site. What words weigh, and what a line is by itself, is learned on the other folds for the trees that go
by it (stacking), so that they trust neither more than a page nobody has seen deserves. The learners are those of
`train_judge`: logistic regression and oblivious trees of CatBoost, one thread, a fixed seed.

Web pages (`web_lines`) are those of half the sites. Without them an early judge took 16 % of the characters of 200 gold
texts, and some of 142 of them: real articles sound otherwise than those that were written for it. With all pages of
that half instead of 150 in each form, recall on pages of the other half at a precision of .96 was .76 instead of .64;
on written ones it stayed what it was, .89.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from allegata.clean.judged_lines import NAME, lines_of
from allegata.clean.stage import page_of
from allegata.judge.judge import default_judge
from allegata.judge.line_facts import Lines, context, facts
from allegata.judge.line_words import LineWeights
from allegata.judge.trees import UNIT, Trees, per_mille
from bench.cleaning_pages import PageSet, digest_of
from bench.learn_trees import fit_trees
from bench.plain_text import SAME, UNKNOWN, PlainPage, read_pages
from bench.train_judge import LEAST_SITES, require_catboost
from bench.web_lines import judged_pages, web_pages

Learned = TypeVar("Learned")
FOLDS = 5
# Number, depth and rate of the trees that judge a line by itself, and of those that know its neighbours. Log loss of
# the second on 100 written pages, not yet learned from, and on the web: 300 of depth 6 .131 and .186, these .127 and
# .183, 800 .129 and .183.
ALONE, AMONG = (300, 5, 0.08), (600, 6, 0.05)
_REASON_ITERATIONS, _REASON_DEPTH = 60, 4
_WEB_WEIGHT = 0.3  # of a web page beside one that was written
_LEAST_WEIGHT = 12  # thousandths of a logit
_HEAVIEST = 700  # weight of a page of some seventy lines: a longer one weighs no more
_PIECE_WEIGHT = 0.3  # of a piece of a page


@dataclass
class Labelled:
    """A page to learn from: the site that it is from (a written page is its own, with its pieces), its n lines, which
    of them are of its article, why the others leave ("" for those that do not), and the weight of each, 0 where nothing
    is known. `rows` is what is known of each line, once it is."""

    site: str
    lines: Lines
    wanted: NDArray[np.bool_]
    reasons: tuple[str, ...]
    weight: NDArray[np.float64]
    is_written: bool
    rows: NDArray[np.float32]

    @property
    def fold(self) -> int:
        """The fold of its site."""
        return zlib.crc32(self.site.encode()) % FOLDS


def labelled(page: PlainPage, weight: float = 1.0, *, is_written: bool = True) -> Labelled:
    """A page with what the rules take of it. Raises `ValueError` for a line that is several."""
    stripped = [(text.strip(), reason) for text, reason in page.lines if text.strip()]
    lines = lines_of(page_of("\n".join(text for text, _ in page.lines)))
    if list(lines.texts) != [text for text, _ in stripped]:
        raise ValueError(f"{page.id}: a line of the page is none of its text")
    known = np.array([reason != UNKNOWN for _, reason in stripped])
    size = np.array([len("".join(text.split())) for text, _ in stripped], float)
    weights = (np.minimum(size, 500) ** 0.6 + 2) * known
    weights *= weight * min(1.0, _HEAVIEST / max(1.0, weights.sum()))
    wanted = np.array([reason is None for _, reason in stripped])
    reasons = tuple(SAME.get(reason, reason) if reason else "" for _, reason in stripped)
    return Labelled(page.site or page.id, lines, wanted, reasons, weights, is_written, np.zeros((0, 0), np.float32))


def piece_of(page: PlainPage) -> PlainPage:
    """Some lines in a row of a page of two lines and more, at most half of it: people paste parts, too."""
    number, n = zlib.crc32(page.id.encode()), len(page.lines)
    size = min(n, 2 + number % max(1, n // 2 - 1))
    start = number // 1000 % (n - size + 1)
    return page._replace(lines=page.lines[start : start + size])


def learn_words(pages: Sequence[Labelled]) -> LineWeights:
    """Weights of tokens, in thousandths of a logit that a line is of the article."""
    from scipy.sparse import csr_matrix, diags
    from sklearn.linear_model import LogisticRegression

    tokens = [list(page.lines.tokens()) for page in pages]
    sites = defaultdict[str, set[str]](set)
    for page, of_lines in zip(pages, tokens, strict=True):
        for token in set[str]().union(*of_lines):
            sites[token].add(page.site)
    known = {token: n for n, token in enumerate(sorted(t for t, found in sites.items() if len(found) >= LEAST_SITES))}
    columns, ends, sizes = list[int](), [0], list[float]()
    for own in chain.from_iterable(tokens):
        columns += sorted(known[token] for token in own if token in known)
        ends.append(len(columns))
        sizes.append(max(1, len(own)) ** -0.5)
    counts = csr_matrix((np.ones(len(columns), np.float32), columns, ends), (len(ends) - 1, len(known)))
    table = csr_matrix(diags(np.array(sizes, np.float32)) @ counts)
    weight = np.concatenate([page.weight for page in pages])
    wanted = np.concatenate([page.wanted for page in pages])
    used = weight > 0
    model = LogisticRegression(C=8.0, solver="liblinear", max_iter=60, random_state=1)
    model.fit(table[used], wanted[used], sample_weight=weight[used] / weight[used].mean())
    weights = np.rint(model.coef_[0] * UNIT).astype(int).tolist()
    return LineWeights({token: weights[n] for token, n in known.items() if abs(weights[n]) >= _LEAST_WEIGHT})


def _by_fold(pages: Sequence[Labelled], learn: Callable[[list[Labelled]], Learned]) -> dict[int, Learned]:
    """For every fold what is learned on the others."""
    folds = sorted({page.fold for page in pages})
    return {fold: learn([page for page in pages if page.fold != fold]) for fold in folds}


def _model(pages: Sequence[Labelled], for_words: Sequence[Labelled]) -> dict[str, Any]:
    all_pages = [*pages, *for_words]
    words, words_of = learn_words(all_pages), _by_fold(all_pages, learn_words)
    rows = [facts(page.lines, words_of[page.fold]) for page in pages]
    columns, kinds = rows[0][1:]
    for page, (table, _, _) in zip(pages, rows, strict=True):
        page.rows = table
    alone = {fold: Trees.of(trees, columns, kinds) for fold, trees in _by_fold(pages, _alone).items()}
    model = {"words": words.weights, "alone_columns": len(columns), "alone": _alone(pages)}
    for page in pages:
        first = per_mille(alone[page.fold].logits(alone[page.fold].reached(page.rows)))
        more, more_columns, more_kinds = context(page.lines, first)
        page.rows = np.hstack([page.rows, more])
    model |= {"columns": [*columns, *more_columns], "kinds": [*kinds, *more_kinds]}
    return model | {"among": _trees(pages, *AMONG), "reasons": _reasons(pages)}


def _alone(pages: Sequence[Labelled]) -> dict[str, Any]:
    return _trees(pages, *ALONE)


def _trees(pages: Sequence[Labelled], iterations: int, depth: int, rate: float) -> dict[str, Any]:
    weight = np.concatenate([page.weight for page in pages])
    wanted = np.concatenate([page.wanted for page in pages])
    used = weight > 0
    return fit_trees(
        np.concatenate([page.rows for page in pages])[used], wanted[used].astype(float), weight[used],
        iterations=iterations, depth=depth, learning_rate=rate, l2_leaf_reg=5,
    )  # fmt: skip


def _reasons(pages: Sequence[Labelled]) -> dict[str, Any]:
    """Trees for every reason, of the lines of written pages that leave for a reason with a name; but a repetition names
    the text that it repeats, which no tree knows."""
    written = [page for page in pages if page.is_written]
    reasons = np.array([reason for page in written for reason in page.reasons])
    rows = np.concatenate([page.rows for page in written])
    weight = np.concatenate([page.weight for page in written])
    named = ~np.isin(reasons, ("", "other", "repetition"))
    return {
        reason: fit_trees(
            rows[named], (reasons[named] == reason).astype(float), weight[named],
            iterations=_REASON_ITERATIONS, depth=_REASON_DEPTH, learning_rate=0.15, l2_leaf_reg=5,
        )
        for reason in sorted(set(reasons[named].tolist()))
    }  # fmt: skip


def run_training(files: Sequence[Path], sets: Sequence[PageSet], output: Path) -> str:
    """Write the judge of lines that is trained on all pages of `files` and on half the sites of `sets`."""
    require_catboost()
    files = sorted(files, key=lambda file: file.name)
    written = [_named(page, file.name) for file in files for page in read_pages(file)]
    web = [_named(page, "web") for page in web_pages(sets, seen=True)]
    pieces = [piece_of(page) for page in (*written, *(one for one in web if one.of == "gold"))]
    pages = [
        *map(labelled, written),
        *(labelled(page, _WEB_WEIGHT, is_written=False) for page in web),
        *(
            labelled(page, _PIECE_WEIGHT, is_written=False)
            for page in pieces
            if any(text.strip() for text, _ in page.lines)
        ),
    ]
    judged = [_named(page, "judged") for page in judged_pages(sets)]
    trained_on = [{"source": file.name, "digest": hashlib.sha256(file.read_bytes()).hexdigest()} for file in files]
    trained_on += [{"source": pages.source, "digest": digest_of(pages)} for pages in sets]
    if judged:
        trained_on.append({"source": default_judge().name, "digest": default_judge().digest})
    made_with = [f"{package} {version(package)}" for package in ("catboost", "numpy", "scikit-learn")]
    for_words = [labelled(page, _WEB_WEIGHT, is_written=False) for page in judged]
    model = {
        "name": NAME,
        "trained_on": trained_on,
        "made_with": made_with,
        **_model(pages, for_words),
    }
    write(output, model)
    return f"{len(written)} written pages, {len(web)} of the web, {len(judged)} for words"


def _named(page: PlainPage, source: str) -> PlainPage:
    return page._replace(id=f"{source}:{page.id}")


def write(path: Path, model: dict[str, Any]) -> None:
    """A model as JSON, a line for each tree and word."""
    parts = {name: _dumped(value) for name, value in model.items()}
    parts["words"] = _rows(f"{_dumped(token)}:{weight}" for token, weight in sorted(model["words"].items()))
    for name in ("alone", "among"):
        parts[name] = _forest(model[name])
    parts["reasons"] = _rows(f"{_dumped(reason)}:{_forest(trees)}" for reason, trees in model["reasons"].items())
    path.write_text(_rows(f"{_dumped(name)}:{part}" for name, part in parts.items()) + "\n", encoding="utf-8")


def _forest(model: dict[str, Any]) -> str:
    trees = ",\n".join(map(_dumped, model["trees"]))
    return f'{{"bias":{model["bias"]},"trees":[\n{trees}]}}'


def _rows(entries: Iterable[str]) -> str:
    return "{" + ",\n".join(entries) + "}"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def write_unseen(sets: Sequence[PageSet], output: Path) -> str:
    """Write the pages of the sites that are not learned from, for `bench plain-text`."""
    pages = web_pages(sets, seen=False)
    rows = [json.dumps({"id": p.id, "language": p.of, "lines": p.lines}, ensure_ascii=False) + "\n" for p in pages]
    output.write_text("".join(rows), encoding="utf-8")
    return f"{len(pages)} pages of sites that are not learned from"
