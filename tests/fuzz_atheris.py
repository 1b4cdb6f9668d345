"""Coverage-guided fuzzing of one reader: `python tests/fuzz_atheris.py READER -max_total_time=60`.

What libFuzzer makes of a file takes its place; the others of the reader stay as they are. The seed corpus is made anew.
`make fuzz` runs it for every reader.
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["allegata"]):
    from allegata.schema.problems import ProblemsFound, UsageError
    from file_mutants import readers


def main() -> None:
    """The command line: the name of a reader, then what libFuzzer takes; without, the names."""
    with tempfile.TemporaryDirectory() as place:
        made = Path(place) / "made"
        made.mkdir()
        known = readers(made)
        if len(sys.argv) < 2:
            print("\n".join(known))
            return
        reader = known[sys.argv[1]]
        name = next(name for name in sorted(reader.files, reverse=True) if name.startswith(reader.of))
        folder, seeds = Path(place) / "read", Path(place) / "seeds"
        seeds.mkdir()
        (seeds / "seed").write_bytes(reader.files[name])
        for other, data in reader.files.items():
            path = folder / other
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)

        reader.read(folder)  # what it imports is in the time of no input

        def one(data: bytes) -> None:
            (folder / name).write_bytes(data)
            with suppress(ProblemsFound, UsageError, OSError):
                reader.read(folder)

        atheris.Setup([sys.argv[0], "-timeout=5", "-rss_limit_mb=3000", *sys.argv[2:], str(seeds)], one)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
