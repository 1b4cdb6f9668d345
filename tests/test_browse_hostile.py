"""What stands in the data is text on every page: whatever field holds it, nothing of it becomes markup or a link."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import lxml.html
import pytest

from allegata.schema.visible import visible
from browse_sites import HOSTILE, hostile


def elements(folder: Path) -> dict[Path, list[lxml.html.HtmlElement]]:
    found = {}
    for path in sorted(folder.rglob("*.html")):
        page = lxml.html.document_fromstring(path.read_text(encoding="utf-8"))
        found[path] = [one for one in page.iter() if isinstance(one.tag, str)]
    return found


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, frozenset[str]]]:
    """Every element that pages of such tables are made of, with its attributes; `url` fields may be links, or not."""
    found = set()
    for number, text in enumerate(("harmless", "https://example.org/")):
        folder = hostile(text).write(tmp_path_factory.mktemp("harmless") / str(number))
        found |= {(one.tag, frozenset(one.keys())) for page in elements(folder).values() for one in page}
    return found


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_string_in_every_field_is_text_on_every_page(text, harmless, tmp_path):
    folder = hostile(text).write(tmp_path / "pages")
    found = elements(folder)
    assert len(found) == 4  # the overview, the article, its story, its copies
    for path, page in found.items():
        assert {(one.tag, frozenset(one.keys())) for one in page} <= harmless
        ids = [one.get("id") for one in page if one.get("id")]
        assert len(ids) == len(set(ids))
        shown = " ".join(page[0].text_content().split())
        assert " ".join(visible(text, keep="\t").split()) in shown
        for one in page:
            for address in filter(None, map(one.get, ("href", "src"))):
                parts = urlsplit(address)
                if parts.scheme:
                    assert parts.scheme in ("http", "https")
                    assert "noreferrer" in one.get("rel")
                    continue
                assert not parts.netloc
                target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
                assert target.is_relative_to(folder.resolve())
                assert target.is_file()
                assert not parts.fragment or target.suffix != ".html" or parts.fragment in target.read_text("utf-8")
