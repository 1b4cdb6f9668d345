"""Runs brat's own server on a folder of documents: `python brat_server.py SERVER DATA`, calls on standard input.

Each line of the input is a call as JSON, `[module, function, arguments]`, as brat's client makes them; each line of the
answer is what the call gave, the last the messages that brat would have shown.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import sys
from types import SimpleNamespace
from typing import Any


def main(server: str, data: str) -> None:
    sys.path[:0] = [server, f"{server}/../lib"]
    # brat's configuration, which its installer writes, and the lock that it takes from a package.
    config = {"BASE_DIR": data, "DATA_DIR": data, "WORK_DIR": data, "ADMIN_CONTACT_EMAIL": "", "USER_PASSWORD": {}}
    modules: Any = sys.modules
    modules["config"] = SimpleNamespace(**config)
    modules["filelock"] = SimpleNamespace(FileLock=lambda path: contextlib.nullcontext())
    annotation = importlib.import_module("annotation")
    opened = annotation.codecs_open
    annotation.codecs_open = lambda name, mode="r", **more: opened(
        name, mode.replace("U", ""), **more
    )  # no `U` in 3.11
    answers: list[Any] = []
    for line in sys.stdin:
        module, function, arguments = json.loads(line)
        if module == "projectconfig":
            answers.append(getattr(importlib.import_module(module).ProjectConfiguration(data), function)(*arguments))
        elif module == "verify_annotations":
            read = annotation.TextAnnotations(f"{data}/{arguments[0]}", read_only=True)
            conf = importlib.import_module("projectconfig").ProjectConfiguration(data)
            issues = importlib.import_module(module).verify_annotation(read, conf)
            answers.append([f"{one.ann_id}: {one.description}" for one in issues])
        else:
            answers.append(getattr(importlib.import_module(module), function)(*arguments))
    said: dict[str, Any] = {}
    importlib.import_module("message").Messager.output_json(said)
    print("\n".join(json.dumps(one) for one in [*answers, said["messages"]]))


if __name__ == "__main__":
    main(*sys.argv[1:])
