"""Language tags: checked against ISO 639, with the tag that is likely meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from allegata.ingest.add import add
from allegata.ingest.manifest import read_manifest
from allegata.recipe.article import clean_html
from allegata.recipe.build import run
from allegata.schema.languages import language_fault
from allegata.schema.problems import ProblemsFound
from allegata.schema.settings import read_settings
from project import copy_root, edit_rows

# What the detector answers, the languages of the United Nations, small and ancient ones, collections, private ones.
GOOD = "af ar zh-cn zh-tw en pt-BR sr-Latn-RS de-AT-1996 deu ger cmn yue haw nah ber sh iw grc tlh qaa und mul zxx EN"


@pytest.mark.parametrize("tag", GOOD.split())
def test_a_language_of_iso_639_is_good_whatever_follows(tag: str) -> None:
    assert language_fault(tag) is None


@pytest.mark.parametrize(
    ("tag", "likely"),
    [
        ("jp", "'ja' for Japanese"),
        ("jp-JP", "'ja-JP' for Japanese"),
        ("cz", "'cs' for Czech"),
        ("dk", "'da' for Danish"),
        ("gb", "'en' for English"),
        ("US", "'en' for English"),
        ("English", "'en' for English"),
        ("norwegian bokmål", "'nb' for Norwegian Bokmål"),
        ("en_US", "'en-US'"),
        (" fr ", "'fr'"),
        ("zz", "'und'"),
        ("", "'und'"),
        ("klingonese", "'und'"),
        ("x-private", "'und'"),
        ("中文", "'und'"),
    ],
)
def test_what_is_none_is_told_with_what_is_likely_meant(tag: str, likely: str) -> None:
    fault = language_fault(tag)
    assert fault is not None
    what, fix = fault
    assert repr(tag) in what
    assert f"write {likely}" in fix


@given(st.text(max_size=12))
def test_any_text_has_an_answer(tag: str) -> None:
    fault = language_fault(tag)
    assert fault is None or all(fault)


def test_the_manifest_and_the_settings_say_which_line_is_wrong(tmp_path: Path) -> None:
    root = copy_root(tmp_path)
    edit_rows(root / "raw" / "manifest.jsonl", lambda rows: rows[1].update(language="jp"))
    with pytest.raises(ProblemsFound) as error:
        run(root, "ingest")
    (problem,) = error.value.problems
    assert (problem.file, problem.line) == ("raw/manifest.jsonl", 2)
    assert "'ja' for Japanese" in str(problem)
    (root / "allegata.toml").write_text('name = "a"\nlanguage = ["en", "jp", "xx"]\n')
    with pytest.raises(ProblemsFound) as error:
        read_settings(root)
    assert [(problem.line, problem.fix[:10]) for problem in error.value.problems] == [
        (2, "write 'ja'"),
        (2, "write 'und"),
    ]


def test_what_a_page_says_wrongly_of_itself_is_left_out(tmp_path: Path) -> None:
    body = (
        "<p>" + "The mill recalled four thousand bags of flour on Monday after a stone was found in one. " * 3 + "</p>"
    )
    head = '<link rel="canonical" href="javascript:void(0)"><title>Mill recalls flour</title>'
    page = f'<html lang="jp"><head>{head}</head><body><article>{body}</article></body></html>'
    assert clean_html(page.encode()).language == "en"
    (tmp_path / "page.html").write_text(page)
    (tmp_path / "raw").mkdir()
    add([tmp_path / "page.html"], tmp_path)
    ((row,), problems) = read_manifest(tmp_path / "raw")
    assert (row.language, row.url, row.title, problems) == (None, None, "Mill recalls flour", [])


def test_what_a_curator_states_wrongly_is_refused_with_the_cure(tmp_path: Path) -> None:
    (tmp_path / "lines.jsonl").write_text('{"text": "A text about a mill.", "language": "jp"}\n')
    (tmp_path / "raw").mkdir()
    with pytest.raises(ProblemsFound, match="'ja' for Japanese"):
        add([tmp_path / "lines.jsonl"], tmp_path)
