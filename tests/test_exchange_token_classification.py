"""Data sets for token classification: loaded by `datasets`, aligned with real tokenizers, and those of others."""

from __future__ import annotations

import json
import random
import tempfile
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from allegata.exchange.folder import Export, Reading
from allegata.exchange.losses import Loss
from allegata.exchange.token_classification import TOKEN_CLASSIFICATION
from allegata.schema.problems import UsageError
from allegata.text.documents import Annotation, Document, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law, documents, many

datasets = pytest.importorskip("datasets")
tokenizers = pytest.importorskip("tokenizers")

TEXT = "Ada Example left Acme.\r\n\tThe 𝔘𝔫𝔦𝔬𝔫 of 😀workers said so. It was Monday."
MENTIONS = TYPES.only(["mention"])
TAGS = [
    "O", "B-PERSON", "I-PERSON", "B-ORG", "I-ORG", "B-time", "I-time", "B-WORK_OF_ART", "I-WORK_OF_ART",
]  # fmt: skip


def at(text: str, words: str, id: str, label: str, layer: str = "mention") -> Annotation:
    start = text.index(words)
    return Annotation(id, layer, label, (Span(start, start + len(words)),))


def document(id: str = "d1", split: str = "train") -> Document:
    spans = (
        at(TEXT, "Ada Example", "m1", "PERSON"),
        at(TEXT, "𝔘𝔫𝔦𝔬𝔫 of 😀workers", "m2", "ORG"),
        at(TEXT, "It was Monday.", "c1", "claim", "claim"),
        at(TEXT, "Monday", "t1", "time", "time"),
    )
    return Document(id, TEXT, spans, language="en", split=split)


def written(
    tmp_path: Path, *given: Document, types: TypeSystem = TYPES, tokenizer: str | None = None
) -> tuple[Path, list[Loss]]:
    out = Export(tmp_path / "out", tokenizer)
    TOKEN_CLASSIFICATION.write(given or (document(),), types, out)
    return out.folder, out.losses


def read(path: Path, types: TypeSystem = TYPES) -> tuple[list[Document], list[str]]:
    reading = Reading()
    found = list(TOKEN_CLASSIFICATION.read(path, types, reading))
    return found, [problem.statement() for problem in reading.problems.found]


def load(folder: Path, cache: Path, *name: str) -> Any:
    return datasets.load_dataset(str(folder), *name, cache_dir=str(cache))


def labelled(found: Document) -> list[tuple[str, str]]:
    return [(one.label, one.quote(found.text)) for one in found.ordered.annotations]


def test_datasets_loads_a_configuration_a_layer(tmp_path: Path) -> None:
    folder, _ = written(tmp_path, document(), document("d2", "validation"), document("d3", "test"))
    assert datasets.get_dataset_config_names(str(folder)) == ["mention", "claim", "attribution", "time"]
    loaded = load(folder, tmp_path / "cache")
    assert {split: rows.num_rows for split, rows in loaded.items()} == {"train": 3, "validation": 3, "test": 3}
    feature = loaded["train"].features["ner_tags"].feature
    assert feature.names == TAGS
    first = loaded["train"][0]
    assert first["tokens"] == ["Ada", "Example", "left", "Acme", "."]
    assert feature.int2str(first["ner_tags"]) == ["B-PERSON", "I-PERSON", "O", "O", "O"]
    assert "".join(loaded["train"]["text"]) == TEXT
    claims = load(folder, tmp_path / "cache", "claim")["train"]
    assert claims.features["ner_tags"].feature.names == ["O", "B-claim", "I-claim"]


def test_what_datasets_writes_of_our_data_set_is_read_as_ours(tmp_path: Path) -> None:
    folder, _ = written(tmp_path)
    loaded = load(folder, tmp_path / "cache")
    loaded["train"].shuffle(seed=3).to_parquet(tmp_path / "again" / "mention" / "train.parquet")
    loaded.save_to_disk(tmp_path / "saved" / "mention")
    for place in ("again", "saved"):
        [found], problems = read(tmp_path / place)
        assert (problems, found.id, found.text) == ([], "d1", TEXT)
        assert labelled(found) == [("PERSON", "Ada Example"), ("ORG", "𝔘𝔫𝔦𝔬𝔫 of 😀workers")]


def test_no_row_ends_within_an_annotation_of_its_layer(tmp_path: Path) -> None:
    text = "It rained. We left. They stayed."
    claim = at(text, "It rained. We left.", "c", "claim", "claim")
    folder, _ = written(tmp_path, Document("d", text, (claim,), language="en"))
    rows = {layer: pq.read_table(next((folder / layer).iterdir())) for layer in ("claim", "mention")}
    assert rows["claim"]["text"].to_pylist() == ["It rained. We left. ", "They stayed."]
    assert rows["mention"].num_rows == 3


def test_losses_are_those_of_a_flat_view_and_odd_names_come_back() -> None:
    from allegata.text.documents import LayerType

    types = TypeSystem((LayerType("kind of/it", {"a b": "", "%\u2028": ""}), LayerType("x", {})))
    spans = (
        at(TEXT, "Ada Example", "1", "a b", "kind of/it"),
        at(TEXT, "Example left", "2", "%\u2028", "kind of/it"),
        at(TEXT, "Acm", "3", "undeclared", "x"),
        at(TEXT, "so", "4", "z", "no layer"),
    )
    given = [Document("a/b", TEXT, spans, split="my split"), Document("empty", ""), Document("blank", " \r\n")]
    losses = check_law(TOKEN_CLASSIFICATION, given, types)
    assert {(loss.annotation, loss.lost) for loss in losses if loss.lost != "id"} == {
        ("1", "annotation"),
        ("3", "segments"),
        ("4", "annotation"),
    }


def test_labels_that_are_not_declared_come_after_those_that_are(tmp_path: Path) -> None:
    given = Document("d", TEXT, (at(TEXT, "so", "1", "NEW"), at(TEXT, "Ada", "2", "ORG")))
    folder, _ = written(tmp_path, given, types=MENTIONS)
    names = load(folder, tmp_path / "cache")["train"].features["ner_tags"].feature.names
    assert names == [*TAGS, "B-NEW", "I-NEW"]


@pytest.mark.alone
def test_hundreds_of_documents_go_out_and_in_within_the_limit() -> None:
    start = time.process_time()
    check_law(TOKEN_CLASSIFICATION, many(), TYPES)
    assert time.process_time() - start < 8


# -- tokenizers --------------------------------------------------------------------------------------------------------


def _trained(kind: str) -> Any:
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

    texts = [TEXT, "Ada Example of Acme said on Monday that workers left.", 'co-op\'s offices. No "way".'] * 3
    special = ["[UNK]", "[CLS]", "[SEP]"]
    if kind == "wordpiece":
        found = Tokenizer(models.WordPiece(unk_token="[UNK]"))
        found.normalizer = normalizers.BertNormalizer(lowercase=True)
        found.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
        trainer = trainers.WordPieceTrainer(vocab_size=120, special_tokens=special)
    elif kind == "byte-level":
        found = Tokenizer(models.BPE())
        found.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        found.decoder = decoders.ByteLevel()
        trainer = trainers.BpeTrainer(
            vocab_size=330, special_tokens=special, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()
        )
    elif kind == "metaspace":
        found = Tokenizer(models.Unigram())
        found.normalizer = normalizers.NFKC()
        found.pre_tokenizer = pre_tokenizers.Metaspace()
        trainer = trainers.UnigramTrainer(vocab_size=100, special_tokens=special, unk_token="[UNK]")
    else:  # whole texts, pieces over blanks and marks
        found = Tokenizer(models.BPE(unk_token="[UNK]"))
        trainer = trainers.BpeTrainer(vocab_size=200, special_tokens=special)
    found.train_from_iterator(texts, trainer)
    found.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        special_tokens=[("[CLS]", found.token_to_id("[CLS]")), ("[SEP]", found.token_to_id("[SEP]"))],
    )
    found.enable_truncation(8)  # as the files of models often say: our rows must be whole
    found.enable_padding(length=512)
    return found


KINDS = ("wordpiece", "byte-level", "metaspace", "bpe")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    found = {}
    for kind in KINDS:
        folder = tmp_path_factory.mktemp(kind)
        _trained(kind).save(str(folder / "tokenizer.json"))
        found[kind] = str(folder)
    return found


def whole(folder: str) -> Any:
    """The tokenizer of a folder, for texts of any length."""
    found = tokenizers.Tokenizer.from_file(f"{folder}/tokenizer.json")
    found.no_truncation()
    found.no_padding()
    return found


def row_fits(row: dict[str, Any], tokenizer: Any, names: list[str]) -> None:
    """Every piece has its word, offset and label, and no word is without a piece."""
    encoding = tokenizer.encode(row["text"].rstrip())
    assert row["input_ids"] == encoding.ids
    assert [tuple(place) for place in row["offsets"]] == encoding.offsets
    assert len(row["word_ids"]) == len(row["labels"]) == len(row["input_ids"])
    assert {word for word in row["word_ids"] if word is not None} == set(range(len(row["tokens"])))
    before = None
    special = encoding.special_tokens_mask
    for word, label, (start, end), mark in zip(row["word_ids"], row["labels"], row["offsets"], special, strict=True):
        if word is None:
            assert label == -100
            assert mark or not row["text"][start:end].strip()
            continue
        first = row["token_starts"][word]
        piece = row["text"][start:end].strip()
        assert piece in row["tokens"][word]
        last = start + len(row["text"][start:end].rstrip())  # a piece may go on with blanks, a token does not
        assert first <= last <= first + len(row["tokens"][word])
        tag = row["ner_tags"][word]
        assert names[label] == (tag.replace("B-", "I-", 1) if word == before else tag)
        before = word


@pytest.mark.parametrize("kind", KINDS)
def test_rows_are_aligned_with_a_tokenizer(tmp_path: Path, folders: dict[str, str], kind: str) -> None:
    folder, _ = written(tmp_path, tokenizer=folders[kind])
    rows = pq.read_table(folder / "mention" / "train-00000-of-00001.parquet").to_pylist()
    for row in rows:
        row_fits(row, whole(folders[kind]), TAGS)
    assert any(label == TAGS.index("B-ORG") for row in rows for label in row["labels"])
    loaded = load(folder, tmp_path / "cache")["train"]
    assert loaded[0]["labels"][0] == loaded[0]["labels"][-1] == -100


@pytest.mark.parametrize("kind", KINDS)
def test_ids_and_first_labels_are_those_of_the_guide_of_transformers(
    tmp_path: Path, folders: dict[str, str], kind: str
) -> None:
    transformers = pytest.importorskip("transformers")
    folder, _ = written(tmp_path, tokenizer=folders[kind])
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_file=f"{folders[kind]}/tokenizer.json")
    for row in pq.read_table(folder / "mention" / "train-00000-of-00001.parquet").to_pylist():
        whole_text = tokenizer(row["text"].rstrip(), return_offsets_mapping=True)
        assert whole_text["input_ids"] == row["input_ids"]
        assert [list(place) for place in whole_text["offset_mapping"]] == row["offsets"]
        if kind == "wordpiece":  # whose pieces do not depend on the blanks before a word
            in_words = tokenizer(row["tokens"], is_split_into_words=True)
            assert (in_words["input_ids"], in_words.word_ids()) == (row["input_ids"], row["word_ids"])


@pytest.mark.parametrize("kind", KINDS)
@settings(deadline=None, max_examples=25)
@given(given_document=documents(MENTIONS))
def test_generated_documents_come_back_and_fit(folders: dict[str, str], kind: str, given_document: Document) -> None:
    check_law(TOKEN_CLASSIFICATION, [given_document], MENTIONS, folders[kind])
    with tempfile.TemporaryDirectory() as place:
        folder, _ = written(Path(place), given_document, types=MENTIONS, tokenizer=folders[kind])
        for row in pq.read_table(folder / "mention" / "train-00000-of-00001.parquet").to_pylist():
            row_fits(row, whole(folders[kind]), TAGS)


def test_words_that_share_a_piece_are_one_and_what_that_widens_is_listed(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models

    tokenizer = Tokenizer(models.BPE({"a": 0, "b": 1, " ": 2, ".": 3, "b.": 4, "a ": 5}, [("b", "."), ("a", " ")]))
    tokenizer.save(str(tmp_path / "t.json"))
    text = "a b. z"
    spans = (at(text, "b", "x", "ORG"), at(text, "z", "y", "ORG"))
    _, losses = written(tmp_path, Document("d", text, spans), tokenizer=str(tmp_path / "t.json"))
    assert [(loss.annotation, loss.lost, loss.segments) for loss in losses if loss.lost != "id"] == [
        ("y", "annotation", ()),  # the tokenizer has no piece for it
        ("x", "segments", (Span(2, 4),)),
    ]


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "\x80\x04", '{"version": "1.0", "model": {"type": "BPE"}}', "[" * 100_000, '{"model": 3}', None],
)
def test_a_tokenizer_that_is_none_is_one_sentence(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "tokenizer.json").write_text(content)
    with pytest.raises(UsageError, match="tokenizer"):
        written(tmp_path, tokenizer=str(tmp_path))


def test_a_tokenizer_that_fails_on_a_text_is_one_sentence(tmp_path: Path) -> None:
    from tokenizers import Tokenizer, models

    Tokenizer(models.WordPiece({"a": 0}, unk_token="[UNK]")).save(str(tmp_path / "tokenizer.json"))
    with pytest.raises(UsageError, match="fails"):
        written(tmp_path, tokenizer=str(tmp_path))


def test_a_panic_of_the_library_is_one_sentence(tmp_path: Path, folders: dict[str, str]) -> None:
    """What its Rust code panics with is no `Exception` in Python."""
    broken = json.loads((Path(folders["wordpiece"]) / "tokenizer.json").read_text("utf-8"))
    broken["post_processor"]["single"][0]["SpecialToken"]["id"] = "[NONE]"
    (tmp_path / "tokenizer.json").write_text(json.dumps(broken), "utf-8")
    with pytest.raises(UsageError, match="tokenizer"):
        written(tmp_path, tokenizer=str(tmp_path))


# -- data sets of others -----------------------------------------------------------------------------------------------

NAMES = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
ROWS = {
    "id": ["0", "1"],
    "tokens": [["Ada", "Example", "left", "Bonn"], ["No", "😀"]],
    "ner_tags": [[1, 2, 0, 3], [0, 0]],
}
SAID = [("Ada Example left Bonn", [("PER", "Ada Example"), ("LOC", "Bonn")]), ("No 😀", [])]


def foreign() -> Any:
    tags = datasets.List(datasets.ClassLabel(names=NAMES))
    text = datasets.Value("string")
    return datasets.Dataset.from_dict(
        ROWS, features=datasets.Features({"id": text, "tokens": datasets.List(text), "ner_tags": tags})
    )


def as_parquet(folder: Path) -> None:
    foreign().to_parquet(folder / "data" / "train-00000-of-00001.parquet")


def as_saved(folder: Path) -> None:
    foreign().save_to_disk(folder)


def as_saved_splits(folder: Path) -> None:
    datasets.DatasetDict({"train": foreign()}).save_to_disk(folder)


def as_json_with_card(folder: Path) -> None:
    foreign().to_json(folder / "train.jsonl")
    info = {"features": datasets.Features({"ner_tags": foreign().features["ner_tags"]})._to_yaml_list()}
    (folder / "README.md").write_text(f"---\n{json.dumps({'dataset_info': info})}\n---\n# A card\n")


def as_json_with_info(folder: Path) -> None:
    rows = [dict(zip(ROWS, row, strict=True)) for row in zip(*ROWS.values(), strict=True)]
    (folder / "all.json").write_text(json.dumps({"data": rows}))
    label = {"feature": {"names": NAMES, "_type": "ClassLabel"}, "_type": "Sequence"}
    (folder / "dataset_infos.json").write_text(json.dumps({"default": {"features": {"ner_tags": label}}}))


def as_json_of_texts(folder: Path) -> None:
    rows = [
        {"words": words, "tags": [NAMES[tag] for tag in tags]}
        for words, tags in zip(ROWS["tokens"], ROWS["ner_tags"], strict=True)
    ]
    (folder / "rows.json").write_text(json.dumps(rows), encoding="utf-8-sig")


def as_labels_alone(folder: Path) -> None:
    rows = [
        {"tokens": ROWS["tokens"][0], "ner_tags": ["PER", "PER", "O", "LOC"]},
        {"tokens": ["No", "😀"], "ner_tags": ["O", "O"]},
    ]
    (folder / "x.jsonl").write_text("\r\n".join(map(json.dumps, rows)))


@pytest.mark.parametrize(
    "write",
    [as_parquet, as_saved, as_saved_splits, as_json_with_card, as_json_with_info, as_json_of_texts, as_labels_alone],
    ids=lambda write: write.__name__,
)
def test_data_sets_of_others_are_read(tmp_path: Path, write: Any) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    write(folder)
    found, problems = read(folder)
    assert problems == []
    assert [(one.text, labelled(one)) for one in found] == SAID
    assert len({one.id for one in found}) == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ('{"tokens": ["a"], "ner_tags": [1]}', "does not say which labels"),
        ('{"tokens": ["a"], "ner_tags": ["O", "O"]}', "tokens: 1, but tags: 2"),
        ('{"tokens": "a", "ner_tags": ["O"]}', "not a list of texts"),
        ('{"tokens": ["a"], "ner_tags": [null]}', "no tag"),
        ('{"tokens": ["a"], "ner_tags": {}}', "not a list"),
        ('{"tokens": [3], "ner_tags": ["O"]}', "not a list of texts"),
        ('{"tokens": ["\\ud800"], "ner_tags": ["O"]}', "half of a character"),
        ('{"a": 1}', "no column of tokens"),
        ("{", "is not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"tokens": ["a"], "tokens": ["a"], "ner_tags": ["O"]}', "more than once"),
    ],
)
def test_a_bad_row_is_a_problem(tmp_path: Path, rows: str, said: str) -> None:
    (tmp_path / "x.jsonl").write_text(rows)
    found, problems = read(tmp_path)
    assert (found, len(problems)) == ([], 1)
    assert said in problems[0]


def test_the_rows_beside_a_bad_one_are_read(tmp_path: Path) -> None:
    good = '{"tokens": ["a"], "ner_tags": ["B-X"]}'
    (tmp_path / "x.jsonl").write_text(f"{good}\n{{}}\n{good}")
    found, problems = read(tmp_path)
    assert ([labelled(one) for one in found], len(problems)) == ([[("X", "a")]] * 2, 1)


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.json"])
@pytest.mark.parametrize("data", [b"", b"PAR1", b"\x80\x04\x95", b"PAR1" * 50, b"\xff" * 100], ids=range(5))
def test_what_is_no_file_of_its_kind_is_one_problem(tmp_path: Path, name: str, data: bytes) -> None:
    (tmp_path / name).write_bytes(data)
    found, problems = read(tmp_path)
    assert found == []
    assert len(problems) == 1


def test_changed_bytes_raise_nothing(tmp_path: Path) -> None:
    folder, _ = written(tmp_path)
    good = (folder / "mention" / "train-00000-of-00001.parquet").read_bytes()
    chance = random.Random(0)
    for _ in range(200):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "a.parquet").write_bytes(bytes(data))
        read(tmp_path / "a.parquet")


WORDS, MARKS = pa.array([["a", "b"]]), pa.array([["B-X", "O"]])
# Values that no Python object has, or of a zone that there is not.
FOREIGN = {
    "day": pa.array([2**31 - 1], pa.int32()).view(pa.date32()),
    "moment": pa.array([2**62]).cast(pa.duration("s")),
    "zone": pa.array([1]).cast(pa.timestamp("s", tz="Nowhere/Town")),
    "bytes": pa.array([b"\xff"]),
    "nothing": pa.nulls(1),
}


def stored(table: pa.Table, file: Path) -> None:
    if file.suffix == ".parquet":
        pq.write_table(table, file)
    else:
        with pa.ipc.new_stream(file, table.schema) as stream:
            stream.write_table(table)


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
@pytest.mark.parametrize("kind", FOREIGN)
def test_a_column_of_no_texts_and_numbers_is_none(tmp_path: Path, kind: str, name: str) -> None:
    stored(pa.table({"tokens": WORDS, "ner_tags": MARKS, "id": FOREIGN[kind]}), tmp_path / name)
    found, problems = read(tmp_path)
    assert ([labelled(one) for one in found], problems) == ([[("X", "a")]], [])
    stored(pa.table({"tokens": FOREIGN[kind], "ner_tags": MARKS}), tmp_path / name)
    found, problems = read(tmp_path)
    assert (found, len(problems)) == ([], 1)
    assert "has no column of tokens" in problems[0]


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_a_column_that_is_there_twice_is_a_problem(tmp_path: Path, name: str) -> None:
    stored(pa.Table.from_arrays([WORDS, WORDS, MARKS], ["tokens", "tokens", "ner_tags"]), tmp_path / name)
    found, problems = read(tmp_path)
    assert (found, len(problems)) == ([], 1)
    assert "more than one column 'tokens'" in problems[0]


def test_a_stream_whose_offsets_are_damaged_is_not_read(tmp_path: Path) -> None:
    """The second text would end before it begins."""
    offsets = pa.array([0, 2, 1], pa.int32()).buffers()[1]
    texts = pa.Array.from_buffers(pa.string(), 2, [None, offsets, pa.py_buffer(b"ab")])
    words = pa.ListArray.from_arrays(pa.array([0, 2], pa.int32()), texts)
    stored(pa.table({"tokens": words, "ner_tags": MARKS}), tmp_path / "x.arrow")
    found, problems = read(tmp_path)
    assert (found, len(problems)) == ([], 1)
    assert "cannot be read" in problems[0]


def changed(folder: Path, **columns: Any) -> None:
    file = folder / "mention" / "train-00000-of-00001.parquet"
    table = pq.read_table(file)
    for name, values in columns.items():
        at_column = table.schema.get_field_index(name)
        table = table.set_column(
            at_column, name, pa.array(values(table[name].to_pylist()), table.schema.field(name).type)
        )
    pq.write_table(table, file)


def test_a_missing_row_and_a_changed_text_are_problems_of_their_document(tmp_path: Path) -> None:
    folder, _ = written(tmp_path, document("a"), document("b"))
    changed(folder, start=lambda starts: [start + (at == 1) for at, start in enumerate(starts)])
    found, problems = read(folder)
    assert [one.id for one in found] == ["a", "b"]
    assert [sorted({one.layer for one in each.annotations}) for each in found] == [
        ["claim", "time"],
        ["claim", "mention", "time"],
    ]
    assert len(problems) == 1
    changed(folder, start=lambda _: [0, 23, 50, 0, 23, 50], text=lambda texts: ["x" * len(text) for text in texts])
    assert len(read(folder)[1]) == 6
