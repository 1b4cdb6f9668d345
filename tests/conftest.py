"""What tests of several files share."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest


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
