from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from allegata.exchange.brat.format import BRAT
from allegata.exchange.brat.lines import parse_brat
from allegata.exchange.folder import MARK, Export, Reading
from allegata.measures.matching import LabelledSpan
from allegata.recipe.imports import read_foreign
from allegata.schema.imported import Imported, Notices
from allegata.schema.problems import Problems, ProblemsFound
from allegata.text.documents import Annotation, Document, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law
from test_exchange_law import published_gold

TEXT = "Ada Example said:\n“It rains,\nand Acme knows.”\n"


def _files(folder: Path, **files: str | bytes) -> Path:
    """A folder of files: the last `_` of each name is the dot before its ending."""
    for name, content in files.items():
        path = folder / ".".join(name.rsplit("_", 1))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def _read(path: Path, types: TypeSystem = TYPES) -> tuple[list[Document], Reading]:
    reading = Reading()
    return list(BRAT.read(path, types, reading)), reading


def _one(folder: Path, text: str | bytes, ann: str | bytes, types: TypeSystem | None = None) -> Document:
    documents, reading = _read(_files(folder, a_txt=text, a_ann=ann), types or TypeSystem())
    reading.problems.raise_if_any()
    return documents[0]


def _quotes(document: Document) -> dict[str, list[str]]:
    return {one.id: [segment.quote(document.text) for segment in one.segments] for one in document.annotations}


def _notices(reading: Reading | Imported) -> dict[str, int]:
    found = reading.notices if isinstance(reading, Imported) else reading.notices.sorted()
    return {notice.what: notice.count for notice in found}


def _written(folder: Path, document: Document, types: TypeSystem = TYPES) -> Mapping[str, str]:
    folder.mkdir(exist_ok=True)
    BRAT.write([document], types, Export(folder))
    return {file.name: file.read_bytes().decode() for file in folder.iterdir() if file.is_file()}


# -- what goes out ----------------------------------------------------------------------------------------------------

CLAIM = Annotation(
    "c001",
    "claim",
    "claim",
    (Span(19, 45),),
    {
        "check_worthiness": 2,
        "factuality": "CT+",
        "is_quoted": True,
        "claimer_chain": ("author", "ada"),
        "decontextualised": "It rains: 5 | 6.",
    },
)
SOURCE = Annotation("a001:source", "attribution", "source", (Span(0, 3),))
CONTENT = Annotation("a001", "attribution", "content", (Span(19, 27), Span(29, 44)), {"source_id": "ada"})
GOLD = Document("a", TEXT, (CLAIM, SOURCE, CONTENT), (Relation("source", "a001", "a001:source"),))


def test_everything_has_the_place_that_brat_has_for_it(tmp_path: Path) -> None:
    files = _written(tmp_path, GOLD)
    assert files["a.txt"] == TEXT
    assert files["a.ann"].splitlines() == [
        "T1\tsource 0 3\tAda",
        '#1\tallegata T1\t{"id": "a001:source"}',
        "T2\tclaim 19 28;29 45\tIt rains, and Acme knows.”",
        "A1\tcheck_worthiness T2 2",
        "A2\tfactuality T2 CT+",
        "A3\tis_quoted T2 true",
        "#2\tAnnotatorNotes T2\tclaimer_chain: author | claimer_chain: ada | decontextualised: It rains: 5 \\| 6.",
        '#3\tallegata T2\t{"id": "c001"}',
        "T3\tcontent 19 27;29 44\tIt rains and Acme knows.",
        "N1\tReference T3 entities:ada\tAda Example",
        '#4\tallegata T3\t{"id": "a001"}',
        "R1\trelation-source Arg1:T3 Arg2:T1",
    ]
    assert not check_law(BRAT, [GOLD])


def test_gold_needs_the_note_of_ours_for_ids_and_gaps_only(tmp_path: Path) -> None:
    documents, types = published_gold("examples/stories")
    BRAT.write(documents, types, Export(tmp_path))
    lines = [line for file in tmp_path.glob("*.ann") for line in file.read_text("utf-8").splitlines()]
    notes = [json.loads(line.split("\t")[2]) for line in lines if "\tallegata " in line]
    assert len(notes) == sum(len(one.annotations) for one in documents)
    assert {name for note in notes for name in note} == {"id", "fragments", "segments"}  # a gap that is a line end


def test_brat_opens_the_folder_with_everything_declared(tmp_path: Path) -> None:
    files = _written(tmp_path, GOLD)
    assert "PERSON\t<NORM>:entities" in files["annotation.conf"].splitlines()
    assert "mention-time\t<NORM>:entities" in files["annotation.conf"]  # another layer has the label `time` too
    assert "\ntime-time\n" in files["annotation.conf"]
    assert "relation-source\tArg1:content, Arg2:source" in files["annotation.conf"]
    assert "check_worthiness\tArg:claim, Value:0|1|2" in files["annotation.conf"]
    assert "is_quoted\tArg:claim, Value:true|false" in files["annotation.conf"]
    assert "relation-source | source" in files["visual.conf"]
    assert "claim\tbgColor:" in files["visual.conf"]
    assert "entities\t<URL>:" in files["tools.conf"]
    assert "ada\tname:Name:Ada Example" in files["entities.tsv"].splitlines()
    keys = [line.split("\t") for line in files["kb_shortcuts.conf"].splitlines()]
    assert len({key for key, _ in keys}) == len(keys)


def test_what_no_type_system_knows_is_declared_too_and_comes_back(tmp_path: Path) -> None:
    facts = {"sure": "L1", "Negation": True, "remark": "two words", "count": 3, "AnnotatorNotes": "see page 3"}
    strange = Annotation("x", "span", "Ämter & Co", (Span(0, 3),), facts)
    other = Annotation("T7", "span", "Person", (Span(4, 11),), {"Reference": ("Wiki:7", "GO:0005")})
    document = Document("a", TEXT, (strange, other), (Relation("part of", "x", "T7"),))
    files = _written(tmp_path, document)
    conf = files["annotation.conf"]
    assert all(f"\n{name}" in conf for name in ("_mter___Co", "Person", "part_of\t", "sure\t", "Negation\t"))
    assert "T7\tPerson 4 11\tExample" in files["a.ann"]
    assert not check_law(BRAT, [document])


def test_only_breaks_of_lines_part_a_span_and_a_gap_there_is_not_forgotten(tmp_path: Path) -> None:
    whole = Annotation("T1", "mention", "ORG", (Span(0, 9),))
    parted = Annotation("T2", "mention", "ORG", (Span(0, 4), Span(5, 9)))
    breaks = Annotation("T3", "mention", "ORG", (Span(4, 5),))
    document = Document("a", "Acme\nInc. 😀\u2028x", (whole, parted, breaks))
    lines = [line for line in _written(tmp_path, document)["a.ann"].splitlines() if line[0] == "T"]
    assert lines == ["T1\tORG 0 4;5 9\tAcme Inc.", "T2\tORG 0 4;5 9\tAcme Inc.", "T3\tORG 4 4\t"]
    assert not check_law(BRAT, [document])


def test_corrections_in_brat_outrank_what_the_note_says(tmp_path: Path) -> None:
    files = _written(tmp_path, Document("a", TEXT, (Annotation("m1", "mention", "ORG", (Span(17, 18),)),)))
    assert '"segments": [[17, 18]]' in files["a.ann"]
    (tmp_path / "a.ann").write_text(files["a.ann"].replace("T1\tORG 17 17\t", "T1\tPERSON 0 3\tAda"), "utf-8")
    found = _read(tmp_path)[0][0].annotations
    assert found == (Annotation("m1", "mention", "PERSON", (Span(0, 3),)),)
    strange = Annotation("m2", "odd", "a label", (Span(0, 3),))
    files = _written(tmp_path / "more", Document("b", TEXT, (strange,)))
    (tmp_path / "more" / "b.ann").write_text(files["b.ann"].replace("T1\ta_label", "T1\tORG"), "utf-8")
    assert _read(tmp_path / "more")[0][0].annotations == (Annotation("m2", "mention", "ORG", (Span(0, 3),)),)


def test_the_note_that_brat_edits_takes_words_of_the_annotator_too(tmp_path: Path) -> None:
    ann = "T1\tclaim 0 3\tAda\n#1\tAnnotatorNotes T1\tdecontextualised: Ada did it. | is this one?\n"
    document = _one(tmp_path, TEXT, ann, TYPES)
    assert document.annotations[0].attributes == {"decontextualised": "Ada did it.", "AnnotatorNotes": "is this one?"}
    ann = "T1\tclaim 0 3\tAda\n#1\tAnnotatorNotes T1\tsee C:\\new | or: not\n"
    assert _one(tmp_path, TEXT, ann, TYPES).annotations[0].attributes == {"AnnotatorNotes": "see C:\\new | or: not"}


def test_names_are_those_of_the_layers_that_were_exported(tmp_path: Path) -> None:
    document = Document("a", TEXT, (Annotation("t1", "time", "time", (Span(0, 3),)),))
    assert "T1\ttime 0 3\tAda" in _written(tmp_path, document, TYPES.only(["time"]))["a.ann"]
    (tmp_path / MARK).write_text(json.dumps({"format": "brat", "layers": ["time"]}))
    assert _read(tmp_path)[0] == [document]


# -- what comes in ----------------------------------------------------------------------------------------------------


def test_lines_of_every_kind_are_read_as_the_documentation_of_brat_says(tmp_path: Path) -> None:
    text = "Sony formed a joint venture with Ericsson in Sweden, North and South America."
    ann = (
        "T1\tOrganization 0 4\tSony\n"
        "T2\tMERGE-ORG 14 27\tjoint venture\n"
        "T3\tOrganization 33 41\tEricsson\n"
        "E1\tMERGE-ORG:T2 Org1:T1 Org2:T3 \n"
        "T4\tCountry 45 51\tSweden\n"
        "T5-7\tLocation 53 58;69 76\tNorth America\n"
        "R1\tOrigin Anaphor:T3 Antecedent:T4\n"
        "*\tEquiv T1 T3 T4\n"
        "A1\tNegation E1\n"
        "A2\tConfidence E1 L1\n"
        "M1\tSpeculation T1\n"
        "N1\tReference T1 Wikipedia:534366\t\tSony\n"
        "N2\tReference Annotation:T4 Referent:GO:0005\n"
        "#1\tAnnotatorNotes T1\tthis is suspect\n"
    )
    document = _one(tmp_path, text, ann)
    found = {one.id: (one.label, one.attributes) for one in document.annotations}
    assert found == {
        "T1": (
            "Organization",
            {"Speculation": True, "Reference": "Wikipedia:534366", "AnnotatorNotes": "this is suspect"},
        ),
        "T3": ("Organization", {}),
        "E1": ("MERGE-ORG", {"Negation": True, "Confidence": "L1"}),
        "T4": ("Country", {"Reference": "GO:0005"}),
        "T5-7": ("Location", {}),
    }
    assert _quotes(document)["E1"] == ["joint venture"]
    assert _quotes(document)["T5-7"] == ["North", "America"]
    assert set(document.relations) == {
        Relation("Org1", "E1", "T1"),
        Relation("Org2", "E1", "T3"),
        Relation("Origin", "T3", "T4"),
        Relation("Equiv", "T1", "T3"),
        Relation("Equiv", "T3", "T4"),
    }


def test_a_relation_of_a_trigger_is_one_of_its_event(tmp_path: Path) -> None:
    ann = "T1\tSAY 12 16\tsaid\nT2\tPER 0 3\tAda\nE1\tSAY:T1\nR1\tby Arg1:T1 Arg2:T2\n"
    assert _one(tmp_path, TEXT, ann).relations == (Relation("by", "E1", "T2"),)


def test_what_has_no_place_in_a_document_is_counted(tmp_path: Path) -> None:
    ann = "T1\tPER 0 3\tAda\nT2\tPER 4 11\tExample\nR1\tx Arg1:T1 Arg2:T2\nA1\tsure R1\nR2\ty Arg1:R1 Arg2:T1\n"
    documents, reading = _read(_files(tmp_path, a_txt=TEXT, a_ann=ann, b_txt="alone"))
    assert documents[0].relations == (Relation("x", "T1", "T2"),)
    assert sorted(_notices(reading).values()) == [1, 1, 1]


@pytest.mark.parametrize(("text", "ann", "start"), [
    ("Rain\r\nAda met.\r\n", "T1\tPER 6 9\tAda\r\n", 6),  # `\r\n` counted as two, as brat does
    ("Rain\r\nAda met.\r\n", "T1\tPER 5 8\tAda\r\n", 5),
    ("\ufeffAda met.", "T1\tPER 1 4\tAda\n", 1),  # a byte order mark counted, as brat does
    ("\ufeffAda met.", "T1\tPER 0 3\tAda\n", 0),
    ("\ufeffRain\r\nAda met.", "\ufeffT1\tPER 5 8\tAda\n", 5),
    ("😀 Ada met.", "T1\tPER 2 5\tAda\n", 2),
    ("😀 Ada met.", "T1\tPER 3 6\tAda\n", 2),  # UTF-16 units
    ("😀é Ada met.", "T1\tPER 7 10\tAda\n", 3),  # bytes
    ("Rain\rAda met.", "T1\tPER 5 8\tAda\rT2\tPER 9 12\tmet\r", 5),
])  # fmt: skip
def test_offsets_hold_whatever_they_count(tmp_path: Path, text: str, ann: str, start: int) -> None:
    document = _one(tmp_path, text, ann)
    assert _quotes(document)["T1"] == ["Ada"]
    assert document.annotations[0].segments == (Span(start, start + 3),)


def test_a_text_stays_as_it_is_where_no_other_reading_fits_better(tmp_path: Path) -> None:
    text = "\ufeffAda\r\nmet 😀 Bob."
    assert _one(tmp_path, text, "").text == text
    assert _one(tmp_path, text, "T1\tX 1 4\tAda\nT2\tX 12 15\tBob\n").text == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_files_in_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    document = _one(tmp_path, TEXT.encode(encoding), "T1\tX 0 3\tAda\n".encode(encoding))
    assert _quotes(document) == {"T1": ["Ada"]}


def test_malformed_lines_are_reported_and_the_rest_is_read(tmp_path: Path) -> None:
    lines = [
        "T1\tPER 0 3\tAda",
        "",
        "T2 PER 0 3 Ada",
        "T3\tPER 0 900\tAda Example said: it snows",
        "T4\tPER 3 0\tx",
        "T5\tPER 4 11;9 14\tExample le sa",
        f"T6\tPER 0 {'9' * 5000}\tx",
        "T1\tPER 4 11\tExample",
        "E1\tSAY:T99",
        "R1\tmet Arg1:T1",
        "R2\tmet Arg1:T1 Arg1:T1",
        "R3\tmet Arg1:T1 Arg2:T2",
        "A1\tsure T77",
        "N1\tReference T1 nowhere",
        "#\t",
        "T7\tPER 3 3\t",
        '#1\tallegata T1\t{"id": 4}',
        f"#2\tallegata T1\t{'[' * 100_000}",
        '#3\tallegata T1\t{"id": "\\ud800"}',
        "T8\tPER 4 11\tExample",
    ]
    documents, reading = _read(_files(tmp_path, a_txt=TEXT, a_ann="\n".join(lines)))
    assert [(problem.file, problem.line) for problem in reading.problems.found] == [
        ("a.ann", line) for line in (3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 19)
    ]
    assert {one.id: one.label for one in documents[0].annotations} == {"T1": "PER", "T8": "PER"}
    assert documents[0].relations == ()


def test_values_of_the_wrong_kind_are_reported(tmp_path: Path) -> None:
    marks = "A1\tcheck_worthiness T1 much\nA2\tfactuality T1\nA3\tis_quoted T1\nA4\tis_quoted T1 false\n"
    ann = f"T1\tclaim 0 3\tAda\n{marks}"
    documents, reading = _read(_files(tmp_path, a_txt=TEXT, a_ann=ann))
    assert [problem.line for problem in reading.problems.found] == [2, 3, 5]
    assert documents[0].annotations[0].attributes == {"is_quoted": True}


def test_an_id_that_two_notes_claim_is_reported_and_both_spans_are_read(tmp_path: Path) -> None:
    ann = 'T1\tPER 0 3\tAda\nT2\tPER 4 11\tExample\n#1\tallegata T1\t{"id": "m1"}\n#2\tallegata T2\t{"id": "m1"}\n'
    documents, reading = _read(_files(tmp_path, a_txt=TEXT, a_ann=ann))
    assert [problem.line for problem in reading.problems.found] == [2]
    assert [one.id for one in documents[0].annotations] == ["m1", "T2"]


def test_spans_of_an_edited_text_are_moved_to_their_quotes(tmp_path: Path) -> None:
    text = "NEW. Ada met Bob. Bob met Ada. Bob left."
    ann = (
        "T1\tPER 0 3\tAda\nT2\tPER 8 11\tBob\nT3\tEV 4 11\tmet Bob\nT4\tPER 26 29\tBob\nT5\tEV 30 34\tleft\n"
        "T6\tEV 0 3;8 11\tAda Bob\nT7\tPER 4 9\tClara\n"
    )
    documents, reading = _read(_files(tmp_path, a_txt=text, a_ann=ann))
    starts = {one.id: one.segments[0].start for one in documents[0].annotations}
    assert starts == {"T1": 5, "T2": 13, "T3": 9, "T4": 31, "T5": 35, "T6": 5}
    assert _notices(reading) == {"span whose text is not at its offsets, moved to its quote": 6}
    assert reading.notices.sorted()[0].where[:2] == ("a.ann:1 T1", "a.ann:2 T2")
    assert [problem.line for problem in reading.problems.found] == [7]


def test_a_quote_broken_over_lines_is_joined_and_counted() -> None:
    notices, problems = Notices(), Problems()
    text = "he said it rains\nand snows"
    ann = "T1\tContent 8 26\tit rains\nand snows\nT2\tCue 3 7\tsaid\nE1\tCue:T2 Content:T1\n"
    document = parse_brat(text, [("a.ann", ann)], notices, problems)
    problems.raise_if_any()
    assert document.spans["T1"] == LabelledSpan.of("Content", (8, 26))
    assert document.events["E1"][:3] == ("Cue", "T2", (("Content", "T1"),))
    assert [notice.what for notice in notices.sorted()] == ["quote broken over several lines, joined"]


def test_a_line_that_brat_fills_in_or_that_has_a_remark_behind_its_quote_is_read(tmp_path: Path) -> None:
    document = _one(tmp_path, TEXT, "T1\tPER 0 3\nT2\tPER 0 3\tAda \tremark\nT3\tPER 0 3\tAda\nT4\tPER 0 3\tAda\n")
    assert set(map(tuple, _quotes(document).values())) == {("Ada",)}
    assert len(document.annotations) == 4


def test_fragments_that_the_end_of_a_line_parts_are_one_segment(tmp_path: Path) -> None:
    text = "It rains, \n\n and snows.\nAda"
    ann = "T1\tX 0 9;13 23\tIt rains, and snows.\nT2\tX 0 2;3 8\tIt rains\nT3\tX 13 16;17 22\tand snows\n"
    segments = [one.segments for one in _one(tmp_path, text, ann).annotations]
    assert segments == [(Span(0, 23),), (Span(0, 2), Span(3, 8)), (Span(13, 16), Span(17, 22))]


# -- files ------------------------------------------------------------------------------------------------------------


def test_annotators_are_told_apart_by_suffix_or_folder(tmp_path: Path) -> None:
    ann = "T1\tPER 0 3\tAda\n"
    suffixed = _files(tmp_path / "s", a_b_txt=TEXT, a_b_ann="", a_b_eva_ann=ann, a_b_bob_ann=ann)
    assert [(one.id, one.annotator) for one in _read(suffixed)[0]] == [("a_b", ""), ("a_b", "bob"), ("a_b", "eva")]
    for who in ("bob", "eva"):
        _files(tmp_path / "f" / who, a_txt=TEXT, a_ann=ann)
    assert [(one.id, one.annotator) for one in _read(tmp_path / "f")[0]] == [("a", "bob"), ("a", "eva")]
    _files(tmp_path / "g" / "text", a_txt=TEXT)
    _files(tmp_path / "g" / "ann", a_ann=ann)
    assert [(one.id, one.annotator) for one in _read(tmp_path / "g")[0]] == [("a", "")]


def test_files_that_do_not_belong_together_are_reported(tmp_path: Path) -> None:
    _files(tmp_path / "one", a_txt=TEXT, a_ann="")
    _files(tmp_path / "two", a_txt="Another text.", a_ann="")
    _files(tmp_path, lonely_ann="T1\tPER 0 3\tAda\n", bad_txt=b"\xff\xfe\xff", bad_ann="")
    (tmp_path / "folder.ann").mkdir()
    documents, reading = _read(tmp_path)
    assert [one.id for one in documents] == ["a"]
    assert [problem.file for problem in reading.problems.found] == ["bad.txt", "lonely.ann", "two/a.txt"]


def test_the_files_of_the_shared_tasks_are_one_document(tmp_path: Path) -> None:
    found = _files(tmp_path, a_txt=TEXT, a_a1="T1\tPER 0 3\tAda\n", a_a2="T2\tSAY 12 16\tsaid\nE1\tSAY:T2 By:T1\n")
    documents, reading = _read(found)
    reading.problems.raise_if_any()
    assert documents[0].relations == (Relation("By", "E1", "T1"),)


def test_one_file_is_read_with_the_text_beside_it(tmp_path: Path) -> None:
    _files(tmp_path, a_txt=TEXT, a_ann="T1\tPER 0 3\tAda\n", b_txt=TEXT, b_ann="")
    assert [one.id for one in _read(tmp_path / "a.ann")[0]] == ["a"]
    assert [problem.file for problem in _read(tmp_path / "a.txt")[1].problems.found] == ["a.txt"]


def test_a_brat_folder_becomes_tables(tmp_path: Path) -> None:
    ann = "T1\tPER 0 3\tAnn\nT2\tPER 8 11\tBob\nR1\tmet Arg1:T1 Arg2:T2\nA1\tsure T1\n"
    tables = read_foreign("brat", _files(tmp_path, a_txt="Ann met Bob.", a_ann=ann))[0].tables
    assert [row["segments"][0]["surface"] for row in tables["spans"].to_pylist()] == ["Ann", "Bob"]
    assert tables["spans"]["attributes"][0].as_py() == '{"sure": true}'
    assert tables["relations"].to_pylist()[0]["second"] == "a.T2"
    (tmp_path / "a.ann").write_text(f"{ann}T3\tPER 0\n")
    with pytest.raises(ProblemsFound):
        read_foreign("brat", tmp_path)
