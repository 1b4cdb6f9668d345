"""Great Expectations, imported without what only those of its expectations need that compare distributions."""

from __future__ import annotations

import gc
import sys
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pkgutil import resolve_name
from types import ModuleType
from typing import Any

# 780 of 2,290 modules, and of the 3.5 s of CPU time that the import takes 1.3 (November 2026).
UNUSED = ("scipy.stats", "altair", "boto3")


class _Later(ModuleType):
    """A module that is imported when something of it is used. (`importlib.util.LazyLoader` imports it at once: the
    import system asks a module for its spec.)"""

    def __init__(self, name: str, spec: ModuleSpec) -> None:
        super().__init__(name)
        self.__spec__ = spec

    def __getattr__(self, name: str) -> Any:
        if sys.modules.get(self.__name__) is self:  # it is used while it stands for the module
            del sys.modules[self.__name__]
        return resolve_name(f"{self.__name__}:{name}")


def import_great_expectations() -> None:
    """Import the library. What is in `UNUSED` and installed is imported when the library uses it, or anybody else."""
    if "great_expectations" in sys.modules:
        return
    found = {name: _spec(name) for name in UNUSED if name not in sys.modules}
    standing = {name: _Later(name, spec) for name, spec in found.items() if spec}
    sys.modules.update(standing)
    collecting = gc.isenabled()
    gc.disable()  # modules are no garbage: looking for some in them was a tenth of the time
    try:
        import great_expectations  # noqa: F401 - imported to be there
    finally:
        if collecting:
            gc.enable()
        for name, module in standing.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


def _spec(name: str) -> ModuleSpec | None:
    """None for what is not installed: the library asks for it, and does without."""
    try:
        return find_spec(name)
    except ImportError:  # not even the package that the module is in
        return None
