"""CLEF-2019 CheckThat! Task 1: one tab-separated file a debate or speech (Atanasova et al. 2019).

A line is `number, speaker, sentence, label`; the label is 1 where a fact-checker checked the sentence.
"""

from __future__ import annotations

from pathlib import Path

from allegata.exchange.common import Line, files_of, read_text, sentence_tables, split_of
from allegata.schema.imported import Imported, Notices
from allegata.schema.problems import Problem, Problems


def read_checkthat2019(path: Path) -> Imported:
    """`articles` and `sentences` of a folder of `.tsv` files, or of one.

    Raises UsageError where there is none, and ProblemsFound with every line that cannot be read.
    """
    notices, problems = Notices(), Problems()
    files: dict[str, tuple[str, list[Line]]] = {}
    splits: dict[str, str] = {}
    for file in files_of(path, "*.tsv"):
        text = read_text(file, notices)
        if isinstance(text, Problem):
            problems.add(text)
            continue
        lines: list[Line] = []
        numbers: set[str] = set()
        for number, row in enumerate(text.split("\n"), start=1):
            if not row.strip():
                if row:
                    notices.add("blank line, skipped", file.name)
                continue
            cells = row.split("\t")
            if len(cells) != 4 or cells[3].strip() not in ("0", "1"):
                problems.add(
                    Problem(
                        f"columns: {len(cells)}, label {cells[-1].strip()[:20]!r}",
                        "give number, speaker, sentence and the label 0 or 1, with tabs between",
                        file=file.name,
                        line=number,
                    )
                )
                continue
            if cells[0] in numbers:
                problems.add(
                    Problem(
                        f"line number {cells[0]} occurs twice",
                        "number the lines anew",
                        file=file.name,
                        line=number,
                    )
                )
            numbers.add(cells[0])
            if not cells[2].strip():
                notices.add("empty sentence, kept: the protocol ranks every line", file.name)
            lines.append(Line(cells[0], cells[2], cells[3].strip() == "1", cells[1] or None))
        if not any(line.check_worthy for line in lines):
            notices.add("file without a positive: its average precision is undefined", file.name)
        files[file.stem] = (file.name, lines)
        splits[file.stem] = split_of(file.relative_to(path.parent))
    problems.raise_if_any()
    # Short turns ("Thank you.") come back in every debate; repeated long ones are reused speech.
    return sentence_tables(files, notices, "en", splits, shortest=7)
