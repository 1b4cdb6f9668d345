"""What tests of several files share."""

from __future__ import annotations

import os
import pickle
import tempfile
import uuid
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings

from tiers import mark_long, pytest_addoption, pytest_runtest_call, pytest_terminal_summary

if TYPE_CHECKING:
    from allegata.annotate.agreement_report import Report
    from allegata.clean.curated_lines import CuratedLines
    from allegata.clean.web.article import PageFacts

# A deadline measures the load of the machine. Where `CI` is set hypothesis draws the same examples in every run; else
# each run draws others, and what failed once is tried first.
settings.register_profile("allegata", parent=settings.default, deadline=None)
settings.load_profile("allegata")

# Hooks: pytest finds them by their names here.
__all__ = ["pytest_addoption", "pytest_runtest_call", "pytest_terminal_summary"]

# The files of a minute or nearly: begun first, none of them is what one core does at the end while the others wait.
LONGEST = ("build_stream", "docs", "push", "version_files", "text_free", "no_network", "verify", "build_incremental")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    mark_long(items)
    items.sort(key=lambda item: item.path.stem.removeprefix("test_") not in LONGEST)


@pytest.fixture(scope="session", autouse=True)
def temporary_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A place for temporary files of this run alone, as no run of another version may clean up in it.

    Its path is short: sockets of Ray are in it.
    """
    tmp_path_factory.getbasetemp()  # made first: pytest keeps its folders for a look after the run
    with (
        tempfile.TemporaryDirectory(prefix="at-", ignore_cleanup_errors=True) as place,
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("TMPDIR", place)
        patch.setattr(tempfile, "tempdir", place)
        # Ray's workers step back for all others, and the other tests would leave them nothing.
        patch.setenv("RAY_worker_niceness", "0")
        yield


@pytest.fixture(scope="session", autouse=True)
def nothing_flushed() -> Iterator[None]:
    """Flushing guards against a machine that dies, which no test sees: here it would only cost the time. That a
    publication flushes what it writes is a test of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda handle: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def texts_cleaned_once() -> Iterator[None]:
    """What cleaning makes of a plain text is remembered: hundreds of tests run the recipe on the same five articles.

    It is a function of the text and its language alone. The tests of its rules, of its bytes and of its time call the
    function itself, or a process of their own.
    """
    from allegata.clean import stage

    clean = stage.clean_source_text
    of_text = lru_cache(maxsize=500)(clean)

    def remembered(
        source_text: str,
        language: str | None = None,
        facts: PageFacts | None = None,
        lines: Sequence[CuratedLines] = (),
    ) -> stage.Cleaned:
        if facts is None and not lines:
            return of_text(source_text, language)
        return clean(source_text, language, facts, lines)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "clean_source_text", remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def agreement_measured_once() -> Iterator[None]:
    """The figures of a card are remembered: of a build of the real articles, agreement of their eight passes is half.

    They are a function of what is pickled here. Tests of the measures call the function itself.
    """
    from allegata.annotate import agreement_report

    measure = agreement_report.report
    found: dict[bytes, Report] = {}

    def remembered(*given: Sequence[Any], **choices: bool) -> Report:
        key = pickle.dumps((given, choices))
        if key not in found:
            found[key] = measure(*given, **choices)  # type: ignore[arg-type]  # whatever the function takes
        return found[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(agreement_report, "report", remembered)
        yield


@pytest.fixture
def the_rules_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests of rules: the judge of lines has the last word on a plain text, and learns otherwise each time."""
    from allegata.clean import judged_lines

    monkeypatch.setattr(judged_lines, "overrule", lambda page, decided, _: (decided, page))


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A bucket of its own in a local stand-in for S3; the keys are placeholders."""
    pytest.importorskip("s3fs", reason="needs s3fs")
    server = pytest.importorskip("moto.server", reason="needs moto: pip install 'moto[server]'")
    import fsspec

    stand_in = server.ThreadedMotoServer(port=0, verbose=False)
    stand_in.start()
    host, port = stand_in.get_host_and_port()
    place = {"endpoint_url": f"http://{host}:{port}", "key": "alpha", "secret": "beta"}
    monkeypatch.setitem(fsspec.config.conf, "s3", place)
    name = f"bucket-{uuid.uuid4().hex}"  # one process has one stand-in, however often it is started
    fsspec.filesystem("s3").mkdir(name)
    yield f"s3://{name}"
    fsspec.filesystem("s3").clear_instance_cache()
    stand_in.stop()


@pytest.fixture(scope="session")
def two_versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with two versions of three invented articles; only `corpus/` and the card are in it. To be copied."""
    from two_versions import publish

    root = tmp_path_factory.mktemp("published")
    publish(root, "1.0.0")
    publish(root, "1.1.0", description="another")
    return root


@pytest.fixture(scope="session")
def written_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus that commands write to while steps of theirs fail: see `fault_commands`. To be copied."""
    from fault_commands import corpus

    return corpus(tmp_path_factory.mktemp("written") / "corpus")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A running browser; tests that ask for it are skipped, with the reason, where there is none."""
    from browser import chromium

    with chromium() as running:
        yield running
