"""A model of natural language inference in a folder of this machine: how likely a text contradicts another.

Import this file only where the extra `transformer` is wanted: it imports torch.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError
from transformers import AutoModelForSequenceClassification, AutoTokenizer
from transformers.utils import logging

from allegata.models.encoder import deterministic
from allegata.schema.problems import UsageError

_LONGEST = 256  # word pieces of both texts together
_BATCH = 32


class Inference:
    """The model in `folder`: its `config.json`, `model.safetensors` and tokenizer. Nothing is fetched or executed.

    Raises UsageError where the folder holds none, or its labels name no contradiction.
    """

    def __init__(self, folder: Path, seed: int) -> None:
        if not (folder / "config.json").is_file():
            raise UsageError(f"there is no {folder / 'config.json'}: name the folder of a model of transformers")
        deterministic(seed)
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(str(folder), local_files_only=True)
            self._model = AutoModelForSequenceClassification.from_pretrained(
                str(folder), local_files_only=True, use_safetensors=True
            ).eval()
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            said = str(error).strip().split("\n")[0][:120]
            raise UsageError(f"the model in {folder} cannot be loaded ({said}): name another folder") from None
        labels = {number: str(label).lower() for number, label in self._model.config.id2label.items()}
        found = [number for number, label in labels.items() if "contradict" in label]
        if len(found) != 1:
            named = ", ".join(labels.values())
            raise UsageError(f"no label of the model in {folder} is contradiction ({named}): name a model of inference")
        self._contradiction = found[0]

    def contradictions(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """For each pair of texts the probability that the first, as a premise, contradicts the second."""
        order = sorted(range(len(pairs)), key=lambda at: (sum(map(len, pairs[at])), at))
        found = [0.0] * len(pairs)
        with torch.no_grad():
            for start in range(0, len(order), _BATCH):
                rows = order[start : start + _BATCH]
                first, second = ([pairs[row][side] for row in rows] for side in (0, 1))
                batch = self._tokenizer(
                    first, second, padding=True, truncation=True, max_length=_LONGEST, return_tensors="pt"
                )
                chances = torch.softmax(self._model(**batch).logits, dim=-1)[:, self._contradiction]
                for row, value in zip(rows, chances, strict=True):
                    found[row] = float(value)
        return found
