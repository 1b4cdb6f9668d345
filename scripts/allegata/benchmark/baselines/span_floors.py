"""Floors of spans: whole sentences, the lead, capitalised words, and what training has marked, word for word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import product

from allegata.benchmark.baselines.places import lead_blocks
from allegata.benchmark.submissions import Predictions
from allegata.benchmark.tasks import ASKED_ZONES, Gold, Task
from allegata.benchmark.turns import Turn
from allegata.measures.matching import LabelledSpan
from allegata.models.gold_spans import with_labels
from allegata.schema.published import PublishedCorpus
from allegata.text.sentences import split_sentences
from allegata.text.spans import Span

_WORD = re.compile(r"[^\W_](?:[^\W_]|[’'&.-](?=[^\W_]))*")
_NUMBER = re.compile(r"\d")


def whole_sentences(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Every sentence but those of headings, without its full stop, is one claim, or one content: what segmentation
    alone gives."""
    return _sentences_of(task, corpus, turns, leads=False)


def lead_sentences(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """The sentences of title and first paragraph, each without its full stop."""
    return _sentences_of(task, corpus, turns, leads=True)


def _sentences_of(task: Task, corpus: PublishedCorpus, turns: Sequence[Turn], *, leads: bool) -> Predictions:
    label = "content" if "content" in task.labels else task.labels[0]
    texts, spans = corpus.texts, {}
    wanted = {article_id for turn in turns for article_id in turn.ids}
    for row in corpus.table("articles", "article_id", "blocks").to_pylist():
        article_id, found, blocks = row["article_id"], list[LabelledSpan](), row["blocks"]
        if article_id not in wanted:
            continue
        for at in lead_blocks(blocks) if leads else range(len(blocks)):
            block = blocks[at]
            if block.get("zone", "body") in ASKED_ZONES:
                span = Span(block["start"], block["end"])
                found += [LabelledSpan.of(label, sentence) for sentence in _bare(texts[article_id], span)]
        spans[article_id] = tuple(found)
    return Predictions(spans=spans)


def _bare(text: str, block: Span) -> Iterator[Span]:
    """The sentences of a block without their full stops."""
    for sentence in split_sentences(block.quote(text)):
        start, end = block.start + sentence.start, block.start + sentence.end
        if end - start > 1:
            yield Span(start, end - (text[end - 1] in ".!?"))


def capitalised(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Runs of capitalised words, but for single ones that open a sentence, and numbers: each with the label that such
    spans have most often in training."""
    spans: dict[str, tuple[LabelledSpan, ...]] = {}
    texts = corpus.texts
    for turn in turns:
        counts = {True: Counter[str](), False: Counter[str]()}
        for article_id in turn.train_ids(gold):
            for span in with_labels(gold.spans[article_id], task.counted):
                counts[bool(_NUMBER.search(span.hull.quote(texts[article_id])))][span.label] += 1
        label = {
            kind: min(found, key=lambda x: (-found[x], x), default=task.labels[0]) for kind, found in counts.items()
        }
        for article_id in turn.ids:
            text = texts[article_id]
            spans[article_id] = tuple(
                LabelledSpan.of(label[bool(_NUMBER.search(span.quote(text)))], span) for span in _capitals(text)
            )
    return Predictions(spans=spans)


def _capitals(text: str) -> Iterator[Span]:
    """Runs of words that begin with a capital or a digit, numbers apart, over blanks only."""
    openings = {line_start + sentence.start for line_start, line in _lines(text) for sentence in split_sentences(line)}
    run: list[Span] = []

    def whole() -> Iterator[Span]:
        if run and not (len(run) == 1 and run[0].start in openings and not text[run[0].start].isdigit()):
            yield Span(run[0].start, run[-1].end)

    for match in _WORD.finditer(text):
        word = Span(*match.span())
        marked = match[0][0].isupper() or match[0][0].isdigit()
        joined = run and text[run[-1].end : word.start] == " " and word.start not in openings
        if not (marked and joined and match[0][0].isdigit() == text[run[-1].start].isdigit()):
            yield from whole()
            run = []
        if marked:
            run.append(word)
    yield from whole()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def dictionary(task: Task, gold: Gold, corpus: PublishedCorpus, turns: Sequence[Turn], seed: int) -> Predictions:
    """Every span of the training articles, found again word for word, with the label it had most often; labels beside
    those that count are looked up apart."""
    spans: dict[str, list[LabelledSpan]] = {article_id: [] for turn in turns for article_id in turn.ids}
    texts = corpus.texts
    for turn, layer in product(turns, task.layers):
        known = marked_quotes(gold, turn.train_ids(gold), texts, layer)
        for article_id in turn.ids:
            spans[article_id] += look_up(texts[article_id], known)
    return Predictions(spans={article_id: tuple(sorted(found)) for article_id, found in spans.items()})


def marked_quotes(
    gold: Gold, articles: Iterable[str], texts: Mapping[str, str], labels: Collection[str]
) -> dict[str, str]:
    """What spans with these labels quote in the articles, each with the label that it has most often (ties: the first
    by name). Discontinuous spans are left out."""
    counts: dict[str, Counter[str]] = {}
    for article_id in articles:
        for span in with_labels(gold.spans[article_id], labels):
            if len(span.segments) == 1:
                counts.setdefault(span.segments[0].quote(texts[article_id]), Counter())[span.label] += 1
    return {quote: min(found, key=lambda name: (-found[name], name)) for quote, found in counts.items()}


def look_up(text: str, known: Mapping[str, str]) -> Iterator[LabelledSpan]:
    """Every place of a known quote that stands between word ends; the longest quotes first, none over another."""
    taken = [False] * len(text)
    for quote in sorted(known, key=lambda quote: (-len(quote), quote)):
        position = text.find(quote)
        while position >= 0:
            end = position + len(quote)
            edges = text[max(0, position - 1) : position] + text[end : end + 1]
            if not any(taken[position:end]) and not any(c.isalnum() for c in edges):
                yield LabelledSpan.of(known[quote], (position, end))
                taken[position:end] = [True] * len(quote)
            position = text.find(quote, end)
