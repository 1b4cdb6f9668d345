"""How large an input may be that a reader takes: the limits of a corpus, with their defaults (`docs/limits.md`).

They stand before work whose time or memory grows faster than its input, and before libraries in C. A reader gets them
as an argument. Limits that no input of good faith comes near are constants of the readers themselves.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

from allegata.schema.problems import Problem
from allegata.schema.toml_files import TomlFile

_UNITS = {
    "article-bytes": "bytes",
    "article-lines": "lines",
    "page-elements": "elements",
    "line-elements": "elements on one line",
    "cas-bytes": "bytes",
    "cas-elements": "elements",
    "docbin-bytes": "bytes",
}
# What may be set at most. Arrow counts the bytes of a text in 31 bits, and some charsets have three bytes of UTF-8 for
# one of theirs.
_HIGHEST, _OTHERWISE = {"article-bytes": 500_000_000}, 10**12


class Excess(NamedTuple):
    """What is wrong with an input that is larger than a limit, and how to raise that."""

    what: str
    fix: str


@dataclass(frozen=True)
class Limits:
    """The most that is read: `article_bytes` of a page or text, packed or unpacked, of a record of a web archive and of
    a line of JSON; `article_lines` of an article; `page_elements` that a page shows, and `line_elements` on one line or
    in one table row; `cas_bytes` of a file of a CAS, unpacked, and `cas_elements` of an XMI file; `docbin_bytes` that a
    file of spaCy decompresses to."""

    article_bytes: int = 20_000_000
    article_lines: int = 30_000
    page_elements: int = 200_000
    line_elements: int = 20_000
    cas_bytes: int = 33_554_432
    cas_elements: int = 500_000
    docbin_bytes: int = 1_073_741_824

    def excess(self, setting: str, found: int | None = None, *, verb: str = "has") -> Excess:
        """The problem of an input that has `found` of what the limit counts; None where it was not read to its end."""
        most, unit = f"{getattr(self, setting.replace('-', '_')):,}", _UNITS[setting]
        if found is None:
            what = f"{verb} more than the {most} {unit} that {setting} allows"
        else:
            what = f"{verb} {found:,} {unit}, more than the {most} that {setting} allows"
        return Excess(what, f"raise {setting} in the table [limits] of the settings")


DEFAULTS = Limits()
_FIELDS = {one.name.replace("_", "-"): one.name for one in fields(Limits)}


def limits_of(values: dict[str, int]) -> Limits:
    """The limits in a table of settings without faults."""
    return Limits(**{_FIELDS[key]: value for key, value in values.items()})


def limit_faults(file: TomlFile, path: tuple[str, ...], values: Any) -> Iterator[Problem]:
    """Everything that is wrong with the table of settings at `path`."""
    if not isinstance(values, dict):
        what = f"{path[-1]} is not a table"
        yield file.problem(what, f"write [{'.'.join(path)}], and below it article-bytes = 20_000_000", *path)
        return
    for key, value in values.items():
        if key not in _FIELDS:
            yield file.problem(f"unknown limit {key!r}", f"use one of {', '.join(_FIELDS)}", *path, key)
            continue
        highest = _HIGHEST.get(key, _OTHERWISE)
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
            default = getattr(DEFAULTS, _FIELDS[key])
            fix = f"write a whole number of {_UNITS[key]} from 1 to {highest:,}, as {key} = {default:_}"
            yield file.problem(f"{key} is {value!r}", fix, *path, key)
