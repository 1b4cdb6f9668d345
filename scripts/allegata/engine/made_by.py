"""What makes the batches of a work folder: this package, Python, and the packages that it needs."""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
import re
from pathlib import Path


def code_digest() -> str:
    """sha256 of the package: of the path and the bytes of every file of it but compiled ones."""
    package = Path(__file__).parent.parent
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            data = path.read_bytes()
            digest.update(f"{path.relative_to(package).as_posix()}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()


def packages() -> list[str]:
    """Python and the packages that a build needs, with their versions."""
    try:
        needed = importlib.metadata.requires("allegata") or []
    except importlib.metadata.PackageNotFoundError:  # the source is on the path, and nothing installed
        needed = []
    names = {re.split(r"[^\w.-]", one, maxsplit=1)[0] for one in needed if "extra ==" not in one}
    versions = [f"{name} {importlib.metadata.version(name)}" for name in sorted(names)]
    return [f"Python {platform.python_version()}", *versions]
