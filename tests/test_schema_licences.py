"""Licences, links and dates of the settings: known to the Hub or SPDX, or named; else refused with a line."""

from __future__ import annotations

from pathlib import Path

import pytest

from allegata.publish.summary import hub_licence_of, layer_licence, licences
from allegata.schema.licences import HUB_LICENCES, hub_licence, is_licence, licence_id, spdx_licence
from allegata.schema.problems import ProblemsFound
from allegata.schema.settings import Settings, read_settings


@pytest.mark.parametrize(
    ("licence", "hub", "spdx"),
    [
        ("CC-BY-4.0", "cc-by-4.0", "CC-BY-4.0"),
        ("cc-by-4.0", "cc-by-4.0", "CC-BY-4.0"),
        ("ODC-By-1.0", "odc-by", "ODC-By-1.0"),
        ("pddl", "pddl", "PDDL-1.0"),
        ("GPL-3.0-only", "gpl-3.0", "GPL-3.0-only"),
        ("OGL-UK-3.0", "other", "OGL-UK-3.0"),
        ("llama3.1", "llama3.1", None),
        ("other", "other", None),
        ("rights of the mill", "other", None),
        ("MIT OR Apache-2.0", "other", None),
    ],
)
def test_a_licence_has_a_name_on_the_hub_and_one_in_spdx(licence: str, hub: str, spdx: str | None) -> None:
    assert (hub_licence(licence), spdx_licence(licence)) == (hub, spdx)
    assert is_licence(licence) == (hub != "other" or spdx is not None or licence == "other")
    assert hub in HUB_LICENCES


def test_a_licence_name_becomes_an_identifier() -> None:
    assert licence_id("Rights of the publishers") == "rights-of-the-publishers"
    assert licence_id("†") == "other"


def settings(root: Path, text: str) -> Settings:
    (root / "allegata.toml").write_text(text, encoding="utf-8")
    return read_settings(root)


def test_settings_of_the_card_are_read_as_they_are_written(tmp_path: Path) -> None:
    text = 'licence = "ogl-uk-3.0"\nhomepage = "https://example.org/mill"\npublished = 2026-11-28\n'
    read = settings(tmp_path, text)
    assert (read.licence, read.homepage, read.published) == ("ogl-uk-3.0", "https://example.org/mill", "2026-11-28")
    for day in ("2026", "2026-11", "2026-11-28"):
        assert settings(tmp_path, f'published = "{day}"').published == day
    assert settings(tmp_path, 'licence = "house rules"\nlicence-name = "House rules"').licence_name == "House rules"


def test_a_layer_has_its_own_licence_or_that_of_the_corpus(tmp_path: Path) -> None:
    both = settings(tmp_path, 'licence = "cc0-1.0"\nannotation-licence = "cc-by-4.0"')
    assert hub_licence_of(both) == {"license": ["cc0-1.0", "cc-by-4.0"]}
    assert layer_licence(both, "text") == ("CC0-1.0", "https://spdx.org/licenses/CC0-1.0.html")
    assert licences(both)[1] == "https://spdx.org/licenses/CC-BY-4.0.html"
    words = settings(tmp_path, 'annotation-licence = "cc-by-4.0"\ntext-licence = "Terms of the mill"')
    assert hub_licence_of(words) == {"license": "other", "license_name": "terms-of-the-mill"}
    assert licences(words) == ("Terms of the mill", "https://spdx.org/licenses/CC-BY-4.0.html")
    assert licences(settings(tmp_path, 'licence = "mit"')) == ("https://spdx.org/licenses/MIT.html",)
    assert licences(settings(tmp_path, "")) == ()


@pytest.mark.parametrize(
    "line", ['text-licence = "cc-by-40"', 'annotation-licence = "CC-BY"', 'contact = "the mill"', 'authors = [""]']
)
def test_a_licence_of_a_layer_a_contact_or_an_author_that_cannot_be_one_is_refused(tmp_path: Path, line: str) -> None:
    with pytest.raises(ProblemsFound, match=line.split()[0]):
        settings(tmp_path, line)


def test_a_contact_is_an_address_of_mail_or_of_the_web(tmp_path: Path) -> None:
    for contact in ("mill@example.org", "https://example.org/ask"):
        assert settings(tmp_path, f'contact = "{contact}"').contact == contact


def test_what_is_wrong_is_one_report_with_lines(tmp_path: Path) -> None:
    text = 'licence = "cc-by-40"\nhomepage = "the mill"\nlicence-url = "ftp://x"\npublished = "2026-13"\n'
    with pytest.raises(ProblemsFound) as found:
        settings(tmp_path, text)
    problems = found.value.problems
    assert [problem.line for problem in problems] == [1, 2, 3, 4]
    assert "SPDX or Hub identifier" in problems[0].what
    with pytest.raises(ProblemsFound, match="published"):
        settings(tmp_path, "published = 2026-11-28T10:00:00")
