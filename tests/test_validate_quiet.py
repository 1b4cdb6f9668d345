"""The gate leaves no trace: it is imported cheaply, prints nothing, writes nothing, calls nobody."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent
SCRIPT = """
import sys
import allegata.validate
from validation import Context, validate
assert "great_expectations" not in sys.modules and "pandas" not in sys.modules

import socket
def refuse(*args, **kwargs):
    raise AssertionError("network")
socket.socket.connect = socket.getaddrinfo = refuse

from pathlib import Path
from validate_corpus import tables_of, valid_rows
rows = valid_rows()
assert validate(tables_of(rows), Path(sys.argv[1])).ok
rows["claims"][0]["surface"] = "?"
rows["claims"][1]["claim_id"] = "x0:c0"
assert not validate(tables_of(rows), Path(sys.argv[1])).ok
"""


def test_a_validation_prints_writes_and_fetches_nothing(tmp_path: Path) -> None:
    for name in ("home", "work", "temporary"):
        (tmp_path / name).mkdir()
    environment = {
        **os.environ,
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "temporary"),
        "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "scripts"), str(TESTS)]),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(TESTS.parent / "expectations")],
        cwd=tmp_path / "work",
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
