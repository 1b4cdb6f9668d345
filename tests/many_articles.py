"""A corpus of any size: the real articles and generated ones, some of them copies, blank, or pages of one site."""

from __future__ import annotations

import json
import random
from pathlib import Path

from project import copy_root, manifest_row

_LETTERS = "aeioubdfgklmnprstvz"


def many_articles(place: Path, count: int, *, words: int = 120, pages: int = 0, seed: int = 5) -> Path:
    """A corpus root in `place` with the real articles and `count` generated ones.

    Every ninth is a near copy of an earlier one, every eleventh an exact copy, every fortieth is blank. `pages` of
    one site stand beside them, with a slogan that all of them share.
    """
    root = copy_root(place)
    rng = random.Random(seed)
    vocabulary = ["".join(rng.choices(_LETTERS, k=rng.randint(2, 9))) for _ in range(3_000)]
    rows, texts = [], [_text(rng, vocabulary, words)]
    for number in range(count):
        if number % 40 == 17:
            text = " \n"
        elif number % 11 == 5:
            text = rng.choice(texts[-50:])
        elif number % 9 == 4:
            text = _changed(rng, rng.choice(texts[-50:]), vocabulary)
        else:
            text = _text(rng, vocabulary, words)
            texts.append(text)
        # Ids of which one begins another: as rows of a table they sort otherwise than as articles.
        rows.append(_write(root, f"g{number}", text.encode(), language="en", media_type="text/plain"))
    for number in range(pages):
        body = "".join(f"<p>{_sentence(rng, vocabulary, 40)}</p>" for _ in range(8))
        page = (
            f"<html><body><article><h1>Page {number}</h1>{body}<p>Acme tells it first, every day.</p></article></body>"
        )
        url = f"https://www.acme.example/{number}"
        rows.append(_write(root, f"p{number}", page.encode(), language="en", media_type="text/html", url=url))
    manifest = root / "raw" / "manifest.jsonl"
    with manifest.open("a", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return root


def _write(root: Path, article_id: str, data: bytes, **fields: str) -> dict[str, object]:
    (root / "raw" / f"{article_id}.txt").write_bytes(data)
    return manifest_row(article_id, data, **fields)


def _text(rng: random.Random, vocabulary: list[str], words: int) -> str:
    return "\n\n".join(
        _sentence(rng, vocabulary, 15) + " " + _sentence(rng, vocabulary, 15) for _ in range(words // 30)
    )


def _sentence(rng: random.Random, vocabulary: list[str], words: int) -> str:
    return " ".join(rng.choices(vocabulary, k=words)).capitalize() + "."


def _changed(rng: random.Random, text: str, vocabulary: list[str]) -> str:
    words = text.split(" ")
    words[rng.randrange(1, len(words))] = rng.choice(vocabulary)
    return " ".join(words)
