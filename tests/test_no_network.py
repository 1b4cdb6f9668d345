"""No command contacts another machine but `push`, and no library reports that it was used."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from project import ROOT
from unplugged import ENDS, commands

# Read by every Python that is started below, the workers of a pool too. Whatever opens a connection or looks up a
# name by Python's own sockets passes here first, also when the library then hides the error.
WATCH = """
import os, sys

def _watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    else:
        return
    host = host.decode() if isinstance(host, bytes) else host
    if host in (None, "", "localhost", "::1", "0.0.0.0") or str(host).startswith("127."):
        return
    with open(os.environ["CONTACTS"], "a") as file:
        file.write(f"{event} {host}\\n")
    raise OSError(f"no network: {host}")

sys.addaudithook(_watch)
"""
OFFLINE = ("HF_HUB_OFFLINE", "HF_DATASETS_OFFLINE", "DO_NOT_TRACK", "GX_ANALYTICS_ENABLED", "HF_HUB_DISABLE_TELEMETRY")


class Watched:
    """Runs Python where every contact with another machine is written down, and refused."""

    def __init__(self, place: Path) -> None:
        (place / "site").mkdir()
        (place / "site" / "sitecustomize.py").write_text(WATCH)
        self.file = place / "contacts"
        self.file.touch()
        path = os.pathsep.join(map(str, (place / "site", ROOT / "scripts", ROOT / "tests")))
        kept = {name: value for name, value in os.environ.items() if name not in (*OFFLINE, "RAY_USAGE_STATS_ENABLED")}
        self.env = {**kept, "PYTHONPATH": path, "CONTACTS": str(self.file), "HF_HOME": str(place), "HF_TOKEN": "alpha"}

    def run(self, *arguments: str | Path, before: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        command = [*before, sys.executable, *map(str, arguments)]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False, cwd=self.file.parent)

    @property
    def contacts(self) -> list[str]:
        return self.file.read_text().splitlines()


def no_interfaces() -> tuple[str, ...]:
    """What runs a command where there is no network, for what no audit event shows; nothing where that is barred."""
    alone = ("unshare", "--map-root-user", "--net")
    able = shutil.which(alone[0]) and subprocess.run([*alone, "true"], capture_output=True, check=False).returncode == 0
    return alone if able else ()


def test_no_command_contacts_another_machine(tmp_path: Path) -> None:
    """A new command fails here until `unplugged.py` calls it."""
    watched = Watched(tmp_path)
    (tmp_path / "place").mkdir()
    done = watched.run(ROOT / "tests" / "unplugged.py", tmp_path / "place", before=no_interfaces())
    assert done.returncode == 0, done.stderr
    ended = json.loads(done.stdout.splitlines()[-1])
    assert sorted(ended) == commands()
    assert ended == {command: ENDS.get(command, 0) for command in ended}, done.stdout
    assert watched.contacts == []


def test_push_contacts_the_hub(tmp_path: Path) -> None:
    """The one command whose name says so; it also shows that the watch sees a contact."""
    watched = Watched(tmp_path)
    done = watched.run("-m", "allegata", "push", "owner/stories", "--corpus", ROOT / "examples" / "stories" / "corpus")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert {line.split()[1] for line in watched.contacts} == {"huggingface.co"}


OFF = """
import os
import allegata
from huggingface_hub import constants
print(constants.HF_HUB_DISABLE_TELEMETRY)
print(os.environ["GX_ANALYTICS_ENABLED"], os.environ["DO_NOT_TRACK"])
"""
RAY_OFF = """
import allegata
from ray._common.usage.usage_lib import usage_stats_enabled
print(usage_stats_enabled())
"""


def test_importing_the_package_turns_reports_of_libraries_off(tmp_path: Path) -> None:
    done = Watched(tmp_path).run("-c", OFF)
    assert (done.stdout.split(), done.stderr) == (["True", "false", "1"], "")


def test_a_local_ray_reports_nothing(tmp_path: Path) -> None:
    pytest.importorskip("ray", reason="needs ray: pip install -c constraints.txt -e '.[cluster]'")
    assert Watched(tmp_path).run("-c", RAY_OFF).stdout.split() == ["False"]


def test_what_a_user_has_set_stays(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    watched.env["RAY_USAGE_STATS_ENABLED"] = "1"
    done = watched.run("-c", "import allegata, os; print(os.environ['RAY_USAGE_STATS_ENABLED'])")
    assert done.stdout.strip() == "1"
