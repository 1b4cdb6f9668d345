"""Pictures of the pages of the invented stories, for the README: `take.py PAGES`. `make pictures` calls it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PICTURES = {
    "story": (1320, 900, "stories/ferry-strike.html"),
    "article": (1180, 600, "articles/9ddf7fd0e26b16f1.html#c003"),
}


def main(pages: Path) -> None:
    """Take each picture from the top of its page: a claim in the address scrolls to the claim, and not at once."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, (width, height, page) in PICTURES.items():
            context = browser.new_context(viewport={"width": width, "height": height}, reduced_motion="reduce")
            shown = context.new_page()
            shown.goto(pages.resolve().as_uri() + "/" + page)
            shown.evaluate("scrollTo(0, 0)")
            shown.screenshot(path=Path(__file__).parent / f"{name}.png", style="::-webkit-scrollbar { display: none }")
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
