"""spaCy's DocBin: read and trained on by spaCy itself, and files of other pipelines, broken ones among them."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from allegata.exchange.docbin import SPACY
from allegata.exchange.folder import Export, Reading
from allegata.exchange.losses import Loss
from allegata.schema.limits import Limits
from allegata.text.documents import Annotation, Document, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law, many, texts
from project import sampled

spacy = pytest.importorskip("spacy")
from spacy.tokens import Doc, DocBin, SpanGroup  # noqa: E402
from spacy.training import Corpus, Example  # noqa: E402
from srsly import msgpack  # noqa: E402

TEXT = "Ada Example  of Acme\r\n said on Monday that the 😀 case was closed."


SEGMENTS = tuple(Span(TEXT.index(words), TEXT.index(words) + len(words)) for words in ("Monday", "the 😀 ca"))


def at(text: str, words: str, id: str, label: str, layer: str = "mention", **attributes: Any) -> Annotation:
    start = text.index(words)
    return Annotation(id, layer, label, (Span(start, start + len(words)),), attributes)


DOCUMENT = Document(
    "d1",
    TEXT,
    (
        at(TEXT, "Ada Example  of Acme", "m1", "PERSON", mention_type="NAM", entity_id="ada"),
        at(TEXT, "Acme", "m2", "ORG", entity_id="acme"),
        at(TEXT, "Monday", "m3", "time"),
        Annotation("c1", "claim", "claim", SEGMENTS, {"claimer_chain": ("a", "b"), "is_quoted": True}),
        at(TEXT, "case was closed", "c2", "claim", "claim", check_worthiness=2),
    ),
    (Relation("parent", "c2", "c1"),),
    language="en",
    annotator="ada",
    machine=True,
    split="train",
)  # fmt: skip


def written(tmp_path: Path, *documents: Document) -> tuple[Path, list[Loss]]:
    out = Export(tmp_path / "out")
    SPACY.write(documents, TYPES, out)
    return out.folder, out.losses


def read(path: Path, types: TypeSystem = TYPES) -> tuple[list[Document], list[str]]:
    reading = Reading()
    return list(SPACY.read(path, types, reading)), [problem.statement() for problem in reading.problems.found]


def docs(path: Path, lang: str = "en") -> list[Doc]:
    return list(DocBin().from_disk(path).get_docs(spacy.blank(lang).vocab))


def test_spacy_reads_text_groups_entities_and_what_is_attached(tmp_path: Path) -> None:
    folder, losses = written(tmp_path, DOCUMENT)
    [doc] = docs(folder / "train.spacy")
    assert doc.text == TEXT
    assert [(ent.text, ent.label_, ent.kb_id_) for ent in doc.ents] == [
        ("Ada Example  of Acme", "PERSON", "ada"),
        ("Monday", "time", ""),
    ]
    assert list(doc.spans) == ["mention", "claim", "attribution", "time"]
    assert [(span.text, span.label_, span.id_, span.kb_id_) for span in doc.spans["mention"]][1:] == [
        ("Acme", "ORG", "m2", "acme"),
        ("Monday", "time", "m3", ""),
    ]
    assert [(span.text, span.id_) for span in doc.spans["claim"]] == [
        ("Monday", "c1"),
        ("the 😀 case", "c1"),
        ("case was closed", "c2"),
    ]
    assert doc.spans["claim"].attrs["attributes"]["c2"] == {"check_worthiness": 2}
    assert doc.user_data["allegata"]["relations"] == (("parent", "c2", "c1"),)
    assert {loss.lost for loss in losses} == {"segments"}


def test_what_goes_out_comes_in_with_annotator_and_language(tmp_path: Path) -> None:
    check_law(SPACY, [DOCUMENT])
    folder, _ = written(tmp_path, DOCUMENT)
    [found], _ = read(folder)
    assert (found.annotator, found.machine, found.language, found.split) == ("ada", True, "en", "train")


def test_segments_that_do_not_meet_words_are_widened_and_listed() -> None:
    text = "Ada's \t co-op"
    spans = (
        Annotation("a", "mention", "ORG", (Span(1, 2),)),
        Annotation("b", "claim", "claim", (Span(8, 9), Span(9, 10), Span(12, 13))),
        Annotation("c", "mention", "ORG", (Span(5, 6),)),  # the blank after a word, which no word has
        Annotation("d", "mention", "ORG", (Span(6, 8),)),  # blanks that are a word
    )
    losses = check_law(SPACY, [Document("d", text, spans, language="en")])
    assert sorted((loss.annotation, loss.lost, loss.segments) for loss in losses) == [
        ("a", "segments", (Span(0, 3),)),
        ("b", "segments", (Span(8, 10), Span(11, 13))),
        ("c", "annotation", ()),
    ]


@pytest.mark.parametrize(
    "language",
    sampled(
        ["en", "de", "fr", "tr", "ar", "he", "ru", "zh", "ja", "und", "x9", "pt-BR"], "en", "he", "zh", "x9", "pt-BR"
    ),
)
@settings(deadline=None, max_examples=4)
@given(text=texts)
def test_the_words_of_every_language_keep_the_text(text: str, language: str) -> None:
    assert check_law(SPACY, [Document("d", text, language=language)]) == []


def test_entities_are_the_longest_then_the_first_without_blanks_at_their_ends(tmp_path: Path) -> None:
    text = "a b  c d\n e\n"
    spans = [
        Annotation(str(n), "mention", "ORG", (Span(*span),))
        for n, span in enumerate([(0, 3), (2, 6), (5, 9), (4, 5), (10, 12)])
    ]
    folder, _ = written(tmp_path, Document("d", text, tuple(spans), language="en"))
    [doc] = docs(folder / "all.spacy")
    assert [(ent.start_char, ent.end_char) for ent in doc.ents] == [(2, 6), (10, 11)]
    assert len(doc.spans["mention"]) == 5


def test_what_a_tool_added_or_moved_comes_home(tmp_path: Path) -> None:
    folder, _ = written(tmp_path, DOCUMENT)
    [doc] = docs(folder / "train.spacy")
    group = doc.spans["mention"]
    spans = [span for span in group if span.id_ != "m2"]
    doc.spans["mention"] = SpanGroup(doc, attrs=group.attrs, spans=[*spans, spacy.tokens.Span(doc, 6, 7, label="ORG")])
    doc.ents = [*doc.ents, doc.char_span(TEXT.index("closed"), TEXT.index("closed") + 6, label="WORK_OF_ART")]
    DocBin(docs=[doc], store_user_data=True).to_disk(folder / "train.spacy")
    [found], problems = read(folder)
    before = {one.id: one for one in DOCUMENT.annotations}
    after = {one.id: one for one in found.annotations}
    assert problems == []
    assert before.keys() - after.keys() == {"m2"}
    assert sorted((id, after[id].layer, after[id].label) for id in after.keys() - before.keys()) == [
        ("s001", "mention", "ORG"),
        ("s002", "mention", "WORK_OF_ART"),
    ]


# -- training ----------------------------------------------------------------------------------------------------------


def trained(folder: Path, pipe: str, config: dict[str, Any]) -> Any:
    nlp = spacy.blank("en")
    nlp.add_pipe(pipe, config=config)
    examples = list(Corpus(folder)(nlp))
    random.seed(0)
    nlp.initialize(lambda: examples)
    optimizer = nlp.create_optimizer()
    for _ in range(40):
        nlp.update(examples, sgd=optimizer)
    return nlp(TEXT)


def test_spacy_trains_entities_and_spans_on_our_files(tmp_path: Path) -> None:
    sources = (DOCUMENT, Document("d2", "No.", language="en", split="train"), Document("d3", "", split="train"))
    folder, _ = written(tmp_path, *sources)
    doc = trained(folder, "ner", {})
    assert ("Monday", "time") in [(ent.text, ent.label_) for ent in doc.ents]
    doc = trained(
        folder, "spancat", {"spans_key": "claim", "suggester": {"@misc": "spacy.ngram_suggester.v1", "sizes": [1, 3]}}
    )
    assert ("case was closed", "claim") in [(span.text, span.label_) for span in doc.spans["claim"]]


def test_every_span_is_aligned_with_the_words_of_the_blank_pipeline(tmp_path: Path) -> None:
    folder, _ = written(tmp_path, DOCUMENT)
    nlp = spacy.blank("en")
    for example in Corpus(folder)(nlp):
        assert isinstance(example, Example)
        assert [token.text for token in example.predicted] == [token.text for token in example.reference]
        assert "-" not in example.get_aligned_ner()


def test_debug_data_finds_nothing_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from spacy.cli.debug_data import debug_data
    from spacy.cli.init_config import init_config

    folder, _ = written(tmp_path, DOCUMENT)
    config = tmp_path / "config.cfg"
    init_config(lang="en", pipeline=["ner"]).to_disk(config)
    data = str(folder / "train.spacy")
    with pytest.raises(SystemExit):  # two documents are too few for it
        debug_data(config, config_overrides={"paths.train": data, "paths.dev": data}, silent=False, no_format=True)
    said = capsys.readouterr().out
    assert "No entities consisting of or starting/ending with whitespace" in said
    assert "misaligned" not in said


# -- files of others ---------------------------------------------------------------------------------------------------


def test_entities_and_span_groups_of_other_pipelines_are_read(tmp_path: Path) -> None:
    nlp = spacy.blank("de")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "GPE", "pattern": "Bonn", "id": "bonn"}])
    first = nlp("Ada  wohnt in Bonn, sagt Acme.")
    first.spans["sc"] = [first[0:1], spacy.tokens.Span(first, 6, 8, label="ORG", kb_id="Q1")]
    second = Doc(nlp.vocab, words=["Ada", "ging", "."])
    second.spans["mention"] = [spacy.tokens.Span(second, 0, 1, label="PERSON")]
    second.user_data["anything"] = {"else": ("x", 1)}
    DocBin(docs=[first, second], store_user_data=True).to_disk(tmp_path / "some.spacy")
    DocBin(docs=[nlp("Bonn")]).to_disk(tmp_path / "one.spacy")
    found, problems = read(tmp_path)
    assert problems == []
    assert [(one.id, one.text) for one in found] == [
        ("one", "Bonn"),
        ("some-0001", "Ada  wohnt in Bonn, sagt Acme."),
        ("some-0002", "Ada ging ."),
    ]
    shown = [
        [(one.layer, one.label, one.quote(document.text), dict(one.attributes)) for one in document.ordered.annotations]
        for document in found
    ]
    assert shown == [
        [("span", "GPE", "Bonn", {"span_id": "bonn"})],
        [
            ("sc", "", "Ada", {}),
            ("span", "GPE", "Bonn", {"span_id": "bonn"}),
            ("mention", "ORG", "sagt Acme", {"kb_id": "Q1"}),
        ],
        [("mention", "PERSON", "Ada", {})],
    ]


def test_groups_of_spacy_3_0_are_read(tmp_path: Path) -> None:
    """They were a list of groups, each with its name."""
    nlp = spacy.blank("en")
    doc = nlp("Ada left")
    group = SpanGroup(doc, name="old", spans=[spacy.tokens.Span(doc, 0, 1, label="X")])
    fields = msgpack.unpackb(zlib.decompress(DocBin(docs=[doc]).to_bytes()), raw=False)
    fields["span_groups"], fields["strings"] = [packed([group.to_bytes()])], [*fields["strings"], "X"]
    (tmp_path / "a.spacy").write_bytes(zlib.compress(packed(fields)))
    [found], _ = read(tmp_path)
    assert [(one.layer, one.quote(found.text)) for one in found.annotations] == [("old", "Ada")]


# -- broken files ------------------------------------------------------------------------------------------------------


def fields_of(tmp_path: Path) -> dict[str, Any]:
    folder, _ = written(tmp_path, DOCUMENT, Document("d2", "No.", split="train"))
    fields: dict[str, Any] = msgpack.unpackb(zlib.decompress((folder / "train.spacy").read_bytes()), raw=False)
    return fields


def packed(value: Any) -> bytes:
    data: bytes = msgpack.packb(value, use_bin_type=True)
    return data


BROKEN: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no map": lambda fields: [1, 2],
    "no field": lambda fields: {},
    "no words": lambda fields: {**fields, "attrs": fields["attrs"][1:]},
    "attributes": lambda fields: {**fields, "attrs": "x"},
    "no attributes": lambda fields: {**fields, "attrs": []},
    "lengths": lambda fields: {**fields, "lengths": b"\xff\xff\xff\x7f" * 2},
    "negative": lambda fields: {**fields, "lengths": b"\xff\xff\xff\xff" * 2},
    "odd": lambda fields: {**fields, "tokens": fields["tokens"][:-3]},
    "spaces": lambda fields: {**fields, "spaces": b""},
    "strings": lambda fields: {**fields, "strings": 3},
    "numbers": lambda fields: {**fields, "strings": [{}]},
    "tokens": lambda fields: {**fields, "tokens": ["x"]},
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_is_one_problem(tmp_path: Path, name: str) -> None:
    fields = fields_of(tmp_path)
    (tmp_path / "a.spacy").write_bytes(zlib.compress(packed(BROKEN[name](fields))))
    found, problems = read(tmp_path / "a.spacy")
    assert (found, len(problems)) == ([], 1)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x80\x04\x95.",  # a pickle
        zlib.compress(b""),
        zlib.compress(b"\x91" * 100_000),
        zlib.compress(b"\xdd\xff\xff\xff\xff"),
        zlib.compress(b"\xdf\xff\xff\xff\xff"),
        zlib.compress(b"[1]")[:-3],
        zlib.compress(packed({b"nd": True, b"type": "O", b"data": b"", b"shape": []})),
    ],
    ids=range(8),
)
def test_what_is_no_docbin_is_one_problem(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "a.spacy").write_bytes(data)
    found, problems = read(tmp_path)
    assert (found, len(problems)) == ([], 1)


def test_a_file_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.spacy").write_bytes(zlib.compress(b"\0" * (1 << 20)))
    reading = Reading(limits=Limits(docbin_bytes=1 << 16))
    assert list(SPACY.read(tmp_path, TYPES, reading)) == []
    [problem] = reading.problems.found
    assert problem.what == "decompresses to more than the 65,536 bytes that docbin-bytes allows"


@pytest.mark.parametrize("field", ["span_groups", "user_data", "flags"])
@pytest.mark.parametrize(
    "value",
    [
        7,
        packed(7),
        packed({"a": 7}),
        packed([b"\xc1"]),
        packed({packed({"name": "x", "attrs": {}, "spans": [b"1"]}): ["x"]}),
    ],
    ids=range(5),
)
def test_a_broken_document_is_one_problem_and_the_others_are_read(tmp_path: Path, field: str, value: Any) -> None:
    fields = fields_of(tmp_path)
    fields[field] = [value, fields[field][1]]
    (tmp_path / "a.spacy").write_bytes(zlib.compress(packed(fields)))
    found, problems = read(tmp_path / "a.spacy")
    assert "d2" in [one.id for one in found]
    assert len(problems) == 1 or field == "user_data"


def test_a_span_outside_the_words_is_a_problem_and_the_others_are_kept(tmp_path: Path) -> None:
    fields = fields_of(tmp_path)
    groups = msgpack.unpackb(fields["span_groups"][0], raw=False)
    changed = {}
    for data, names in groups.items():
        group = msgpack.unpackb(data, raw=False)
        if names == ("mention",) or names == ["mention"]:
            group["spans"][0] = group["spans"][0][:24] + b"\x7f\xff\xff\xff" * 2 + group["spans"][0][32:]
        changed[packed(group)] = names
    fields["span_groups"][0] = packed(changed)
    (tmp_path / "a.spacy").write_bytes(zlib.compress(packed(fields)))
    [found, _], problems = read(tmp_path / "a.spacy")
    assert len(problems) == 1
    assert "outside the text of" in problems[0]
    assert {"m2", "m3"} <= found.by_id.keys()


def test_changed_bytes_raise_nothing(tmp_path: Path) -> None:
    folder, _ = written(tmp_path, DOCUMENT, Document("d2", "No.", split="train"))
    good = zlib.decompress((folder / "train.spacy").read_bytes())
    chance = random.Random(0)
    for _ in range(300):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "a.spacy").write_bytes(zlib.compress(bytes(data)))
        read(tmp_path / "a.spacy")


@pytest.mark.alone
@pytest.mark.parametrize("run", ["!", "'s", "(a"])
def test_long_runs_without_blanks_take_linear_time(run: str) -> None:
    text = f"Ada said: {run * 20_000} and\n left."
    start = time.process_time()
    assert check_law(SPACY, [Document("d", text, (at(text, "Ada", "m1", "PERSON"),), language="en")]) == []
    assert time.process_time() - start < 10


def test_hundreds_of_documents_go_out_and_in_within_the_limit() -> None:
    start = time.process_time()
    check_law(SPACY, many(), TYPES)
    assert time.process_time() - start < 8
