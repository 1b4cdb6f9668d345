"""Words that the pieces of a tokenizer fit into, for any fast tokenizer of Hugging Face."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from allegata.measures.matching import tokens
from allegata.models.bio import OUTSIDE
from allegata.schema.problems import MissingExtraError, UsageError
from allegata.text.spans import Span, trim

if TYPE_CHECKING:
    from tokenizers import Tokenizer

IGNORED = -100  # the label that the loss functions of PyTorch and of transformers leave out


class Pieces(NamedTuple):
    """A text as a tokenizer has it: ids and offsets of its pieces, the words, and each piece's word (None: no word's).

    Offsets are in code points, as `tokenizers` counts for Python (`Encoding.offsets`).
    """

    ids: list[int]
    offsets: list[tuple[int, int]]
    words: list[Span]
    word_ids: list[int | None]


def whole_texts(given: object) -> Tokenizer:
    """A copy of a fast tokenizer, of `tokenizers` or of transformers, that neither cuts nor pads; by a name or path as
    `fast_tokenizer`. Raises `UsageError` for anything else, `MissingExtraError` without `tokenizers`."""
    if isinstance(given, str | Path):
        return fast_tokenizer(str(given))
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingExtraError("tokenizers", "exchange") from None
    inner = getattr(given, "backend_tokenizer", given)
    if not isinstance(inner, Tokenizer):
        raise UsageError(f"{type(given).__name__} is no fast tokenizer: give one of transformers or tokenizers")
    found = Tokenizer.from_str(inner.to_str())
    found.no_truncation()
    found.no_padding()
    return found


def fast_tokenizer(name: str) -> Tokenizer:
    """The tokenizer of a folder with `tokenizer.json`, of such a file, or of that name on the Hub, whole texts at once.

    Raises `UsageError` where there is none, or none that can be read, `MissingExtraError` without `tokenizers`.
    """
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise MissingExtraError("tokenizers", "exchange") from None
    path = Path(name)
    file = path / "tokenizer.json" if path.is_dir() else path
    if not file.is_file() and (path.is_dir() or path.is_absolute() or name.count("/") > 1):
        raise UsageError(f"there is no {file}: name a folder with the tokenizer.json of a fast tokenizer")
    fix = "name a folder with the tokenizer.json of a fast tokenizer, or a model of the Hub that can be reached"
    with _in_one_sentence(f"the tokenizer {name} cannot be loaded", fix):
        found = Tokenizer.from_file(str(file)) if file.is_file() else Tokenizer.from_pretrained(name)
    found.no_truncation()
    found.no_padding()
    return found


def pieces_of(texts: Sequence[str], tokenizer: Tokenizer) -> list[Pieces]:
    """The pieces of each text, and its words: ours, but two that share a piece are one, and one without a piece none.

    So a piece is of one word at most, and each word is seen by who reads the pieces. Raises `UsageError` where the
    tokenizer fails.
    """
    with _in_one_sentence("the tokenizer fails", "name another"):
        encodings = tokenizer.encode_batch([text.rstrip() for text in texts])
    return [
        _pieces(text, encoding.ids, encoding.offsets, encoding.special_tokens_mask)
        for text, encoding in zip(texts, encodings, strict=True)
    ]


def _pieces(text: str, ids: list[int], offsets: list[tuple[int, int]], special: Sequence[int]) -> Pieces:
    spans = [
        Span(0, 0) if is_special else trim(Span(*place), text)
        for place, is_special in zip(offsets, special, strict=True)
    ]
    words: list[Span] = []
    has_piece: list[bool] = []
    for span, is_piece in sorted([(one, True) for one in spans if one.length] + [(one, False) for one in tokens(text)]):
        if words and span.start < words[-1].end:
            words[-1] = Span(words[-1].start, max(words[-1].end, span.end))
            has_piece[-1] |= is_piece
        else:
            words.append(span)
            has_piece.append(is_piece)
    words = [word for word, seen in zip(words, has_piece, strict=True) if seen]
    starts = [word.start for word in words]
    word_ids = [bisect_right(starts, span.start) - 1 if span.length else None for span in spans]
    return Pieces(ids, offsets, words, word_ids)


def labels_of(word_ids: Sequence[int | None], tags: Sequence[str], numbers: dict[str, int]) -> list[int]:
    """The number of each piece's tag: of the first piece of a word the word's, of the others the same going on.

    What is of no word, as a special token, has `IGNORED` (as the guide to token classification of transformers says).
    """
    found, last = [], None
    for word in word_ids:
        tag = OUTSIDE if word is None else tags[word]
        if word is not None and word == last:
            tag = tag.replace("B-", "I-", 1) if tag.startswith("B-") else tag
        found.append(IGNORED if word is None else numbers[tag])
        last = word if word is not None else last
    return found


@contextmanager
def _in_one_sentence(what: str, fix: str) -> Iterator[None]:
    """What `tokenizers` raises, as `UsageError`: mostly a bare `Exception`, and where its Rust panics not even that."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException as error:
        said = str(error).split("\n")[0][:120]
        raise UsageError(f"{what} ({said}): {fix}") from None
