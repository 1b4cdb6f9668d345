"""A span tagger: a pretrained encoder, fine-tuned on paragraphs with BIO tags.

Several paragraphs of an article share one input, so that a pronoun or a bare "he said" sees what stands before it;
no word of padding is paid for. Import this file only where the extra `transformer` is wanted.
"""

from __future__ import annotations

import json
import random
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import torch

from allegata.models.bio import OUTSIDE, Paragraph, tag_set
from allegata.models.decoding import Candidate, choose
from allegata.models.encoder import Encoder, deterministic
from allegata.models.tagger_network import Batch, Network
from allegata.schema.files import replace_file
from allegata.schema.json_lines import json_object
from allegata.schema.problems import UsageError

_LAYER = re.compile(r"\.layers?\.(\d+)\.")
_ENCODER_FOLDER = "encoder"
_LONGEST_WORD = 6  # pieces; the rest of a web address tells nothing
LEAST = 0.1  # a span less likely than this is not looked at
_LONGEST_PARAGRAPH = 500  # pieces, of the places of the encoder (`PLACES`); longer ones are cut


class Likely(NamedTuple):
    """The words `start` to `end` (half-open) of a paragraph are one span of `label` with this probability."""

    start: int
    end: int
    label: str
    probability: float


@dataclass(frozen=True)
class TaggerOptions:
    """How the tagger is trained.

    Measured on PolNeAR's training articles: a `learning_rate` of 3e-4 diverged within 100 steps, 2e-4 did not.
    Five epochs (3,430 steps) took 92 minutes of CPU with two threads, on a machine that others used too.

    `layer_decay`: each layer below the top learns at this share of the rate of the one above. `threshold`: a span
    less likely than this is not chosen (see `decoding.choose`). On 80 held-out articles, exact F1 of content, source
    and cue: 70.7, 80.9, 75.9 at 0.4; 70.5, 80.6, 75.6 at 0.33; 70.0, 80.9, 75.7 by the likeliest sequence of tags.
    """

    epochs: int = 5
    learning_rate: float = 1.5e-4
    head_learning_rate: float = 1e-3
    layer_decay: float = 0.9
    warm_up: float = 0.1
    batch: int = 8
    longest: int = 224
    dropout: float = 0.1
    threshold: float = 0.4
    seed: int = 1


@dataclass
class _Sequence:
    """Paragraphs packed into one input, as lists of equal meaning to the fields of `Batch`."""

    pieces: list[int]
    shapes: list[int] = field(default_factory=lambda: [0])
    first: list[int] = field(default_factory=list)
    tags: list[int] = field(default_factory=list)
    opens: list[bool] = field(default_factory=list)


def word_shapes(words: Sequence[str]) -> list[int]:
    """What the uncased encoder cannot see: capitals, digits, marks; and whether a quotation is open."""
    shapes, quoted = [], 0
    for word in words:
        if word in '“"':
            quoted = 1
        kind = 1 if word[0].isupper() else 0
        if len(word) > 1 and word.isupper():
            kind = 2
        if word[0].isdigit():
            kind = 3
        if not word[0].isalnum():
            kind = 4
        shapes.append(2 * kind + quoted)
        if word == "”":
            quoted = 0
    return shapes


class Tagger:
    """A trained tagger: `predict` gives a BIO tag for every word of every paragraph."""

    def __init__(
        self, labels: Sequence[str], options: TaggerOptions, encoder: Encoder | None = None, *, empty: bool = False
    ) -> None:
        """`encoder`: the packaged one unless given. `empty`: its weights are read later."""
        deterministic(options.seed)
        self.labels = tuple(labels)
        self.options = options
        self.tags = tag_set(labels)
        self.encoder = encoder or Encoder()
        self.network = Network(self.tags, self.encoder.empty() if empty else self.encoder.model(), options.dropout)
        self.calibration: list[tuple[float, float]] = []  # probability -> share of spans that are right, held out
        self._pieces: dict[str, list[int]] = {}

    def predict(self, documents: Sequence[Sequence[Paragraph]]) -> list[list[list[str]]]:
        """Tags for the words of the paragraphs of each document."""
        found = self.likely_spans(documents, min(LEAST, self.options.threshold))
        return [
            [chosen_tags(paragraph, likely, self.options.threshold) for paragraph, likely in zip(*both, strict=True)]
            for both in zip(documents, found, strict=True)
        ]

    def likely_spans(self, documents: Sequence[Sequence[Paragraph]], least: float = LEAST) -> list[list[list[Likely]]]:
        """For every paragraph of each document the spans that are likelier than `least`, which may overlap."""
        self.network.modules.eval()
        packed = [item for document in documents for item in self._pack(document)]
        order = sorted(range(len(packed)), key=lambda index: (len(packed[index].pieces), index))
        flat: list[list[Likely]] = [[] for _ in packed]
        with torch.no_grad():
            for start in range(0, len(order), 32):
                rows = order[start : start + 32]
                likely = self.network.span_probabilities(_batch([packed[index] for index in rows]))
                for index, probabilities in zip(rows, likely, strict=True):
                    flat[index] = [
                        Likely(begin, end + 1, self.labels[label], float(probabilities[label, begin, end]))
                        for label, begin, end in (probabilities > least).nonzero().tolist()
                    ]
        paragraph_of = [list[Likely]() for document in documents for _ in document]
        starts = list(accumulate((len(p.words) for document in documents for p in document), initial=0))
        at = 0  # words of the inputs before
        for sequence, spans in zip(packed, flat, strict=True):
            for span in spans:
                place = bisect_right(starts, at + span.start) - 1
                shift = at - starts[place]
                paragraph_of[place].append(span._replace(start=span.start + shift, end=span.end + shift))
            at += len(sequence.first)
        found = iter(paragraph_of)
        return [[next(found) for _ in document] for document in documents]

    def _ids(self, word: str) -> list[int]:
        if word not in self._pieces:
            self._pieces[word] = self.encoder.pieces(word)[:_LONGEST_WORD]
        return self._pieces[word]

    def _pack(self, document: Sequence[Paragraph], chance: random.Random | None = None) -> Iterator[_Sequence]:
        """The paragraphs of a document in as few inputs as fit; with `chance`, cut at other places each time."""
        opening, closing = self.encoder.ends
        current, room = _Sequence([opening]), 0
        for paragraph in document:
            shapes = word_shapes(paragraph.texts)
            ids = [self._ids(word) for word in paragraph.texts]
            for part in _parts(list(map(len, ids))):
                size = sum(map(len, ids[part])) + 1
                if not current.first or len(current.pieces) + size > room:
                    if current.first:
                        yield current
                    current = _Sequence([opening])
                    longest = self.options.longest
                    room = longest if chance is None else int(longest * (0.6 + 0.4 * chance.random()))
                for offset, (word, shape) in enumerate(zip(ids[part], shapes[part], strict=True)):
                    current.first.append(len(current.pieces))
                    current.pieces += word
                    current.shapes += [shape] * len(word)
                    current.opens.append(offset == 0)
                current.pieces.append(closing)
                current.shapes.append(0)
                known = list(paragraph.tags[part]) or [OUTSIDE] * len(ids[part])
                known[0] = known[0].replace("I-", "B-")  # of a span that was cut
                current.tags += [self.tags.index(tag) for tag in known]
        if current.first:
            yield current

    def train(self, documents: Sequence[Sequence[Paragraph]], report: Callable[[str], None] = print) -> None:
        """Fine-tune on tagged paragraphs. `report` gets a line every 100 steps."""
        options, modules = self.options, self.network.modules
        chance = random.Random(options.seed)
        groups: list[dict[str, Any]] = [
            {"params": [weight], "lr": rate, "weight_decay": 0.01 if weight.ndim > 1 else 0.0}
            for name, weight in modules.named_parameters()
            for rate in [self._rate(name)]
        ]
        rates = [group["lr"] for group in groups]
        optimiser = torch.optim.AdamW(groups, fused=True)
        modules.train()
        for epoch in range(options.epochs):
            batches = self._batches(documents, chance)
            total = 0.0
            for step, sequences in enumerate(batches):
                done = (epoch + step / len(batches)) / options.epochs
                share = done / options.warm_up if done < options.warm_up else (1 - done) / (1 - options.warm_up)
                for group, rate in zip(optimiser.param_groups, rates, strict=True):
                    group["lr"] = rate * share
                loss = self.network.loss(_batch(sequences))
                optimiser.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(modules.parameters(), 1.0)
                optimiser.step()
                total += float(loss.detach())
                if step % 100 == 99 or step + 1 == len(batches):
                    place = f"epoch {epoch + 1}/{options.epochs} step {step + 1}/{len(batches)}"
                    report(f"{place} loss {total / (step + 1):.4f}")

    def _rate(self, name: str) -> float:
        if not name.startswith("encoder."):
            return self.options.head_learning_rate
        layer, layers = _LAYER.search(name), int(self.network.modules["encoder"].config.num_hidden_layers)
        depth = layers - int(layer[1]) if layer else layers + 1
        return self.options.learning_rate * self.options.layer_decay**depth

    def _batches(self, documents: Sequence[Sequence[Paragraph]], chance: random.Random) -> list[list[_Sequence]]:
        """One epoch in random order; inputs of like length stand together to save padding."""
        size = self.options.batch
        packed = [item for document in documents for item in self._pack(document, chance)]
        chance.shuffle(packed)
        batches = []
        for start in range(0, len(packed), size * 20):
            pool = sorted(packed[start : start + size * 20], key=lambda item: len(item.pieces))
            batches += [pool[at : at + size] for at in range(0, len(pool), size)]
        chance.shuffle(batches)
        return batches

    def save(self, folder: Path) -> None:
        """Write `model.safetensors` and `model.json` (encoder, labels, options, calibration); of an encoder of one's
        own what its network and its tokenizer are, into `encoder/`."""
        from safetensors.torch import save

        folder.mkdir(parents=True, exist_ok=True)
        weights = {name: weight.contiguous() for name, weight in self.network.modules.state_dict().items()}
        replace_file(folder / "model.safetensors", save(weights))
        self.encoder.keep(folder / _ENCODER_FOLDER)
        header: dict[str, Any] = {"encoder": self.encoder.name, "labels": self.labels, "options": asdict(self.options)}
        header |= {"own_encoder": self.encoder.folder is not None, "calibration": self.calibration}
        replace_file(folder / "model.json", f"{json.dumps(header, indent=2)}\n".encode())


def load_tagger(folder: Path) -> Tagger:
    """The tagger that `Tagger.save` wrote. Raises UsageError where there is none."""
    from safetensors.torch import load_file

    if not (folder / "model.json").is_file():
        raise UsageError(f"{folder} holds no tagger: give the folder that `benchmark polnear --model` wrote")
    try:
        header = json_object((folder / "model.json").read_bytes())
        encoder = Encoder(folder / _ENCODER_FOLDER, str(header["encoder"])) if header.get("own_encoder") else Encoder()
        tagger = Tagger(header["labels"], TaggerOptions(**header["options"]), encoder, empty=True)
        tagger.calibration = [(float(raw), float(share)) for raw, share in header.get("calibration", ())]
    except (ValueError, KeyError, TypeError) as error:
        what = f"{folder}/model.json is not what `benchmark polnear --model` wrote ({error}): train the tagger anew"
        raise UsageError(what) from None
    tagger.network.modules.load_state_dict(load_file(folder / "model.safetensors"))
    return tagger


def chosen_spans(likely: Sequence[Likely], threshold: float) -> list[Likely]:
    """Spans without an overlap, those of the largest expected F1 at this threshold (`decoding.choose`)."""
    labels = sorted({span.label for span in likely})
    candidates = {(s.start, s.end, labels.index(s.label), s.probability - threshold): s for s in likely}
    return [candidates[candidate] for candidate in choose(Candidate(*one) for one in candidates)]


def chosen_tags(paragraph: Paragraph, likely: Sequence[Likely], threshold: float) -> list[str]:
    """The same as BIO tags of the words of a paragraph."""
    tags = [OUTSIDE] * len(paragraph.words)
    for start, end, label, _ in chosen_spans(likely, threshold):
        tags[start:end] = [f"I-{label}"] * (end - start)
        tags[start] = f"B-{label}"
    return tags


def _parts(sizes: Sequence[int]) -> Iterator[slice]:
    """Words of these sizes in pieces, as few runs as fit into `_LONGEST_PARAGRAPH`."""
    start = total = 0
    for place, size in enumerate(sizes):
        if total + size > _LONGEST_PARAGRAPH:
            yield slice(start, place)
            start, total = place, 0
        total += size
    if start < len(sizes):
        yield slice(start, len(sizes))


def _batch(sequences: Sequence[_Sequence]) -> Batch:
    pieces, words = max(len(s.pieces) for s in sequences), max(len(s.first) for s in sequences)

    def padded(rows: Sequence[Sequence[int]], width: int) -> Any:
        return torch.tensor([[*row, *[0] * (width - len(row))] for row in rows])

    return Batch(
        padded([s.pieces for s in sequences], pieces),
        padded([[1] * len(s.pieces) for s in sequences], pieces).float(),
        padded([s.shapes for s in sequences], pieces),
        padded([s.first for s in sequences], words),
        padded([s.tags for s in sequences], words),
        padded([[1] * len(s.first) for s in sequences], words).bool(),
        padded([[int(o) for o in s.opens] for s in sequences], words).bool(),
    )
