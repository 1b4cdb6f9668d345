"""CoNLL columns: what our files look like, which annotation wins, what other tools read of them, and foreign files."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from allegata.exchange.conll import CONLL
from allegata.exchange.folder import Export, Reading
from allegata.exchange.losses import Loss
from allegata.models.bio import decode_tags
from allegata.text.documents import Annotation, Document, LayerType, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law, many

TEXT = "Ada Example left.\r\n\tThe \u200bnew 😀 \x1foffice-party of Acme Inc. said no. So did she."
MENTIONS = TYPES.only(["mention"])


def at(text: str, words: str, id: str, label: str, layer: str = "mention", **attributes: str) -> Annotation:
    start = text.index(words)
    return Annotation(id, layer, label, (Span(start, start + len(words)),), attributes)


def written(tmp_path: Path, *documents: Document, types: TypeSystem = MENTIONS) -> tuple[Path, list[Loss]]:
    out = Export(tmp_path / "out")
    CONLL.write(documents, types, out)
    return out.folder, out.losses


def read(path: Path, types: TypeSystem = MENTIONS) -> tuple[list[Document], list[str]]:
    reading = Reading()
    return list(CONLL.read(path, types, reading)), [problem.statement() for problem in reading.problems.found]


def foreign(tmp_path: Path, content: str | bytes, name: str = "x.conll") -> tuple[list[Document], list[str]]:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return read(tmp_path)


def labelled(document: Document) -> list[tuple[str, str]]:
    return [(one.label, one.quote(document.text)) for one in document.ordered.annotations]


def test_a_layer_has_the_four_columns_of_conll_2003(tmp_path: Path) -> None:
    text = "Ada Example left.\nAcme: no."
    document = Document("d", text, (at(text, "Ada Example", "a", "PERSON"), at(text, "Acme", "b", "ORG")), split="dev")
    folder, _ = written(tmp_path, document)
    assert (folder / "dev.conll").read_text("utf-8") == (
        "-DOCSTART- -X- O O\n\n"
        "Ada _ _ B-PERSON\nExample _ _ I-PERSON\nleft _ _ O\n. _ _ O\n\n"
        "Acme _ _ B-ORG\n: _ _ O\nno _ _ O\n. _ _ O\n\n"
    )
    assert json.loads((folder / "documents.jsonl").read_text("utf-8"))["text"] == text


def test_every_further_layer_has_a_column_before_the_last(tmp_path: Path) -> None:
    text = "Ada said so."
    spans = (
        at(text, "Ada", "a", "PERSON"),
        at(text, "said", "b", "cue", "attribution"),
        at(text, "so", "c", "time", "time"),
    )
    folder, _ = written(tmp_path, Document("d", text, spans), types=TYPES)
    lines = (folder / "all.conll").read_text("utf-8").splitlines()
    assert lines[2:6] == ["Ada O O O B-PERSON", "said O B-cue O O", "so O O B-time O", ". O O O O"]
    assert check_law(CONLL, [Document("d", text, spans)])


def test_the_longest_wins_then_the_first_and_each_loss_is_listed(tmp_path: Path) -> None:
    text = "one two three four-five"
    spans = (
        at(text, "one two", "short", "ORG"),
        at(text, "two three", "long", "PERSON"),
        at(text, "ur-fi", "within", "ORG"),
        Annotation("blank", "mention", "ORG", (Span(3, 4),)),
        Annotation("far", "claim", "claim", (Span(0, 3),)),
    )
    folder, losses = written(tmp_path, Document("d", text, spans))
    assert {(loss.annotation, loss.lost, loss.segments) for loss in losses if loss.lost != "id"} == {
        ("short", "annotation", ()),
        ("within", "segments", (Span(14, 23),)),
        ("blank", "annotation", ()),
        ("far", "annotation", ()),
    }
    assert labelled(read(folder)[0][0]) == [("PERSON", "two three"), ("ORG", "four-five")]


def test_of_equally_long_ones_the_first_wins() -> None:
    text = "one two six"
    losses = check_law(CONLL, [Document("d", text, (at(text, "two six", "b", "ORG"), at(text, "one two", "a", "ORG")))])
    assert [loss.annotation for loss in losses if loss.lost == "annotation"] == ["b"]


def test_attributes_relations_ids_and_segments_are_listed() -> None:
    text = "Ada, they said, left."
    parts = Annotation("p", "claim", "claim", (Span(0, 3), Span(16, 20)), {"factuality": "Uu"})
    other = at(text, "they", "q", "claim", "claim")
    document = Document("d", text, (parts, other), (Relation("parent", "p", "q"),))
    losses = check_law(CONLL, [document])
    assert sorted((loss.annotation, loss.lost, loss.name, loss.became) for loss in losses) == sorted(
        [
            ("p", "segments", "", None),
            ("p", "attribute", "factuality", None),
            ("p", "relation", "parent", None),
            ("p", "id", "", "s002"),
            ("q", "id", "", "s001"),
        ],
        key=str,
    )


def test_no_sentence_ends_within_an_annotation(tmp_path: Path) -> None:
    text = "It rained. We left. They stayed."
    claim = at(text, "It rained. We left.", "c", "claim", "claim")
    folder, _ = written(tmp_path, Document("d", text, (claim,), language="en"), types=TYPES.only(["claim"]))
    sentences = (folder / "all.conll").read_text("utf-8").strip().split("\n\n")[1:]
    assert [len(sentence.split("\n")) for sentence in sentences] == [6, 3]


def test_blanks_controls_and_odd_labels_break_no_line_and_come_back() -> None:
    types = TypeSystem((LayerType("kind of", {"a b": "", "50%\t\u2028": "", "x-y": ""}),))
    spans = [at(TEXT, words, str(n), label, "kind of") for n, (words, label) in enumerate(
        [("Ada Example", "a b"), ("😀", "50%\t\u2028"), ("Acme Inc", "x-y")]
    )]  # fmt: skip
    given = [
        Document("one/two", TEXT, tuple(spans), split="train"),
        Document("empty", ""),
        Document("blank", "\r\n \t"),
    ]
    assert {loss.lost for loss in check_law(CONLL, given, types)} == {"id"}


def test_a_document_is_found_by_its_letters_wherever_its_words_are(tmp_path: Path) -> None:
    first = Document("a", "Ada  left.", (at("Ada  left.", "Ada", "x", "PERSON"),), split="train")
    second = Document("b", "Acme stayed.", (at("Acme stayed.", "Acme", "x", "ORG"),), split="test")
    folder, _ = written(tmp_path, first, second)
    # Another tool made one file of the two, in another order, with its own words.
    (folder / "train.conll").write_text(
        "-DOCSTART- -X- O O\n\nAcme _ _ B-ORG\nstayed. _ _ O\n\n"
        "-DOCSTART- -X- O O\n\nAd _ _ B-ORG\na _ _ I-ORG\nleft. _ _ O\n"
    )
    (folder / "test.conll").unlink()
    found, problems = read(folder)
    assert [(one.id, one.text, labelled(one)) for one in found] == [
        ("b", "Acme stayed.", [("ORG", "Acme")]),
        ("a", "Ada  left.", [("ORG", "Ada")]),
    ]
    assert problems == []


def test_a_document_whose_words_changed_keeps_its_id_and_has_their_text(tmp_path: Path) -> None:
    folder, _ = written(tmp_path, Document("a", "Ada left."), Document("b", "No."))
    file = folder / "all.conll"
    file.write_text(file.read_text("utf-8").replace("Ada", "Eda"), "utf-8")
    found, _ = read(folder)
    assert [(one.id, one.text) for one in found] == [("a", "Eda left ."), ("b", "No.")]


def test_of_a_file_that_kept_the_last_tags_alone_these_are_read(tmp_path: Path) -> None:
    text = "Ada said so."
    spans = at(text, "Ada", "a", "PERSON"), at(text, "said", "b", "cue", "attribution")
    folder, _ = written(tmp_path, Document("d", text, spans), types=TYPES)
    file = folder / "all.conll"
    lines = [line.split(" ") for line in file.read_text("utf-8").split("\n")]
    file.write_text("\n".join(f"{line[0]}\t{line[-1]}" if len(line) > 1 else "" for line in lines))
    [found], problems = read(folder, TYPES)
    assert (found.id, found.text, labelled(found), problems) == ("d", text, [("PERSON", "Ada")], [])
    assert found.annotations[0].layer == "mention"


SENTENCE = ["U.N. NNP {}", "official NN {}", "Ada NNP {}", "Example NNP {}", "heads VBZ {}", "for IN {}", "Bonn NNP {}"]


@pytest.mark.parametrize(
    "tags",
    [
        "I-ORG O I-PER I-PER O O I-LOC",  # IOB1
        "B-ORG O B-PER I-PER O O B-LOC",
        "S-ORG O B-PER E-PER O O S-LOC",
        "U-ORG O B-PER L-PER O O U-LOC",
        "B-ORG O I-PER I-PER O O B-LOC",  # I- without B-
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("between", [" ", "\t", "   "])
@pytest.mark.parametrize("head", ["", "\ufeff", "-DOCSTART- -X- -X- O\n\n", "# a remark\n# id = 7\n", "\n\n"])
def test_files_of_others_are_read(tmp_path: Path, tags: str, end: str, between: str, head: str) -> None:
    lines = [line.format(tag) for line, tag in zip(SENTENCE, tags.split(), strict=True)]
    content = head + "\n".join((*lines, "", *lines, "")).replace(" ", between)
    found, problems = foreign(tmp_path, content.replace("\n", end), "eng.testa")
    assert problems == []
    assert [(one.id, one.text) for one in found] == [
        ("eng", "U.N. official Ada Example heads for Bonn\nU.N. official Ada Example heads for Bonn")
    ]
    assert labelled(found[0]) == [("ORG", "U.N."), ("PER", "Ada Example"), ("LOC", "Bonn")] * 2


def test_i_of_another_label_and_b_of_the_same_open_a_new_span(tmp_path: Path) -> None:
    content = "a I-PER\nb I-ORG\nc B-ORG\nd I-ORG\n\ne I-ORG\n"
    found, _ = foreign(tmp_path, content)
    assert labelled(found[0]) == [("PER", "a"), ("ORG", "b"), ("ORG", "c d"), ("ORG", "e")]


def test_documents_of_others_are_numbered(tmp_path: Path) -> None:
    found, _ = foreign(tmp_path, "-DOCSTART- O\n\na O\n\n-DOCSTART- O\n\nb B-X\n", "de.conll")
    assert [(one.id, one.text) for one in found] == [("de-0001", "a"), ("de-0002", "b")]


def test_words_with_a_number_in_front_and_a_column_behind_the_tag(tmp_path: Path) -> None:
    found, problems = foreign(tmp_path, "# sent_id = 1\n1\tAda\tB-PER\t-\n2\tleft\tO\t-\n\n1\tNo\tO\t-\n", "x.iob2")
    assert (found[0].text, labelled(found[0]), problems) == ("Ada left\nNo", [("PER", "Ada")], [])


def test_the_sign_of_a_remark_may_be_a_word(tmp_path: Path) -> None:
    found, problems = foreign(tmp_path, "no O\n# B-X\n1 I-X\n# see O 1\n")
    assert (found[0].text, labelled(found[0]), problems) == ("no # 1", [("X", "# 1")], [])


def test_bad_lines_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    content = "Ada x B-PER\nleft x PER\nso\nlate x O O\nAcme x B-ORG\n" + "on x O\n" * 20
    found, problems = foreign(tmp_path, content)
    assert labelled(found[0]) == [("PER", "Ada"), ("ORG", "Acme")]
    assert found[0].text.startswith("Ada left so late Acme on")
    assert problems == [
        "x.conll:2: 'PER' is no tag such as O, B-PER or I-PER",
        "x.conll:3: has 1 column, the first lines have 3",
        "x.conll:4: has 4 columns, the first lines have 3",
    ]


@pytest.mark.parametrize(
    "content",
    [
        b"\xff\xfe\x00",
        b"just a text\nof two lines\n",
        b"{}" * 100,
        b"a " * 100_000,
        b"\x00\x00\n\x00 \x00",
        b"a\tb\n" * 3,
    ],
)
def test_what_is_no_such_file_is_one_problem(tmp_path: Path, content: bytes) -> None:
    found, problems = foreign(tmp_path, content)
    assert (found, len(problems)) == ([], 1)


def test_a_text_beside_the_files_is_counted_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("About the data.\n")
    (tmp_path / "eng.train").write_text("Ada B-PER\n")
    reading = Reading()
    assert [one.text for one in CONLL.read(tmp_path, MENTIONS, reading)] == ["Ada"]
    assert ([notice.count for notice in reading.notices.sorted()], len(reading.problems)) == ([1], 0)


def test_words_of_nothing_but_blanks_are_counted_and_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("Ada\tB-PER\n\u00a0\tI-PER\nExample\tI-PER\n\tO\n")
    reading = Reading()
    [found] = CONLL.read(tmp_path, MENTIONS, reading)
    assert labelled(found) == [("PER", "Ada Example")]
    assert ([notice.count for notice in reading.notices.sorted()], len(reading.problems)) == ([2], 0)


@pytest.mark.parametrize("line", ["[]", '{"id": 3}', "{", "[" * 100_000, '{"id": "a", "columns": "x"}', "\x00"])
def test_a_broken_list_of_documents_is_reported(tmp_path: Path, line: str) -> None:
    folder, _ = written(tmp_path, Document("a", "Ada left."))
    (folder / "documents.jsonl").write_text(line)
    found, problems = read(folder)
    assert ([one.text for one in found], len(problems)) == (["Ada left ."], 1)


def test_an_empty_file_and_a_folder_with_the_name_of_a_file_are_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.conll").mkdir()
    assert foreign(tmp_path, "") == ([], [])


# -- other readers -----------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    spans = (at(TEXT, "Ada Example", "a", "PERSON"), at(TEXT, "Acme Inc", "b", "ORG"))
    return written(tmp_path, *(Document(name, TEXT, spans, language="en", split="train") for name in "ab"))[0]


WORDS = ["Ada", "Example", "left", ".", "The", "\u200b", "new", "😀", "office", "-", "party", "of", "Acme", "Inc", "."]


def test_spacy_converts_our_file(folder: Path) -> None:
    converters = pytest.importorskip("spacy.training.converters")
    docs = list(converters.conll_ner_to_docs((folder / "train.conll").read_text("utf-8"), no_print=True))
    assert len(docs) == 2
    assert [token.text for token in docs[0]][: len(WORDS)] == WORDS
    assert [(ent.text, ent.label_) for ent in docs[1].ents] == [("Ada Example", "PERSON"), ("Acme Inc", "ORG")]


def test_datasets_reads_our_file(folder: Path, tmp_path: Path) -> None:
    datasets = pytest.importorskip("datasets")
    columns = ["tokens", "pos_tags", "chunk_tags", "ner_tags"]
    loaded = datasets.load_dataset(str(folder), column_names=columns, cache_dir=str(tmp_path / "cache"))
    assert [word for sentence in loaded["train"]["tokens"] for word in sentence][: len(WORDS)] == WORDS
    assert loaded["train"][0]["ner_tags"] == ["B-PERSON", "I-PERSON", "O", "O"]


def test_a_reader_that_splits_lines_at_blanks_finds_the_entities(folder: Path) -> None:
    """As the scripts of CoNLL and `seqeval` are fed: any blank separates, the last column is the tag."""
    words, tags = [], []
    for line in (folder / "train.conll").read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("-DOCSTART-"):
            words.append(line.split()[0])
            tags.append(line.split()[-1])
    spans = decode_tags([Span(n, n + 1) for n in range(len(words))], tags)
    assert [(" ".join(words[slice(*one.hull)]), one.label) for one in spans] == [
        ("Ada Example", "PERSON"),
        ("Acme Inc", "ORG"),
    ] * 2


def test_hundreds_of_documents_go_out_and_in_within_the_limit() -> None:
    start = time.process_time()
    assert len(check_law(CONLL, many(), MENTIONS)) == 2_500
    assert time.process_time() - start < 8
