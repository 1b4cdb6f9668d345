"""A linear-chain CRF over hand-made word features (python-crfsuite), for span tasks. Needs the extra `benchmark`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from allegata.engine.scratch import Scratch
from allegata.models.bio import Paragraph
from allegata.models.lexicon import lexicon_of
from allegata.schema.problems import MissingExtraError


@cache
def _cue(language: str = "en") -> re.Pattern[str]:
    lexicon = lexicon_of(language)
    return re.compile(lexicon.cue if lexicon else "(?!)", re.I)


def _shape(word: str) -> str:
    kinds = "".join("X" if c.isupper() else "x" if c.islower() else "0" if c.isdigit() else c for c in word)
    return re.sub(r"(.)\1+", r"\1+", kinds)


def features(words: Sequence[str], known: Sequence[str] = ()) -> list[list[str]]:
    """Per word: itself, its shape and ends, its neighbours, whether a cue or an open quotation is near; and what a
    dictionary says of it and its neighbours (`known`, a tag a word, or none)."""
    cue = _cue()
    cues = [bool(cue.fullmatch(word)) for word in words]
    quoted, rows = False, []
    for index, word in enumerate(words):
        if word in '“"':
            quoted = True
        row = ["bias", f"quoted={quoted}", f"cue={cues[index]}", f"start={index == 0}"]
        for shift in (-2, -1, 0, 1, 2):
            place = index + shift
            near = words[place] if 0 <= place < len(words) else "<edge>"
            row += [f"{shift}:{near.lower()}", f"{shift}:{_shape(near)}"]
            if 0 <= place < len(words) and cues[place]:
                row.append(f"{shift}:cue")
        row += [f"end={word[-3:].lower()}", f"begin={word[:3].lower()}"]
        row += [f"pair={words[index - 1].lower() if index else '<edge>'}_{word.lower()}"]
        row += [f"cue before={any(cues[:index])}", f"cue after={any(cues[index + 1 :])}"]
        row += [f"{shift}:known={known[index + shift]}" for shift in (-1, 0, 1) if 0 <= index + shift < len(known)]
        rows.append(row)
        if word == "”":
            quoted = False
    return rows


class Crf:
    """A trained CRF. Its model file lives in a temporary folder as long as the object does."""

    def __init__(self, documents: Sequence[Sequence[Paragraph]], *, iterations: int = 100) -> None:
        try:
            import pycrfsuite
        except ImportError as error:
            raise MissingExtraError("python-crfsuite", "benchmark") from error
        self._folder = Scratch()
        file = str(self._folder.path / "model")
        trainer: Any = pycrfsuite.Trainer(verbose=False)
        trainer.set_params({"c1": 0.1, "c2": 0.1, "max_iterations": iterations, "feature.possible_transitions": True})
        for document in documents:
            for paragraph in document:
                trainer.append(features(paragraph.texts, paragraph.known), list(paragraph.tags))
        trainer.train(file)
        self._tagger: Any = pycrfsuite.Tagger()
        self._tagger.open(file)

    def tag(self, paragraph: Paragraph) -> list[str]:
        """A BIO tag for every word."""
        return list(self._tagger.tag(features(paragraph.texts, paragraph.known)))
