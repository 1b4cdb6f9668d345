"""UIMA CAS: what cassis loads of what is written, and what is read of the files of INCEpTION, WebAnno and DKPro."""

from __future__ import annotations

import io
import json
import tempfile
import time
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from allegata.exchange.cas import names
from allegata.exchange.cas.formats import CAS_JSON, CAS_XMI
from allegata.exchange.folder import Export, Reading
from allegata.exchange.format import Format
from allegata.exchange.formats import format_of
from allegata.text.documents import Annotation, Document, Relation, TypeSystem
from allegata.text.spans import Span
from documents import TYPES, check_law, documents, documents_of_any_types, many

cassis = pytest.importorskip("cassis")

TEXT = "Ada 😀 said\r\nthat “Acme” grew.\x0b"
DOCUMENT = Document(
    "a.1",
    TEXT,
    (
        Annotation("m001", "mention", "PERSON", (Span(0, 3),), {"mention_type": "NAM", "entity_id": "ada"}),
        Annotation(
            "c001",
            "claim",
            "claim",
            (Span(12, 16), Span(24, 28)),
            {"check_worthiness": 2, "is_quoted": True, "claimer_chain": ("author", "a\r\n b"), "factuality": "CT+"},
        ),
        Annotation("a001", "attribution", "content", (Span(12, 28),)),
    ),
    (Relation("attribution", "c001", "a001"),),
    "en",
)


def written(format: Format, *given: Document, types: TypeSystem = TYPES) -> tuple[Path, Export]:
    out = Export(Path(tempfile.mkdtemp()))
    format.write(iter(given), types, out)
    return out.folder, out


def read(format: Format, path: Path, types: TypeSystem = TYPES) -> tuple[list[Document], Reading]:
    reading = Reading()
    return [one.ordered for one in format.read(path, types, reading)], reading


def problems(reading: Reading) -> list[str]:
    return [problem.statement() for problem in reading.problems.found]


# -- what is written ---------------------------------------------------------------------------------------------------


def loaded(format: Format, folder: Path, stem: str) -> object:
    """What cassis loads, with every warning an error."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        if format is CAS_XMI:
            with (folder / "TypeSystem.xml").open("rb") as file:
                types = cassis.load_typesystem(file)
            with (folder / f"{stem}.xmi").open("rb") as file:
                return cassis.load_cas_from_xmi(file, types)
        with (folder / f"{stem}.json").open("rb") as file:
            return cassis.load_cas_from_json(file)


@pytest.mark.parametrize("format", [CAS_XMI, CAS_JSON], ids=lambda one: one.name)
@settings(deadline=None, max_examples=25)
@given(document=documents())
def test_cassis_finds_the_words_of_every_annotation(format: Format, document: Document) -> None:
    folder, _ = written(format, document)
    stem = next(one.stem for one in folder.iterdir() if one.suffix in (".xmi", ".json") and one.is_file())
    cas = loaded(format, folder, stem)
    by_id = document.by_id
    found = {}
    for layer in TYPES.layers:
        for one in cas.select(names.layer_type(layer.name)):
            links = one.allegata_segments.elements if one.allegata_segments else []
            parts = [one, *(link.target for link in links)]
            found[one.allegata_id] = [part.get_covered_text() for part in parts]
            assert one.label == by_id[one.allegata_id].label
    text = names.as_xml(document.text) if format is CAS_XMI else document.text
    assert found == {one.id: [span.quote(text) for span in one.segments] for one in document.annotations}
    relations = [one for label in TYPES.relations for one in cas.select(names.relation_type(label.label))]
    assert {(one.Governor.allegata_id, one.Dependent.allegata_id) for one in relations} == {
        (one.first, one.second) for one in document.relations
    }
    # INCEpTION asks that a relation has the offsets of its target.
    assert all((one.begin, one.end) == (one.Dependent.begin, one.Dependent.end) for one in relations)


def test_xmi_counts_utf_16_units_and_holds_what_xml_cannot() -> None:
    folder, _ = written(CAS_XMI, DOCUMENT)
    text = (folder / "a.1.xmi").read_bytes().decode()
    assert 'sofaString="Ada 😀 said&#13;&#10;that “Acme” grew.�"' in text
    assert '<custom:mention xmi:id="4" sofa="1" begin="0" end="3" label="PERSON" mention_type="NAM"' in text
    assert '<custom:attribution xmi:id="7" sofa="1" begin="13" end="29"' in text
    assert '<segment:Character xmi:id="3" sofa="1" begin="30" end="31" code="U+000B"/>' in text
    assert read(CAS_XMI, folder)[0] == [DOCUMENT.ordered]


def test_json_holds_the_text_as_it_is() -> None:
    folder, _ = written(CAS_JSON, DOCUMENT)
    structures = json.loads((folder / "a.1.json").read_bytes())["%FEATURE_STRUCTURES"]
    assert structures[0]["sofaString"] == TEXT
    mention = next(one for one in structures if one["%TYPE"] == "webanno.custom.mention")
    assert (mention["begin"], mention["end"], mention["label"], mention["entity_id"]) == (0, 3, "PERSON", "ada")


def test_inception_finds_the_layers_in_the_type_system() -> None:
    """By the rules of its `TypeSystemAnalysis`."""
    folder, _ = written(CAS_XMI, DOCUMENT)
    with (folder / "TypeSystem.xml").open("rb") as file:
        types = cassis.load_typesystem(file)
    claim = types.get_type("webanno.custom.claim")
    assert claim.supertype.name == "uima.tcas.Annotation"
    assert {one.name: one.rangeType.name for one in claim.features} == {
        "label": "uima.cas.String",
        "check_worthiness": "uima.cas.Integer",
        "factuality": "uima.cas.String",
        "is_quoted": "uima.cas.Boolean",
        "claimer_chain": "uima.cas.StringArray",
        "decontextualised": "uima.cas.String",
        "allegata_id": "uima.cas.String",
        "allegata_more": "uima.cas.String",
        "allegata_segments": "uima.cas.FSArray",
    }
    link = types.get_type(claim.get_feature("allegata_segments").elementType.name)
    assert (link.supertype.name, {one.name for one in link.features}) == ("uima.cas.TOP", {"role", "target"})
    for label, end in (("parent", "webanno.custom.claim"), ("attribution", "uima.tcas.Annotation")):
        features = list(types.get_type(f"webanno.custom.relation.{label}").features)
        assert {one.name: one.rangeType.name for one in features} == {"Governor": end, "Dependent": end}


def test_inception_imports_the_layers_with_their_tag_sets() -> None:
    """`LayerImportExportUtils.importLayerFile` reads a list, and finds in it what a relation is attached to."""
    folder, _ = written(CAS_XMI, DOCUMENT)
    layers = {one["name"]: one for one in json.loads((folder / "inception/layers.json").read_bytes())}
    features = {one["name"]: one for one in layers["webanno.custom.claim"]["features"]}
    assert features["factuality"]["tag_set"]["tags"][0] == {"tag_name": "CT+", "tag_description": "Certain."}
    assert not features["allegata_more"]["visible"]
    assert features["claimer_chain"]["multi_value_mode"] == "ARRAY"
    assert features["allegata_segments"]["link_type_name"] == "webanno.custom.segment.claimLink"
    assert layers["webanno.custom.relation.parent"]["attach_type"] == {"name": "webanno.custom.claim"}
    assert layers["webanno.custom.relation.attribution"]["attach_type"] is None
    with (folder / "TypeSystem.xml").open("rb") as file:
        declared = {one.name for one in cassis.load_typesystem(file).get_types()}
    links = {feature["link_type_name"] for one in layers.values() for feature in one["features"]} - {None}
    assert declared - {names.METADATA, "uima.tcas.DocumentAnnotation"} == layers.keys() | links


@given(st.text(max_size=8) | st.sampled_from(["begin", "label", "class", "_x0041_", "X_a", "Governor", "", "x0041_"]))
def test_any_name_becomes_one_of_uima_and_comes_back(name: str) -> None:
    for made in (names.encoded(name), names.feature_name(name)):
        assert made.isidentifier()
        assert made.isascii()
        assert made[0].isalpha()
        assert names.decoded(made) == name
    assert names.feature_name(name) not in ("begin", "end", "sofa", "label", "class", "allegata_id", "Governor")


@pytest.mark.parametrize("format", [CAS_XMI, CAS_JSON], ids=lambda one: one.name)
@settings(deadline=None, max_examples=40)
@given(given=documents_of_any_types())
def test_any_names_and_values_go_out_and_come_in(format: Format, given: tuple[TypeSystem, Document]) -> None:
    assert not check_law(format, [given[1]], given[0])


@pytest.mark.parametrize("format", [CAS_XMI, CAS_JSON], ids=lambda one: one.name)
def test_what_no_feature_can_hold_is_carried(format: Format) -> None:
    strange = Document(
        "s",
        "one two",
        (
            Annotation("\x01", "mention", "A\x0b", (Span(0, 3),), {"mention_type": "\x0c", "new": 3, "list": ()}),
            Annotation("b", "a layer!", "1", (Span(4, 7), Span(0, 3)), {"class": "x", "begin": True}),
            Annotation("c", "claim", "claim", (Span(0, 7),), {"check_worthiness": 2**40, "claimer_chain": ()}),
            Annotation("d", "claim", "claim", (Span(0, 7),), {"is_quoted": 1, "claimer_chain": ("", "\x0b")}),
        ),
        (Relation("parent", "b", "c"), Relation("an arrow", "c", "\x01"), Relation("parent", "c", "d")),
    )
    check_law(format, [strange])
    # and the types of one document are not those of the next
    folder, _ = written(format, strange, DOCUMENT)
    alone, _ = written(format, DOCUMENT)
    name = "a.1" + format.name.replace("cas-", ".")
    assert (folder / name).read_bytes() == (alone / name).read_bytes()


def test_numbers_that_are_not_set_stay_so_after_inception_wrote_its_defaults() -> None:
    """UIMA has no null for numbers and truth values: INCEpTION writes 0 and false where none was set."""
    folder, _ = written(CAS_XMI, Document("d", "one", (Annotation("c", "claim", "claim", (Span(0, 3),)),)))
    file = folder / "d.xmi"
    text = file.read_text()
    defaults = 'label="claim" is_quoted="false" check_worthiness="0" claimer_chain="" allegata_segments=""'
    file.write_text(text.replace('label="claim"', defaults))
    assert read(CAS_XMI, folder)[0][0].annotations[0].attributes == {}
    file.write_text(text.replace('label="claim"', 'label="claim" is_quoted="true" check_worthiness="0"'))
    assert read(CAS_XMI, folder)[0][0].annotations[0].attributes == {"is_quoted": True}


@settings(deadline=None, max_examples=25)
@given(document=documents())
def test_what_cassis_loads_and_saves_again_is_the_same(document: Document) -> None:
    folder, _ = written(CAS_XMI, document)
    stem = next(one.stem for one in folder.glob("*.xmi"))
    cas = loaded(CAS_XMI, folder, stem)
    cas.to_xmi(folder / f"{stem}.xmi")  # type: ignore[attr-defined]
    cas.to_json(folder / f"{stem}.json")  # type: ignore[attr-defined]
    for format in (CAS_XMI, CAS_JSON):
        found, reading = read(format, folder)
        assert problems(reading) == []
        assert found == [document.ordered]


# -- what other tools write --------------------------------------------------------------------------------------------

SEGMENTATION = "de.tudarmstadt.ukp.dkpro.core.api.segmentation.type"


def foreign_types() -> str:
    """A type system as INCEpTION exports it: built-in layers, a custom one, a relation, a slot, a chain."""

    def one(name: str, above: str, **features: str) -> str:
        rows = ""
        for key, value in features.items():
            its_range, _, element = value.partition(":")
            rows += f"<featureDescription><name>{key}</name><description/><rangeTypeName>{its_range}</rangeTypeName>"
            rows += f"<elementType>{element}</elementType></featureDescription>" if element else "</featureDescription>"
        return (
            f"<typeDescription><name>{name}</name><description/><supertypeName>{above}</supertypeName>"
            f"<features>{rows}</features></typeDescription>"
        )

    annotation, string, event = "uima.tcas.Annotation", "uima.cas.String", "webanno.custom.Event"
    types = [
        one(
            "de.tudarmstadt.ukp.dkpro.core.api.metadata.type.DocumentMetaData",
            "uima.tcas.DocumentAnnotation",
            documentTitle=string,
        ),
        one(f"{SEGMENTATION}.Token", annotation, id=string),
        one(f"{SEGMENTATION}.Sentence", annotation, id=string),
        one("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity", annotation, value=string, identifier=string),
        one(
            "webanno.custom.Event",
            annotation,
            kind=string,
            certain="uima.cas.Boolean",
            rank="uima.cas.Integer",
            weight="uima.cas.Float",
            tags="uima.cas.StringArray",
            who="uima.cas.FSArray:webanno.custom.EventWhoLink",
        ),
        one("webanno.custom.EventWhoLink", "uima.cas.TOP", role=string, target=annotation),
        one("webanno.custom.Causes", annotation, Dependent=event, Governor=event, how=string),
        one("webanno.custom.CorefLink", annotation, next="webanno.custom.CorefLink", referenceType=string),
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?><typeSystemDescription '
        'xmlns="http://uima.apache.org/resourceSpecifier"><types>' + "".join(types) + "</types></typeSystemDescription>"
    )


def xmi(body: str, members: str, text: str = "Ada fell. 😀 Bo ran.") -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<xmi:XMI xmlns:pos="http:///none.ecore" '
        'xmlns:cas="http:///uima/cas.ecore" xmlns:tcas="http:///uima/tcas.ecore" xmlns:xmi="http://www.omg.org/XMI" '
        'xmlns:type4="http:///de/tudarmstadt/ukp/dkpro/core/api/ner/type.ecore" '
        'xmlns:type5="http:///de/tudarmstadt/ukp/dkpro/core/api/segmentation/type.ecore" '
        'xmlns:type7="http:///de/tudarmstadt/ukp/dkpro/core/api/metadata/type.ecore" '
        'xmlns:custom="http:///webanno/custom.ecore" xmi:version="2.0">\n<cas:NULL xmi:id="0"/>\n'
        f"{body}\n"
        f'<cas:Sofa xmi:id="1" sofaNum="1" sofaID="_InitialView" mimeType="text" sofaString="{text}"/>\n'
        f'<cas:View sofa="1" members="{members}"/>\n</xmi:XMI>\n'
    )


BODY = """<type7:DocumentMetaData xmi:id="2" sofa="1" begin="0" end="20" language="de" documentTitle="news.txt"/>
<type5:Token xmi:id="3" sofa="1" begin="0" end="3"/><type5:Sentence xmi:id="4" sofa="1" begin="0" end="9"/>
<type4:NamedEntity xmi:id="5" sofa="1" begin="0" end="3" value="PER" identifier="http://kb/Q7"/>
<type4:NamedEntity xmi:id="6" sofa="1" begin="13" end="15"/>
<custom:Event xmi:id="7" sofa="1" begin="4" end="8" kind="fall" certain="true" rank="3" weight="0.5" who="20">
<tags>a b</tags><tags></tags></custom:Event>
<custom:Event xmi:id="8" sofa="1" begin="16" end="19" certain="false" rank="0"/>
<custom:EventWhoLink xmi:id="20" role="victim" target="5"/>
<custom:Causes xmi:id="9" sofa="1" begin="16" end="19" Dependent="8" Governor="7" how="fear"/>
<custom:CorefLink xmi:id="10" sofa="1" begin="0" end="3" next="11" referenceType="nam"/>
<custom:CorefLink xmi:id="11" sofa="1" begin="13" end="15"/>
<type4:NamedEntity xmi:id="12" sofa="1" begin="4" end="5" value="DELETED"/>"""

EXPECTED = Document(
    "news",
    "Ada fell. 😀 Bo ran.",
    (
        Annotation("n1", "CorefLink", "CorefLink", (Span(0, 3),), {"referenceType": "nam"}),
        Annotation("n2", "NamedEntity", "PER", (Span(0, 3),), {"identifier": "http://kb/Q7"}),
        Annotation(
            "n3",
            "Event",
            "Event",
            (Span(4, 8),),
            {"kind": "fall", "certain": True, "rank": 3, "weight": "0.5", "tags": ("a b", "")},
        ),
        Annotation("n4", "CorefLink", "CorefLink", (Span(12, 14),)),
        Annotation("n5", "NamedEntity", "NamedEntity", (Span(12, 14),)),
        Annotation("n6", "Event", "Event", (Span(15, 18),), {"certain": False, "rank": 0}),
    ),
    (Relation("fear", "n3", "n6"), Relation("next", "n1", "n4"), Relation("victim", "n3", "n2")),
).ordered


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return data.getvalue()


def test_a_project_of_inception_is_read_by_annotator(tmp_path: Path) -> None:
    one = zipped({"anna.xmi": xmi(BODY, "2 3 4 5 6 7 8 9 10 11"), "TypeSystem.xml": foreign_types()})
    other = zipped({"ben.xmi": xmi("", ""), "TypeSystem.xml": foreign_types()})
    project = {
        "exportedproject.json": "{}",
        "source/news.txt": "Ada fell.",
        "source/other.xmi": xmi("", "") * 2,
        "annotation/news.txt/anna.zip": one,
        "annotation/news.txt/ben.zip": other,
        "annotation/news.txt/INITIAL_CAS.zip": zipped({"INITIAL_CAS.xmi": xmi("", "")}),
        "annotation_ser/news.txt/anna.ser": b"\0",
        "curation/news.txt/CURATION_USER.zip": zipped({"CURATION_USER.xmi": xmi("", "")}),
    }
    (tmp_path / "project.zip").write_bytes(zipped(project))
    found, reading = read(CAS_XMI, tmp_path)
    assert problems(reading) == []
    assert [(one.id, one.annotator) for one in found] == [("news", "anna"), ("news", "ben"), ("news", "CURATION_USER")]
    assert (found[0], found[0].language) == (EXPECTED, "de")
    notices = {notice.what: notice.count for notice in reading.notices.sorted()}
    assert notices["Token: no annotation, skipped"] == notices["Sentence: no annotation, skipped"] == 1
    # the same unpacked, and the one file
    with zipfile.ZipFile(tmp_path / "project.zip") as archive:
        archive.extractall(tmp_path / "unpacked")
    for path in (tmp_path / "unpacked", tmp_path / "unpacked/annotation", tmp_path / "project.zip"):
        assert read(CAS_XMI, path)[0][0] == EXPECTED
        assert format_of(path) is CAS_XMI or path.name == "annotation"


def test_json_of_inception_is_read(tmp_path: Path) -> None:
    """The same as its XMI: cassis writes the one from the other."""
    types = cassis.load_typesystem(io.BytesIO(foreign_types().encode()))
    cas = cassis.load_cas_from_xmi(io.BytesIO(xmi(BODY, "2 3 4 5 6 7 8 9 10 11").encode()), types)
    folder = tmp_path / "annotation" / "news.txt"
    folder.mkdir(parents=True)
    data = json.loads(cas.to_json())
    data["%HEADER"] = {"%VERSION": "0.4.0"}
    (folder / "anna.json").write_text("\ufeff" + json.dumps(data, indent=1).replace("\n", "\r\n"))
    found, reading = read(CAS_JSON, tmp_path)
    assert problems(reading) == []
    assert [(one, one.annotator) for one in found] == [(EXPECTED, "anna")]
    # by id, as an earlier draft has the structures
    data["%FEATURE_STRUCTURES"] = {str(one.pop("%ID")): one for one in data["%FEATURE_STRUCTURES"]}
    (folder / "anna.json").write_text(json.dumps(data))
    assert read(CAS_JSON, tmp_path)[0] == [EXPECTED]
    assert format_of(tmp_path) is CAS_JSON


def test_without_a_type_system_values_are_text(tmp_path: Path) -> None:
    (tmp_path / "news.xmi").write_text(xmi(BODY, "2 3 4 5 6 7 8 9 10 11"))
    found, reading = read(CAS_XMI, tmp_path / "news.xmi")
    assert problems(reading) == []
    event = next(one for one in found[0].annotations if one.layer == "Event")
    assert event.attributes.items() >= {"kind": "fall", "certain": "true", "rank": "3", "tags": ("a b", "")}.items()
    assert Relation("fear", "n3", "n6") in found[0].relations
    assert any("no TypeSystem.xml" in notice.what for notice in reading.notices.sorted())


def test_our_files_need_no_type_system_and_bring_corrections_home() -> None:
    folder, _ = written(CAS_XMI, DOCUMENT)
    (folder / "TypeSystem.xml").unlink()
    assert read(CAS_XMI, folder)[0] == [DOCUMENT.ordered]
    file = folder / "a.1.xmi"
    new = '<custom:mention xmi:id="50" sofa="1" begin="19" end="23" label="ORG"/><cas:Sofa'
    text = file.read_bytes().decode().replace("<cas:Sofa", new).replace('members="', 'members="50 ')
    file.write_text(text.replace('begin="0" end="3" label="PERSON"', 'begin="0" end="2" label="ORG"'), newline="")
    found, reading = read(CAS_XMI, folder)
    assert problems(reading) == []
    by_id = found[0].by_id
    assert (by_id["m001"].label, by_id["m001"].segments) == ("ORG", (Span(0, 2),))
    assert (by_id["n1"].label, by_id["n1"].quote(TEXT)) == ("ORG", "Acme")


def test_views_are_annotators_of_one_text_or_texts_of_their_own(tmp_path: Path) -> None:
    cas = cassis.Cas(cassis.load_typesystem(io.BytesIO(foreign_types().encode())))
    entity = cas.typesystem.get_type("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")
    for name, text, label in (("_InitialView", "Ada", "A"), ("ben", "Ada", "B"), ("target", "Sie", "C")):
        view = cas.get_view(name) if name == "_InitialView" else cas.create_view(name)
        view.sofa_string = text
        view.add(entity(begin=0, end=3, value=label))
    (tmp_path / "d.json").write_text(cas.to_json())
    found, _ = read(CAS_JSON, tmp_path)
    assert [(one.id, one.text, one.annotator, one.annotations[0].label) for one in found] == [
        ("d", "Ada", "", "A"),
        ("d", "Ada", "ben", "B"),
        ("d:target", "Sie", "", "C"),
    ]


# -- what is wrong -----------------------------------------------------------------------------------------------------


def test_every_fault_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    body = """<type4:NamedEntity xmi:id="5" sofa="1" begin="0" end="3" value="GOOD"/>
<type4:NamedEntity xmi:id="6" sofa="1" begin="0" end="99"/><type4:NamedEntity xmi:id="7" sofa="1" begin="11" end="12"/>
<type4:NamedEntity xmi:id="8" sofa="1" begin="x" end="3"/><type4:NamedEntity xmi:id="9" sofa="1" begin="3" end="3"/>
<type4:NamedEntity xmi:id="5" sofa="1" begin="0" end="3"/><type4:NamedEntity sofa="1" begin="0" end="3"/>
<custom:Causes xmi:id="10" sofa="1" begin="0" end="3" Governor="5"/>
<custom:Causes xmi:id="11" sofa="1" begin="0" end="3" Governor="5" Dependent="404"/>
<custom:Event xmi:id="12" sofa="1" begin="0" end="3" who="405"/>
<custom:mention xmi:id="13" sofa="1" begin="0" end="3" allegata_more="{&quot;unset&quot;: 3}"/>
<custom:mention xmi:id="14" sofa="1" begin="0" end="3" allegata_segments="406"/>"""
    (tmp_path / "d.xmi").write_text(xmi(body, "5 6 7 8 9 10 11 12 13 14 407"))
    (tmp_path / "TypeSystem.xml").write_text(foreign_types())
    found, reading = read(CAS_XMI, tmp_path)
    assert {one.label for one in found[0].annotations} == {"GOOD", "Event"}
    assert problems(reading) == [
        "d.xmi:5: NamedEntity 6 [0,99) lies outside the text of 20 UTF-16 units",
        "d.xmi:5: NamedEntity 7 [11,12) cuts a character of two UTF-16 units",
        "d.xmi:6: NamedEntity 8 has no offsets",
        "d.xmi:6: NamedEntity 9 [3,3) is empty or reversed",
        "d.xmi:7: NamedEntity has no xmi:id",
        "d.xmi:7: NamedEntity has the xmi:id of another element",
        "d.xmi:8: Causes 10 has no Governor or no Dependent",
        "d.xmi:9: Causes 11 points to 404, which is missing",
        "d.xmi:10: Event 12 points to 405, which is missing",
        "d.xmi:11: mention 13 'unset' is 3, not a list",
        "d.xmi:12: mention 14 has the segment 406, which is missing",
        "d.xmi:13: Sofa 1 has the member 407, which is missing",
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
)
HOSTILE = {
    "a bomb of entities": (BOMB + ']><x y="&j;">&j;</x>', "has a document type, which a CAS has not"),
    "a file to be fetched": (
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
        "has a document type, which a CAS has not",
    ),
    "deep": ("<a>" * 100_000, "is nested too deeply: more than 8 levels"),
    "empty": ("", "is no XML 1.0: no element found"),
    "cut": ("<xmi:XMI xmlns:xmi='http://www.omg.org/XMI'><a", "is no XML 1.0: unclosed token"),
    "XML 1.1": ('<?xml version="1.1"?><a b="&#11;"/>', "is no XML 1.0: reference to invalid character number"),
    "unknown encoding": ('<?xml version="1.0" encoding="none"?><a/>', "is no XML 1.0: unknown encoding: none"),
    "another": ("<html/>", "is no XMI"),
    "no text": ("<xmi:XMI xmlns:xmi='http://www.omg.org/XMI'/>", "holds no text"),
}


@pytest.mark.alone
@pytest.mark.parametrize("kind", HOSTILE)
@pytest.mark.parametrize("name", ["d.xmi", "TypeSystem.xml"])
def test_hostile_xml_is_one_problem(kind: str, name: str, tmp_path: Path) -> None:
    content, what = HOSTILE[kind]
    (tmp_path / "good.xmi").write_text(xmi("", ""))
    (tmp_path / name).write_text(content)
    start = time.process_time()
    found, reading = read(CAS_XMI, tmp_path)
    assert [one.id for one in found] == ["good"]
    if name == "d.xmi" or kind not in ("another", "no text"):
        assert [problem.what for problem in reading.problems.found] == [what]
    assert time.process_time() - start < 2


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\xff", b"[]", b"{}", b"[" * 100_000, b'{"a": ' * 100_000, b'{"%FEATURE_STRUCTURES": 3}',
        b'{"%FEATURE_STRUCTURES": [], "%FEATURE_STRUCTURES": []}', b'{"%FEATURE_STRUCTURES": [NaN]}',
        b'{"%FEATURE_STRUCTURES": [{"%ID": ' + b"9" * 10_000 + b"}]}", b'{"%FEATURE_STRUCTURES": ["\\ud800"]}',
        b'{"%FEATURE_STRUCTURES": [' + b"[]," * 10_000 + b'{"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaString": ""}]}',
        b'{"%FEATURE_STRUCTURES": [], "%VIEWS": [], "%TYPES": 3}',
    ],
)  # fmt: skip
def test_hostile_json_is_one_problem(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "d.json").write_bytes(content)
    found, reading = read(CAS_JSON, tmp_path)
    assert not any(one.text for one in found)
    assert len(reading.problems) == 1


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_json_of_wrong_types_raises_nothing(data: st.DataObject) -> None:
    """Any value of a good file may be any other."""
    folder, _ = written(CAS_JSON, DOCUMENT)
    file = folder / "a.1.json"
    rows = json.loads(file.read_bytes())
    wrong = st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.just([]) | st.just({}) | st.just([[1]])
    place: object = rows
    while True:
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
        if not place[key] or not isinstance(place[key], dict | list) or data.draw(st.booleans()):
            place[key] = data.draw(wrong)
            break
        place = place[key]
    file.write_text(json.dumps(rows))
    found, _ = read(CAS_JSON, folder)
    for one in found:
        spans = [span for annotation in one.annotations for span in annotation.segments]
        assert all(0 <= start < end <= len(one.text) for start, end in spans)


def test_archives_that_are_broken_or_go_outside_are_named(tmp_path: Path) -> None:
    good = zipped({"d.xmi": xmi("", "")})
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("big.xmi", b" " * 2**26)
    for name, data in {
        "a.zip": zipped({"../../evil.xmi": xmi("", ""), "/etc/x.xmi": xmi("", ""), "d.xmi": xmi("", "")}),
        "b.zip": good[:-30],
        "c.zip": zipped({"1.zip": zipped({"2.zip": zipped({"3.zip": good})})}),
        "d.zip": bomb.getvalue(),
        "e.zip": good.replace(b"sofaString", b"sofaStrinG"),
        "f.zip": b"",
    }.items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "g.xmi").mkdir()
    found, reading = read(CAS_XMI, tmp_path)
    assert [one.id for one in found] == ["d"]
    assert problems(reading) == [
        "a.zip!../../evil.xmi: names a place outside of its archive",
        "a.zip!/etc/x.xmi: names a place outside of its archive",
        "b.zip: is no zip archive: File is not a zip file",
        "c.zip!1.zip!2.zip: is an archive in an archive in an archive",
        "d.zip!big.xmi: has 67,108,864 bytes, more than the 33,554,432 that cas-bytes allows",
        "e.zip!d.xmi: cannot be read: Bad CRC-32 for file 'd.xmi'",
        "f.zip: is no zip archive: File is not a zip file",
    ]


@pytest.mark.parametrize("format", [CAS_XMI, CAS_JSON], ids=lambda one: one.name)
def test_hundreds_of_articles_go_out_and_in_within_seconds(format: Format) -> None:
    start = time.process_time()
    check_law(format, many())
    assert time.process_time() - start < 15
