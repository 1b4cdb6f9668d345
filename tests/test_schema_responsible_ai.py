from __future__ import annotations

from pathlib import Path

import pytest

from allegata.schema.problems import ProblemsFound
from allegata.schema.settings import Settings, read_settings


def read(folder: Path, text: str, file: str = "allegata.toml") -> Settings:
    (folder / file).write_text(text, "utf-8")
    return read_settings(folder)


def test_texts_of_the_table_are_kept_under_the_names_of_the_vocabulary(tmp_path):
    found = read(
        tmp_path,
        '''
        name = "mill"
        [responsible-ai]
        data-social-impact = """
        It may help millers,
        and bakers."""
        data-biases = ["One town.", "One season."]
        data-collection-timeframe = [2026-01-05, "2026-03"]
    ''',
    )
    assert found.responsible_ai == {
        "dataSocialImpact": ("It may help millers, and bakers.",),
        "dataBiases": ("One town.", "One season."),
        "dataCollectionTimeframe": ("2026-01-05", "2026-03"),
    }


def test_the_table_stands_in_pyproject_too(tmp_path):
    found = read(tmp_path, '[tool.allegata.responsible-ai]\ndata-limitations = "Few."\n', "pyproject.toml")
    assert found.responsible_ai == {"dataLimitations": ("Few.",)}


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ('data-impact = "x"', "unknown setting 'data-impact'"),
        ("data-biases = 3", "data-biases is not a text"),
        ("data-biases = []", "data-biases is not a text"),
        ('data-biases = ["a", " "]', "data-biases is not a text"),
        ('data-biases = "a\\u0007"', "data-biases has a control character: 'a\\x07'"),
        ('data-social-impact = ["a", "b"]', "data-social-impact takes one text, and has 2"),
        ('data-collection-timeframe = "last spring"', "data-collection-timeframe is 'last spring'"),
        ('data-collection-timeframe = "2026-02-30"', "data-collection-timeframe is '2026-02-30'"),
        (
            'data-collection-timeframe = ["2026-03", "2026-01-05"]',
            "data-collection-timeframe is '2026-03', '2026-01-05'",
        ),
        ('data-collection-timeframe = ["2024", "2025", "2026"]', "data-collection-timeframe is '2024', '2025', '2026'"),
    ],
)
def test_what_is_wrong_is_reported_at_its_line(tmp_path, line, what):
    with pytest.raises(ProblemsFound) as error:
        read(tmp_path, f"[responsible-ai]\n\n{line}\n")
    assert [(one.what, one.line) for one in error.value.problems] == [(what, 3)]


def test_a_text_in_place_of_the_table_is_reported(tmp_path):
    with pytest.raises(ProblemsFound) as error:
        read(tmp_path, 'responsible-ai = "none"\n')
    assert [one.what for one in error.value.problems] == ["responsible-ai is not a table"]


def test_a_year_and_a_month_in_it_are_a_timeframe(tmp_path):
    found = read(tmp_path, '[responsible-ai]\ndata-collection-timeframe = ["2026-03", "2026"]\n')
    assert found.responsible_ai["dataCollectionTimeframe"] == ("2026-03", "2026")
