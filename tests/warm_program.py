"""`allegata` for tests that follow a page of commands: most of the time of a command is what it imports.

A server imports all of the package once and forks a process for each call, with the arguments, folder, environment and
streams of the caller. It ends with the process that started it.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import runpy
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import traceback
from contextlib import suppress
from functools import cache
from pathlib import Path

# What is called instead of the program; Python without `site` starts in a fiftieth of a second.
CALL = """
import json, os, socket, sys
with socket.socket(socket.AF_UNIX) as server:
    server.connect(sys.argv[1])
    call = json.dumps([sys.argv[2:], os.getcwd(), dict(os.environ)]).encode()
    socket.send_fds(server, [len(call).to_bytes(8, "big")], [0, 1, 2])
    server.sendall(call)
    ended = server.recv(1)
if not ended:
    print("the process of the command died", file=sys.stderr)
sys.exit(ended[0] if ended else 70)
"""


@cache
def _server(program: int) -> str:
    """The socket of the server of this process; `program` is its number, as the children of a fork need their own."""
    place = tempfile.mkdtemp(prefix="warm-")
    address = f"{place}/s"
    server = subprocess.Popen([sys.executable, __file__, address], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout
    assert server.stdout.readline() == b"ready\n"
    atexit.register(server.kill)
    (Path(place) / "call.py").write_text(CALL)
    return address


def command() -> str:
    """The words of a shell that begin a call of the program."""
    address = _server(os.getpid())
    return f'"{sys.executable}" -I -S "{Path(address).parent / "call.py"}" "{address}"'


def _serve(address: str) -> None:
    import allegata

    del sys.path[0]  # the tests are no part of what is called
    for module in pkgutil.walk_packages(allegata.__path__, "allegata."):
        if not module.name.endswith("__main__"):  # every module there is, so none is named
            with suppress(ImportError):  # what needs an extra
                importlib.import_module(module.name)
    from allegata.clean.stage import clean_source_text

    # Reads the models and words, and compiles the patterns, that every command on texts needs.
    clean_source_text(next((Path(__file__).parent.parent / "raw").glob("*.txt")).read_text("utf-8"))
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the children
    with socket.socket(socket.AF_UNIX) as listener, selectors.DefaultSelector() as either:
        listener.bind(address)
        listener.listen()
        print("ready", flush=True)
        either.register(listener, selectors.EVENT_READ)
        either.register(sys.stdin, selectors.EVENT_READ)  # its end is that of the process that started this one
        while all(key.fileobj is listener for key, _ in either.select()):
            caller, _ = listener.accept()
            if os.fork() == 0:
                listener.close()
                _answer(caller)
            caller.close()


def _answer(caller: socket.socket) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    size, streams, _, _ = socket.recv_fds(caller, 8, 3)
    call = b""
    while len(call) < int.from_bytes(size, "big"):
        part = caller.recv(1 << 20)
        if not part:
            os._exit(1)  # the caller is gone
        call += part
    arguments, folder, environment = json.loads(call)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["allegata", *arguments]
    code = 0
    try:
        runpy.run_module("allegata", run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            print(end.code, file=sys.stderr)
    except BaseException:
        code = 70
        traceback.print_exc()
    atexit._run_exitfuncs()
    with suppress(OSError):  # nobody reads any more
        sys.stdout.flush()
        sys.stderr.flush()
    caller.sendall(bytes([code & 0xFF]))
    os._exit(code)


if __name__ == "__main__":
    _serve(sys.argv[1])
