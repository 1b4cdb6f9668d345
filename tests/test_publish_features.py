from __future__ import annotations

import pyarrow as pa
import pytest
from datasets import ClassLabel, Features, List

from allegata.publish import descriptions
from allegata.publish.text_free.tables import OWN
from allegata.schema.features import yaml_features
from allegata.schema.scheme import default_scheme
from allegata.schema.tables import LEDGER, TABLES, class_labels_of

SCHEMAS = {**TABLES, "ledger": LEDGER}


@pytest.mark.parametrize("name", SCHEMAS)
def test_yaml_features_are_those_of_datasets_itself(name):
    schema, labels = SCHEMAS[name], class_labels_of(default_scheme()).get(name, {})
    expected = Features.from_arrow_schema(schema)
    for column, names in labels.items():
        expected[column] = ClassLabel(names=list(names))
    assert yaml_features(schema, labels) == expected._to_yaml_list()
    assert Features._from_yaml_list(yaml_features(schema, labels)) == expected


def test_nested_lists_structs_and_scalars_are_those_of_datasets_itself():
    schema = pa.schema(
        [
            ("tags", pa.list_(pa.string())),
            ("offsets", pa.list_(pa.list_(pa.int32()))),
            ("place", pa.struct([("x", pa.float64()), ("names", pa.list_(pa.string()))])),
            ("day", pa.date32()),
            ("ratio", pa.float32()),
        ]
    )
    assert yaml_features(schema, {}) == Features.from_arrow_schema(schema)._to_yaml_list()


def test_lists_of_labels_are_those_of_datasets_itself():
    schema = pa.schema([("ner_tags", pa.list_(pa.string()))])
    found = yaml_features(schema, {"ner_tags": ("O", "B-X")})
    assert found == Features({"ner_tags": List(ClassLabel(names=["O", "B-X"]))})._to_yaml_list()


def test_an_unknown_type_is_refused():
    with pytest.raises(TypeError, match="map"):
        yaml_features(pa.schema([("m", pa.map_(pa.string(), pa.string()))]), {})


def test_every_label_column_is_a_string_column_of_its_table():
    for table, columns in class_labels_of(default_scheme()).items():
        for column in columns:
            assert SCHEMAS[table].field(column).type == pa.string()


@pytest.mark.parametrize("name", [*SCHEMAS, *OWN])
def test_every_table_and_column_is_described_and_nothing_else_is(name):
    paths = []
    for field in {**SCHEMAS, **OWN}[name]:
        inner = field.type.value_type if pa.types.is_list(field.type) else field.type
        paths.append(field.name)
        if pa.types.is_struct(inner):
            paths += [f"{field.name}.{member.name}" for member in inner.fields]
    assert descriptions.TABLES[name]
    for path in paths:
        assert descriptions.describe(name, path, default_scheme()).endswith((".", ";"))
    assert descriptions.columns(name, default_scheme()).keys() <= set(paths)
    assert descriptions.TABLES.keys() == descriptions.COLUMNS.keys() == SCHEMAS.keys() | OWN.keys()


def test_an_undescribed_column_is_not_published():
    with pytest.raises(KeyError):
        descriptions.describe("claims", "mood", default_scheme())
