"""Great Expectations, imported without what only those of its expectations need that compare distributions."""

from __future__ import annotations

import sys
from pkgutil import resolve_name
from types import ModuleType
from typing import Any

# 780 of 2,290 modules, and of the 3.5 s of CPU time that the import takes 1.3 (November 2026).
UNUSED = ("scipy.stats", "altair", "boto3")


class _Later(ModuleType):
    """A module that is imported when something of it is used. (`importlib.util.LazyLoader` imports it at once: the
    import system asks a module for its spec.)"""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return resolve_name(f"{self.__name__}:{name}")


def import_great_expectations() -> None:
    """Import the library. Whoever else imports one of `UNUSED` has it as ever, and so has a suite that needs it."""
    if "great_expectations" in sys.modules:
        return
    standing = {name: _Later(name) for name in UNUSED if name not in sys.modules}
    sys.modules.update(standing)
    try:
        import great_expectations  # noqa: F401 - imported to be there
    finally:
        for name, module in standing.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]
