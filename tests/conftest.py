"""What tests of several files share."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

# A deadline measures the load of the machine. Where `CI` is set hypothesis draws the same examples in every run; else
# each run draws others, and what failed once is tried first.
settings.register_profile("allegata", parent=settings.default, deadline=None)
settings.load_profile("allegata")


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
        yield


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
def written_corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus that commands write to while steps of theirs fail: see `fault_commands`. To be copied."""
    from fault_commands import corpus

    return corpus(tmp_path_factory.mktemp("written") / "corpus")
