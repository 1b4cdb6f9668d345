"""Licences, links and dates of the settings: known to the Hub or SPDX, or named; else refused with a line."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def test_what_is_wrong_is_one_report_with_lines(tmp_path: Path) -> None:
    text = 'licence = "cc-by-40"\nhomepage = "the mill"\nlicence-url = "ftp://x"\npublished = "2026-13"\n'
    with pytest.raises(ProblemsFound) as found:
        settings(tmp_path, text)
    problems = found.value.problems
    assert [problem.line for problem in problems] == [1, 2, 3, 4]
    assert "SPDX or Hub identifier" in problems[0].what
    with pytest.raises(ProblemsFound, match="published"):
        settings(tmp_path, "published = 2026-11-28T10:00:00")
