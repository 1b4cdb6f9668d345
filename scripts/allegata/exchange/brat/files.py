"""The files of a folder of brat: which annotation file belongs to which text, and to which annotator."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from allegata.exchange.folder import Reading
from allegata.schema.problems import Problem

# brat writes one file, and reads as one the several of the BioNLP shared tasks where there is none.
JOINED, PARTS = ".ann", (".a1", ".a2", ".co", ".rel")


@dataclass(frozen=True)
class Source:
    """The files of one text by one annotator, each with its name."""

    text: tuple[str, Path]
    parts: tuple[tuple[str, Path], ...]
    annotator: str


def sources(path: Path, reading: Reading) -> Iterator[Source]:
    """The annotation files with their texts, in the order of their names."""
    files: dict[PurePosixPath, dict[str, Path]] = defaultdict(dict)
    for name, file in reading.files(path, JOINED, *PARTS):
        if file.suffix not in (JOINED, *PARTS):
            reading.problems.add(
                Problem("it is no annotation file of brat", f"name a folder or {JOINED} file", file=name)
            )
            continue
        files[PurePosixPath(name).with_suffix("")][file.suffix] = file
    beside = [(file.name, file) for file in path.parent.glob("*.txt") if file.is_file()]
    texts = dict(reading.files(path, ".txt") if path.is_dir() else sorted(beside))
    by_stem: dict[str, list[str]] = defaultdict(list)
    for name in texts:
        by_stem[PurePosixPath(name).stem].append(name)
    found: dict[str, list[Source]] = defaultdict(list)
    for base, endings in files.items():
        kinds = [JOINED] if JOINED in endings else [kind for kind in PARTS if kind in endings]
        parts = tuple((f"{base}{kind}", endings[kind]) for kind in kinds)
        stem, _, suffix = base.name.rpartition("_")
        whole, part = _text_of(base, base.name, by_stem), _text_of(base, stem, by_stem)
        text = whole or part
        if text is None:
            fix = f"put {base.name}.txt beside it"
            reading.problems.add(Problem("its text is missing", fix, file=parts[0][0]))
        else:
            source = Source((text, texts[text]), parts, "" if whole else suffix)
            found[PurePosixPath(text).stem].append(source)
    if path.is_dir():
        for stem in by_stem.keys() - found.keys():
            reading.notices.add("text without an annotation file, skipped", by_stem[stem][0])
    named = (one for stem in found for one in _annotators(found[stem], reading))
    yield from sorted(named, key=lambda one: one.parts[0][0])


def _text_of(base: PurePosixPath, stem: str, by_stem: Mapping[str, list[str]]) -> str | None:
    """The text of that name in the folder of an annotation file, else the only one of that name anywhere."""
    names = by_stem.get(stem, [])
    beside = (base.parent / f"{stem}.txt").as_posix()
    return beside if beside in names else names[0] if len(names) == 1 else None


def _annotators(sources: Sequence[Source], reading: Reading) -> Iterator[Source]:
    """The sources of one text, those of several annotators named by their folders."""
    first = sources[0]
    often = len({one.annotator for one in sources}) < len(sources)
    for one in sources:
        if one.text != first.text and one.text[1].read_bytes() != first.text[1].read_bytes():
            what = f"{first.text[0]} has the same name and another text, and articles are named after their files"
            fix = "rename one, or import each folder by itself"
            reading.problems.add(Problem(what, fix, file=one.text[0]))
            continue
        folder = PurePosixPath(one.parts[0][0]).parent.as_posix().removeprefix(".")
        annotator = "/".join(filter(None, (folder, one.annotator))) if often else one.annotator
        yield Source(one.text, one.parts, annotator)
