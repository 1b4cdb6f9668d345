"""The scheme of a corpus: what its file may say, what the default means where it says nothing, and every wrong line."""

from __future__ import annotations

import pickle
import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.annotate.records import KINDS, Records
from allegata.schema.problems import ProblemsFound
from allegata.schema.published_scheme import published_scheme
from allegata.schema.scheme import RECORDS, SCHEME, Scheme, default_scheme, read_scheme, scheme_of
from allegata.schema.scheme_file import RESERVED
from allegata.schema.tables import RECORD_OF, class_labels_of, tables_of
from project import ROOT
from project import SCHEME as OURS

DEFAULT = default_scheme()


def scheme(folder: Path, text: str) -> Scheme:
    """The scheme of a corpus whose file is `text`."""
    (folder / SCHEME).write_text(text, encoding="utf-8")
    return read_scheme(folder)


def report(folder: Path, text: str) -> list[str]:
    """The statements of the report on a file, `annotations/scheme.toml:LINE: …` without the folder."""
    with pytest.raises(ProblemsFound) as found:
        scheme(folder, text)
    assert all(problem.fix and problem.line for problem in found.value.problems)
    return [problem.statement().partition("/")[2] for problem in found.value.problems]


def test_the_default_says_in_one_line_what_each_attribute_and_value_means_and_what_it_is_good_for() -> None:
    for record in RECORDS:
        assert DEFAULT.attributes(record)
        for attribute in DEFAULT.attributes(record).values():
            meanings = [attribute.definition, attribute.use, *(attribute.values or {}).values()]
            assert all(meaning.endswith(".") and "\n" not in meaning for meaning in meanings), attribute


@pytest.mark.parametrize("word", ["court", "statute", "lawsuit", "legal", "plaintiff", "procedural"])
def test_the_default_knows_no_trade(word: str) -> None:
    text = files("allegata.schema").joinpath("default_scheme.toml").read_text(encoding="utf-8")
    assert not re.search(rf"\b{word}", text, re.I)


def test_a_corpus_without_a_file_or_with_an_empty_one_has_the_default(tmp_path: Path) -> None:
    assert read_scheme(tmp_path) == scheme(tmp_path, "# nothing yet\n") == DEFAULT


def test_values_replace_the_default_s_whole_and_other_keys_one_by_one(tmp_path: Path) -> None:
    found = scheme(tmp_path, '[claim.claim_type.values]\ntip = "A tip."\nrumour = "A rumour."\n')
    assert found.values("claim", "claim_type") == ("tip", "rumour")  # in the order of the file
    attribute, default = found.attributes("claim")["claim_type"], DEFAULT.attributes("claim")["claim_type"]
    assert (attribute.definition, attribute.required) == (default.definition, default.required)
    assert {record: list(found.attributes(record)) for record in RECORDS} == {
        record: list(DEFAULT.attributes(record)) for record in RECORDS
    }


def test_what_the_default_says_of_values_that_are_gone_goes_with_them(tmp_path: Path) -> None:
    found = scheme(
        tmp_path,
        '[mention.label.values]\nPERSON = "Who."\nDATE = "When."\n'
        '[claim.polarity.values]\nyes = "So."\nno = "Not so."\n'
        '[dispute.kind.values]\ncontradiction = "Not both."\nother = "Something else."\n',
    )
    assert found.value_labels == ("DATE",)
    assert found.role("mention", "label", "with-time") == ("DATE",)
    assert (found.default("claim", "polarity"), found.attributes("claim")["polarity"].nullable) == (None, True)
    assert found.role("dispute", "kind", "succession") == ()


def test_two_claims_are_related_by_a_proposition_by_the_kinds_of_disputes_or_not_at_all(tmp_path: Path) -> None:
    assert tuple(DEFAULT.relation.values or ()) == (
        "equivalent", "contradiction", "update", "framing", "tension", "none",
    )  # fmt: skip
    found = scheme(tmp_path, '[dispute.kind.values]\nquarrel = "They quarrel."\n')
    assert tuple(found.relation.values or ()) == ("equivalent", "quarrel", "none")
    assert class_labels_of(found)["relations"]["relation"] == ("equivalent", "quarrel", "none")


def test_a_default_makes_an_attribute_optional_and_required_takes_its_default_away(tmp_path: Path) -> None:
    found = scheme(tmp_path, '[claim.claim_type]\ndefault = "opinion"\n[claim.polarity]\nrequired = true\n')
    kind, polarity = (found.attributes("claim")[name] for name in ("claim_type", "polarity"))
    assert (kind.default, kind.required, kind.nullable) == ("opinion", False, False)
    assert (polarity.default, polarity.required, polarity.nullable) == (None, True, False)


def test_an_attribute_can_be_added_and_one_that_nothing_rests_on_switched_off(tmp_path: Path) -> None:
    found = scheme(
        tmp_path,
        '[claim.dose]\ndefinition = "Milligrams a day."\nuse = "Sums."\ntype = "int"\n'
        "[claim.factuality_author]\nenabled = false\n[mention.mention_type]\nenabled = false\n",
    )
    assert found.attributes("claim")["dose"].nullable
    assert not found.has("claim", "factuality_author")
    tables = tables_of(found)
    assert str(tables["claims"].field("dose").type) == "int64"
    assert "factuality_author" not in tables["claims"].names
    assert "mention_type" not in tables["entities"].names
    assert class_labels_of(found)["claims"].keys() == class_labels_of(DEFAULT)["claims"].keys() - {"factuality_author"}


def test_the_sides_of_a_story_are_a_column_of_the_register_where_there_are_any(tmp_path: Path) -> None:
    found = scheme(tmp_path, '[sides]\nfarm = "The farm and its lawyers."\ntown = "The town."\n')
    assert class_labels_of(found)["entity_register"]["side"] == ("farm", "town")
    assert "side" in tables_of(found)["entity_register"].names
    assert "side" not in tables_of(DEFAULT)["entity_register"].names


def test_the_template_of_a_new_corpus_is_the_default_and_all_its_examples_are_right(tmp_path: Path) -> None:
    text = files("allegata.recipe").joinpath("template/annotations/scheme.toml").read_text(encoding="utf-8")
    assert scheme(tmp_path, text) == DEFAULT
    examples = [line[6:] for line in text.split("\n") if line.startswith("#     ")]
    found = scheme(tmp_path, "\n".join(examples))
    assert found.values("claim", "hazard")
    assert found.sides


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[claims.claim_type]\nrequired = true\n", "1: unknown record 'claims'"),
        ('claim = "x"\n', "1: claim is not a table of attributes"),
        ("[claim]\nmood = 3\n", "2: claim.mood is not a table"),
        ('[claim.mood]\ndefinition = "X."\nuse = "Y."\n', "1: claim.mood has no type"),
        ('[claim.mood]\nuse = "Y."\ntype = "bool"\n', "1: claim.mood has no definition"),
        ('[claim.mood]\ndefinition = "X."\ntype = "bool"\n', "1: claim.mood has no use"),
        ('[claim.polarity]\nuse = ""\n', "2: the use of claim.polarity is empty"),
        ('[claim.mood]\ndefinition = "X."\nuse = "Y."\ntype = "float"\n', "4: claim.mood has the type 'float'"),
        ('[claim.mood]\ndefinition = "X."\nuse = "Y."\ntype = "label"\n', "1: claim.mood is of type label and has"),
        ('[claim.mood]\ndefinition = "X.\\nY."\nuse = "Y."\ntype = "bool"\n', "2: the definition of claim.mood has a"),
        ('[claim.mood]\ndefinition = 7\nuse = "Y."\ntype = "bool"\n', "2: the definition of claim.mood is 7, not a"),
        ('[claim.Mood]\ndefinition = "X."\ntype = "bool"\n', "1: the attribute name 'Mood' is not made of small"),
        ('[claim.segments]\ndefinition = "X."\ntype = "bool"\n', "1: 'segments' is a column or a field of every"),
        ('[mention.entity_id]\ndefinition = "X."\ntype = "text"\n', "1: 'entity_id' is a column or a field"),
        ('[claim.polarity]\ncolour = "red"\n', "2: claim.polarity has the unknown key 'colour'"),
        ("[claim.polarity]\nwithout-entity = []\n", "2: claim.polarity has the unknown key 'without-entity'"),
        ('[claim.polarity]\ndefault = "maybe"\n', "2: the default of claim.polarity is 'maybe', not one of affirm"),
        ("[claim.check_worthiness]\ndefault = 3\n", "2: the default of claim.check_worthiness is 3, not one of 0, 1"),
        ("[claim.check_worthiness]\ndefault = true\n", "2: the default of claim.check_worthiness is True, not one of"),
        ('[claim.polarity]\nrequired = true\ndefault = "negated"\n', "3: claim.polarity is required and has a default"),
        ("[claim.polarity]\nrequired = 1\n", "2: required of claim.polarity is 1"),
        ("[claim.claim_type]\nenabled = false\n", "2: claim.claim_type cannot be switched off"),
        ('[claim.claim_type]\ntype = "text"\n', "2: claim.claim_type is of type label, not text"),
        ("[claim.claim_type.values]\na = 1\n", "2: the definition of 'a' in claim.claim_type.values is 1, not a text"),
        ('[claim.claim_type.values]\na = ""\n', "2: the definition of 'a' in claim.claim_type.values is empty"),
        ('[claim.claim_type.values]\n" a" = "X."\n', "2: the value ' a' of claim.claim_type.values has blanks"),
        ('[claim.claim_type.values]\n"" = "X."\n', "2: the value '' of claim.claim_type.values is empty"),
        ('[claim.claim_type]\nvalues = ["a", "b"]\n', "2: claim.claim_type.values is not a table"),
        ('[claim.claim_type.values]\na = "X."\na = "Y."\n', "3:9: is not TOML: Cannot overwrite a value"),
        ('[claim.claim_type.values]\n"\u00e9" = "X."\n"e\u0301" = "Y."\n', "3: 'e\u0301'"),
        ('[claim.check_worthiness.values]\nhigh = "X."\n', "2: the value 'high' of claim.check_worthiness is"),
        ('[claim.check_worthiness.values]\n9999999999999999999 = "X."\n', "2: the value '99999"),
        ('[claim.polarity]\ntype = "bool"\n[claim.polarity.values]\nyes = "X."\n', "3: claim.polarity is of type bool"),
        ('[mention.label]\nwithout-entity = ["COLOUR"]\n', "2: without-entity of mention.label has 'COLOUR'"),
        ('[mention.label]\nwithout-entity = ["DATE", "DATE"]\n', "2: without-entity of mention.label has 'DATE' twice"),
        ('[mention.label]\nwithout-entity = "DATE"\n', "2: without-entity of mention.label is not a list of values"),
        ('[dispute.kind]\nsuccession = ["update"]\n', "2: succession of dispute.kind is not one value"),
        ('[attribution.attribution_type]\nfactive = ["Say"]\n', "2: factive of attribution.attribution_type has 'Say'"),
        ('[dispute.kind.values]\nnone = "X."\n', "2: the value 'none' of dispute.kind is a relation of two claims"),
        ("[dispute.differs]\nenabled = false\n", "2: dispute.differs cannot be switched off"),
        ('[relation.relation]\nsymmetric = ["none"]\n', "1: unknown record 'relation'"),
        ("[sides]\nfarm = 3\n", "2: the definition of 'farm' in sides is 3, not a text"),
        ('sides = ["farm"]\n', "1: sides is not a table"),
        ("[claim.polarity\n", "1:16: is not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_reported_with_its_number(tmp_path: Path, text: str, says: str) -> None:
    (found,) = report(tmp_path, text)
    assert found.startswith(f"{SCHEME}:{says}")


def test_a_key_of_another_language_without_quotation_marks_is_reported_with_the_cure(tmp_path: Path) -> None:
    with pytest.raises(ProblemsFound, match="→ write the key in quotation marks"):
        scheme(tmp_path, '[sides]\nbehörde = "Das Amt."\n')


def test_everything_that_is_wrong_is_one_report_in_the_order_of_the_lines(tmp_path: Path) -> None:
    found = report(
        tmp_path,
        '[claim.mood]\ntype = "float"\ncolour = 1\nuse = ""\n[claims]\n[claim.polarity]\ndefault = "maybe"\n'
        '[sides]\nfarm = ""\n',
    )
    assert [int(line.split(":")[1]) for line in found] == [1, 2, 3, 4, 5, 7, 9]


def test_a_whole_scheme_is_written_and_read_again(tmp_path: Path) -> None:
    for found in (DEFAULT, OURS):
        assert scheme_of(found.document()) == found
        assert pickle.loads(pickle.dumps(found)) == found
    turned = scheme(tmp_path, '[claim.polarity.values]\nnegated = "It is."\naffirmative = "It is not."\n')
    assert turned.digest != scheme(tmp_path, '[claim.polarity.values]\naffirmative = "It is not."\n').digest
    assert scheme_of(turned.document()) == turned


LABELS = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=8)


@given(st.lists(LABELS, min_size=1, max_size=6, unique_by=lambda label: label.casefold()), st.data())
def test_any_labels_of_any_script_are_read_in_their_order(labels: list[str], data: st.DataObject) -> None:
    import json
    import tempfile
    import unicodedata

    labels = list(dict.fromkeys(unicodedata.normalize("NFC", label) for label in labels))
    default = data.draw(st.sampled_from(labels))
    quoted = "".join(f'{json.dumps(label, ensure_ascii=False)} = "It."\n' for label in labels)
    text = f"[claim.polarity]\ndefault = {json.dumps(default, ensure_ascii=False)}\n[claim.polarity.values]\n{quoted}"
    with tempfile.TemporaryDirectory() as folder:
        found = scheme(Path(folder), text)
    assert found.values("claim", "polarity") == tuple(labels)
    assert found.default("claim", "polarity") == default
    assert scheme_of(found.document()) == found


def test_no_column_or_field_that_every_corpus_has_can_be_an_attribute() -> None:
    for table, record in RECORD_OF.items():
        columns = set(tables_of(DEFAULT)[table].names) - DEFAULT.attributes(record).keys()
        assert columns <= RESERVED[record], table
    for record in KINDS:
        assert Records(DEFAULT).fields[record].keys() - DEFAULT.attributes(record).keys() <= RESERVED[record]
    assert Records(DEFAULT).dispute_fields.keys() - DEFAULT.attributes("dispute").keys() <= RESERVED["dispute"]


@pytest.mark.parametrize("version", ["v1.2.0", "v1.3.0"])
def test_a_version_before_there_were_disputes_says_its_labels_and_its_relations(version: str) -> None:
    found = published_scheme(ROOT / "corpus" / version)
    assert found.values("claim", "claim_type")[3] == "legal_demand"
    assert found.attributes("claim")["procedural"].type == "bool"
    assert tuple(found.relation.values or ()) == ("equivalent", "refines", "contradicts", "supersedes", "none")


def test_of_tables_that_no_publication_made_the_scheme_is_the_default(tmp_path: Path) -> None:
    assert published_scheme(tmp_path) == DEFAULT


@pytest.mark.parametrize("damage", ["{", "[]", '{"claim": {"claim_type": 3}}', "{}"])
def test_a_damaged_scheme_of_a_version_is_reported(tmp_path: Path, damage: str) -> None:
    (tmp_path / "scheme.json").write_text(damage)
    with pytest.raises(ProblemsFound, match=r"scheme\.json: "):
        published_scheme(tmp_path)


@pytest.mark.parametrize(
    "relation",
    [
        5,
        {},
        {"relation": 5},
        {"relation": {}},
        {"relation": {"type": "number", "definition": "How."}},
        {"relation": {"type": "label", "definition": "How.", "values": ["same"]}},
    ],
)
def test_damaged_relations_of_a_version_before_there_were_disputes_are_reported(relation: object) -> None:
    with pytest.raises(ProblemsFound, match=r"scheme\.json: .*relation"):
        scheme_of({**DEFAULT.document(), "relation": relation})
