"""A real browser for tests: Chromium by Playwright, without a network, and what it complains about."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from project import ROOT

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"]
FLAGS += ["--disable-background-networking", "--disable-component-update"]
COLOURS = ("color-contrast", "link-in-text-block")  # the rules of axe that look at colours
PICTURES = ROOT / "build" / "pictures"
NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Any]:
    """A running browser: that of this machine, else the one that Playwright installed; else the test is skipped."""
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: pip install 'allegata[browser]'")
    with playwright.sync_playwright() as driver:
        found = next(filter(None, map(shutil.which, NAMES)), driver.chromium.executable_path)
        if not Path(found).exists():
            pytest.skip("needs a browser: install chromium, or run `playwright install chromium`")
        running = driver.chromium.launch(executable_path=found, args=FLAGS)
        yield running
        running.close()


@dataclass
class Watched:
    """A page with what must stay empty: requests to anywhere but files, errors, messages of the console, dialogs."""

    page: Any
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", self._request)
        self.page.on("console", lambda message: self.complaints.append(f"console: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        self.page.on("requestfailed", lambda request: self.complaints.append(f"failed: {request.url}"))
        self.page.on("dialog", self._dialog)

    def _request(self, request: Any) -> None:
        if not request.url.startswith("file://"):
            self.complaints.append(f"request: {request.url}")

    def _dialog(self, dialog: Any) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()


def photograph(page: Any, name: str, widths: Sequence[int] = (360, 1200)) -> None:
    """Pictures of a page for people, at each width, in build/pictures; no test reads them."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    size = page.viewport_size
    for width in widths:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=PICTURES / f"{name}-{width}.png")
    page.set_viewport_size(size)


def first_paint(page: Any) -> float:
    """When something of the page was painted first, in ms. Playwright polls for a condition with `eval`, which our
    pages forbid."""
    return page.evaluate(
        """() => new Promise((done) => new PerformanceObserver((list) => {
          for (const one of list.getEntriesByName("first-contentful-paint")) done(one.startTime);
        }).observe({ type: "paint", buffered: true }))"""
    )


def axe(page: Any, *only: str) -> list[str]:
    """What axe-core finds on a page, by all its rules or those named `only`: rule, how bad, the first element."""
    runner = pytest.importorskip("axe_playwright_python.sync_playwright", reason="needs axe-playwright-python")
    options: dict[str, Any] = {"resultTypes": ["violations"], "preload": False}
    if only:
        options["runOnly"] = list(only)
    found = runner.Axe().run(page, options=options).response["violations"]
    return [f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:200]}" for one in found]
