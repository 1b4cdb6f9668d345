"""A published corpus as what trainers take: tokens with tags, pairs of claims, spaCy's documents, and who may learn
from what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from allegata.schema.problems import MissingExtraError, UsageError

if TYPE_CHECKING:
    import pyarrow as pa
    from spacy.tokens import DocBin

    from allegata.exchange.losses import Loss
    from allegata.exchange.token_rows import TokenExamples
    from allegata.schema.published import PublishedCorpus
    from allegata.text.documents import Document, TypeSystem

Nested = Literal["outermost", "levels"]


@dataclass(frozen=True)
class TrainingFold:
    """What is held out, a story or, where there is one, an article, and the articles that may be learnt from: none of
    its near-duplicates."""

    name: str
    held_out: tuple[str, ...]
    train: tuple[str, ...]

    def split(self, table: pa.Table) -> tuple[pa.Table, pa.Table]:
        """The rows to learn from and those that are held out, of sentences or of pairs.

        A pair is learnt from if both its articles may be, and held out if one of them is.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = [name for name in ("article_id", "article_a", "article_b") if name in table.column_names]
        if not columns:
            raise UsageError("the table has no column article_id: a fold splits tables of training_data")
        learnt = [pc.is_in(table[name], pa.array(self.train, pa.string())) for name in columns]
        held_out = [pc.is_in(table[name], pa.array(self.held_out, pa.string())) for name in columns]
        return table.filter(reduce(pc.and_, learnt)), table.filter(reduce(pc.or_, held_out))


@dataclass(frozen=True)
class PairExamples:
    """Pairs of claims: `claim_a`, `claim_b`, their articles, `story`, `text_a`, `text_b`, `label` and its number in
    `names` (`labels`, as transformers calls it); of relations also `relation_id`."""

    table: pa.Table
    names: tuple[str, ...]


@dataclass(frozen=True)
class TrainingData:
    """What `training_data` gives: `tokens` by layer, pairs of claims (None where the version has no such table), the
    folds, and span by span what tags cannot hold (`losses`; `lost` counts them)."""

    version: str
    tokens: Mapping[str, TokenExamples]
    relations: PairExamples | None
    disputes: PairExamples | None
    folds: tuple[TrainingFold, ...]
    losses: tuple[Loss, ...]
    _documents: tuple[Document, ...] = field(repr=False)
    _types: TypeSystem = field(repr=False)
    _corpus: PublishedCorpus = field(repr=False)

    @property
    def lost(self) -> tuple[str, ...]:
        """One sentence a kind of loss, with how many there are."""
        from allegata.exchange.losses import counted

        return tuple(counted(self.losses))

    def docbin(self, articles: Sequence[str] | None = None, on_loss: Callable[[Loss], object] | None = None) -> DocBin:
        """All articles, or some, as spaCy's `DocBin`: a span group a layer, `doc.ents` the flat view of the first.

        `on_loss` is called with each thing that spaCy's words cannot hold, as `list.append` may be. Raises
        `MissingExtraError` without spaCy, and `UsageError` for an article that the training data does not have.
        """
        try:
            from spacy.tokens import DocBin
        except ImportError:
            raise MissingExtraError("spacy", "exchange") from None
        from allegata.exchange.docbin import doc_of
        from allegata.exchange.folder import Export

        known = {document.id for document in self._documents}
        wanted = known if articles is None else set(articles)
        if unknown := sorted(wanted - known):
            raise UsageError(f"no annotated article of {self.version} is called {unknown[0]!r}: take ids of its folds")
        export = Export(Path())
        docs = [doc_of(document, self._types, export) for document in self._documents if document.id in wanted]
        for loss in sorted(export.losses):
            if on_loss:
                on_loss(loss)
        return DocBin(("ENT_IOB", "ENT_TYPE", "ENT_KB_ID"), store_user_data=True, docs=docs)

    def submission(
        self,
        task: str,
        answers: Mapping[str, Any],
        folder: str | Path,
        *,
        system: str,
        method: str,
        trained_on: Sequence[str] = (),
        seed: int | None = None,
    ) -> Path:
        """Write what a system predicts as the submission that `allegata score` reads, checked as that checks it.

        `answers` has each id of the task (`allegata tasks`) with its answer: an article with its spans, as
        `TokenExamples.spans` gives them, a claim or a `relation_id` with its label, a sentence with `(label, score)`;
        or any id with what the format of the task has beside it, as a mapping. `system` and `method` are a line each;
        `trained_on` names every data set beside this version. The folder is the one that was given.

        Raises `UsageError` for an unknown task or one that the version cannot be asked, `ProblemsFound` with every
        fault of the answers; then nothing is written.
        """
        from allegata.recipe.submission import write_answers

        about = (system, method, tuple(trained_on), seed)
        return write_answers(self._corpus, task, answers, Path(folder), *about)


def training_data(
    folder: str | Path,
    tokenizer: object = None,
    *,
    layers: Sequence[str] = (),
    nested: Nested = "outermost",
    negatives: int = 5,
) -> TrainingData:
    """The latest version in a corpus folder, or the version in `folder`, as training data.

    `tokenizer` is a fast tokenizer of transformers or tokenizers, or the path or name of one; without it there are
    words and tags only. `nested` is "outermost", one column of tags in which the longest of spans that share words is
    learnt, or "levels", as many columns as are needed. `negatives` is how many pairs that no dispute has come with
    each that one opposes. Same version, same tokenizer, same tables.

    Raises `UsageError` for a folder without a version, an unknown layer or a tokenizer that cannot be used,
    `ProblemsFound` where files of the version are damaged, `MissingExtraError` without `tokenizers`.

    >>> import allegata
    >>> data = allegata.training_data(folder, layers=["claim"])
    >>> data.tokens["claim"].tags
    ('O', 'B-claim', 'I-claim')
    >>> train, test = data.folds[0].split(data.tokens["claim"].table)
    """
    from allegata.exchange.subwords import whole_texts
    from allegata.exchange.token_rows import token_examples
    from allegata.models.claim_pair_rows import dispute_pairs, relation_pairs
    from allegata.recipe.annotated import known_layers, published
    from allegata.schema.published import load_corpus
    from allegata.schema.versions import latest

    if nested not in ("outermost", "levels"):
        raise UsageError(f"nested is {nested!r}: one of outermost, levels")
    if negatives < 0:
        raise UsageError(f"negatives is {negatives}: give 0 or more")
    place = Path(folder)
    version = latest(place / "corpus" if (place / "corpus").is_dir() else place).resolve()
    corpus, given = load_corpus(version), published(version, version.name, ())
    wanted = known_layers(layers, given.types)
    documents = tuple(given.documents)
    pieces = None if tokenizer is None else whole_texts(tokenizer)
    losses: list[Loss] = []
    most = 1 if nested == "outermost" else None
    tokens = {
        layer.name: token_examples(documents, layer, pieces, most, losses.append)
        for layer in given.types.layers
        if layer.name in wanted
    }
    columns = ("claim_id", "article_id", "decontextualised")
    has = corpus.has("claims", *columns)
    return TrainingData(
        corpus.name,
        tokens,
        PairExamples(*relation_pairs(corpus)) if has and corpus.has("relations", "relation_id") else None,
        PairExamples(*dispute_pairs(corpus, negatives)) if has and corpus.has("positions", "claim_ids") else None,
        tuple(TrainingFold(name, tuple(articles), corpus.without(articles)) for name, articles in corpus.units.items()),
        tuple(sorted(losses)),
        documents,
        given.types,
        corpus,
    )
