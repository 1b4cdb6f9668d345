"""A new corpus folder: settings, guidelines, scheme, empty registers, suites. Nothing is asked, nothing overwritten."""

from __future__ import annotations

import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from allegata.schema.files import one_at_a_time, replace_file
from allegata.schema.markup import inline
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.settings import PROJECT, SETTINGS, has_table, parse_settings
from allegata.schema.toml_files import TomlFile
from allegata.validate.suites import PACKAGED

TEMPLATE = Path(__file__).with_name("template")
# Empty files: rows are added by `allegata add` and by people.
EMPTY = ("raw/manifest.jsonl", "annotations/entities.jsonl", "annotations/annotators.jsonl")
_NOT_OF_A_NAME = re.compile(r"[^A-Za-z0-9._-]+")


@one_at_a_time
def init(
    folder: Path,
    *,
    name: str = "",
    title: str = "",
    subject: str = "",
    language: Sequence[str] = (),
    licence: str = "",
) -> list[Path]:
    """Write a corpus folder, and return what was written, the settings last: with them it is a corpus.

    `folder` is made where it is missing; without `name` the name is that of the folder. A file that is there with the
    same content is no fault, so that a run that was killed is finished by the same call.

    Raises `UsageError` for a setting that cannot be written and where a corpus is already, `ProblemsFound` with every
    file that would be overwritten.
    """
    if has_table(folder / PROJECT):
        raise UsageError(f"{folder} is a corpus already: its {PROJECT} has [tool.allegata]")
    given: dict[str, str | list[str]] = {
        "name": name or _name_of(folder),
        "title": title,
        "subject": subject,
        "language": list(language),
        "licence": licence,
    }
    files = {**_files(given), SETTINGS: _settings(given)}
    _refuse_to_overwrite(folder, files)
    written = []
    for file, text in files.items():
        path = folder / file
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            replace_file(path, text.encode())
            written.append(path)
    return written


def _name_of(folder: Path) -> str:
    plain = unicodedata.normalize("NFKD", folder.resolve().name).encode("ascii", "ignore").decode()
    return _NOT_OF_A_NAME.sub("-", plain).strip("._-") or "corpus"


def _settings(given: dict[str, str | list[str]]) -> str:
    """The template with what was given: the line of a key that is off is written anew."""
    text = (TEMPLATE / SETTINGS).read_text(encoding="utf-8")
    for key, value in given.items():
        if value:
            line = f"{key} = {_toml(value)}"
            text = re.sub(rf"^# {key} = .*$", lambda _, line=line: line, text, count=1, flags=re.M)  # type: ignore[misc]  # bound by its default
    try:
        text.encode()
        parse_settings(TomlFile(SETTINGS, tomllib.loads(text)))
    except UnicodeEncodeError:
        raise UsageError("a setting is not UTF-8: write it in another way, or later into allegata.toml") from None
    except ProblemsFound as found:
        raise UsageError("; ".join(f"{problem.what}: {problem.fix}" for problem in found.problems)) from None
    return text


def _toml(value: str | list[str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(" ".join(value.split()), ensure_ascii=False).replace("\x7f", "\\u007f")


def _files(given: dict[str, str | list[str]]) -> dict[str, str]:
    """Every file but the settings, by its path in the corpus."""
    named = {"@title@": str(given["title"] or given["name"]), "@name@": str(given["name"])}
    files = dict.fromkeys(EMPTY, "")
    for path in sorted(TEMPLATE.rglob("*")):
        file = path.relative_to(TEMPLATE).as_posix()
        if path.is_file() and file != SETTINGS:
            files[file] = path.read_text(encoding="utf-8")
    # At once: a title may hold what stands for the name.
    readme = re.sub("|".join(named), lambda found: inline(named[found[0]]), files["README.md"])
    files["README.md"] = readme
    files |= {f"expectations/{path.name}": path.read_text(encoding="utf-8") for path in sorted(PACKAGED.glob("*.json"))}
    return files


def _refuse_to_overwrite(folder: Path, files: dict[str, str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file: name a folder that is empty or does not exist")
    problems = []
    for file, text in files.items():
        path = folder / file
        if path.is_symlink() or path.exists():
            if not path.is_file() or path.read_bytes() != text.encode():
                problems.append(Problem("is there already", "move it away, or choose another folder", file=file))
        elif parent := next((above for above in path.parents if above.exists() and not above.is_dir()), None):
            what, where = "is a file where a folder is needed", os.path.relpath(parent, folder)
            where = parent.as_posix() if where.startswith("..") or where == "." else where
            problems.append(Problem(what, "move it away, or choose another folder", file=where))
    if problems:
        raise ProblemsFound(problems)
