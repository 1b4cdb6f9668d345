"""Files of a curator that a command rewrites: replaced only while they are what the command began with.

A command notes the digests before it reads, and looks again right before the rename that decides. So an edit made while
it runs is never undone: the command ends without a change, and says which file to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from allegata.schema.digests import sha256_file
from allegata.schema.problems import UsageError


@dataclass(frozen=True)
class Before:
    """The sha256 of each file that was there when a command began; a file that is not among them was not there."""

    digests: Mapping[Path, str]

    @classmethod
    def of(cls, *places: Path) -> Before:
        """The files among `places` and all files below the folders among them, but hidden ones.

        To be taken before the command reads any of them.
        """
        found: dict[Path, str] = {}
        for place in places:
            below = sorted(place.rglob("*")) if place.is_dir() else [place]
            hidden = (any(part.startswith(".") for part in path.relative_to(place).parts) for path in below)
            digests = ((path, digest_of(path)) for path, skip in zip(below, hidden, strict=True) if not skip)
            found |= {path: digest for path, digest in digests if digest}
        return cls(found)

    def and_of(self, *places: Path) -> Before:
        """These files and those of `places`, as they are now."""
        return Before({**self.digests, **Before.of(*places).digests})

    def refuse_changed(self, places: Iterable[Path], beside: Path) -> None:
        """Raise `UsageError` with those of `places`, named relative to `beside`, that are not what they were."""
        changed = [place for place in places if digest_of(place) != self.digests.get(place)]
        if changed:
            names = ", ".join(sorted(place.relative_to(beside).as_posix() for place in changed))
            was = "was" if len(changed) == 1 else "were"
            raise UsageError(f"{names} {was} changed while the command ran: nothing was written; run it again")


def digest_of(path: Path) -> str | None:
    """The sha256 of a file; None where there is none."""
    return sha256_file(path) if path.is_file() else None


def replace_if_unchanged(new: Path, place: Path, before: Before, beside: Path) -> None:
    """Rename `new` to `place` if that is what it was. Raises `UsageError` else."""
    before.refuse_changed([place], beside)
    new.replace(place)
