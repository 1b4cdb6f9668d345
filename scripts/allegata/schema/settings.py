"""What a corpus folder says of itself: `allegata.toml`, or `[tool.allegata]` in a pyproject.toml."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

from allegata.schema.languages import language_fault
from allegata.schema.licences import is_licence
from allegata.schema.limits import DEFAULTS, Limits, limit_faults, limits_of
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from allegata.schema.responsible_ai import responsible_ai_faults, responsible_ai_of
from allegata.schema.toml_files import CONTROL, TomlFile, is_day, read_toml
from allegata.schema.versions import is_version

SETTINGS, PROJECT = "allegata.toml", "pyproject.toml"
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]+")  # of TOML: any other is quoted
_OUR_TABLE = re.compile(rb"^\s*\[\s*tool\s*\.\s*allegata\s*\]", re.M)
_SPLIT_BY = ("story", "article")


@dataclass(frozen=True)
class Settings:
    """The settings of one corpus. Texts are one line each but `description` and `citation`; "" and () say nothing.

    `name` is a short one, of letters, digits, `.`, `_` and `-`, as the Hub wants it; `title` is what people read.
    `subject` is the one story that all articles tell. `language` are BCP 47 tags that the curator expects; what was
    found is in the data. `licence` is an SPDX or Hub identifier, `licence_name` and `licence_url` say what "other"
    is; `text_licence` and `annotation_licence` state the terms of one layer where they are others: an identifier, or
    the terms in several words. `authors` are people ("Quill, Mara") or organisations, for the citation; `publisher` is
    one of either; `contact` is where removal is asked for, an address of mail or of the web. `published` is the day of
    the first publication (`2026-11-28`, or its month or year). `split_by` is None where the corpus does not say.
    `invented` says that the articles are invented, and what they tell with them.
    `allegata clean` names the articles whose confidence is below `low_confidence` (from 0 to 1).
    `follow_links` allows links inside raw/ and inside folders given to `allegata add` that lead out of them.
    `limits` say how large an input may be. `story_titles` are what people read as the name of a story, on pages alone.
    `corpus_version` pins the version that a build publishes or proves; without it a build
    proposes the next one itself. `responsible_ai` maps properties of Croissant's RAI vocabulary to what the curator
    states of them.
    """

    name: str = "corpus"
    title: str = ""
    subject: str = ""
    description: str = ""
    language: tuple[str, ...] = ()
    licence: str = "other"
    licence_name: str = ""
    licence_url: str = ""
    text_licence: str = ""
    annotation_licence: str = ""
    authors: tuple[str, ...] = ()
    publisher: str = ""
    funding: str = ""
    contact: str = ""
    citation: str = ""
    homepage: str = ""
    published: str = ""
    tags: tuple[str, ...] = ()
    split_by: Literal["story", "article"] | None = None
    invented: bool = False
    low_confidence: float = 0.8
    follow_links: bool = False
    limits: Limits = DEFAULTS
    story_titles: Mapping[str, str] = field(default_factory=dict)
    corpus_version: str | None = None
    responsible_ai: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def shown(self) -> str:
        """The title, or the name where there is none."""
        return self.title or self.name


_FIELDS = {one.name.replace("_", "-"): one.name for one in fields(Settings)}
_RESPONSIBLE_AI, _LIMITS, _STORY_TITLES = "responsible-ai", "limits", "story-titles"
_LISTS = ("language", "tags", "authors")
_FLAGS = ("invented", "follow-links")
_SHARES = ("low-confidence",)
_LONG = ("description", "citation")
_LINKS = ("licence-url", "homepage")
_LAYERS = ("text-licence", "annotation-licence")
_LINK = re.compile(r"https?://[^\s<>\"]+")
_MAIL = re.compile(r"[^\s<>\"@]+@[^\s<>\"@]+")


def find_root(start: Path) -> Path:
    """The nearest folder, `start` or above it, that has settings. Raises `UsageError` where none has."""
    for folder in (start.absolute(), *start.absolute().parents):
        if os.path.lexists(folder / SETTINGS) or has_table(folder / PROJECT):
            return folder
    raise UsageError(
        f"{start.absolute()} is not inside a corpus: there is no {SETTINGS}, and no {PROJECT} with [tool.allegata], "
        "here or above; go into the folder of a corpus, or make one with: allegata init DIR"
    )


def publishing_root(versions: Path) -> Path | None:
    """The folder of the corpus that published `versions`, a folder of versions or one of them: the nearest one above it
    with settings, if they lie in corpus/ of it. None for what came from elsewhere, wherever it was put."""
    try:
        root = find_root(versions)
    except UsageError:
        return None
    return root if versions.resolve().is_relative_to((root / "corpus").resolve()) else None


def has_table(path: Path) -> bool:
    """Whether a pyproject.toml has our table; one that is not TOML has it if a line says so, and is reported later."""
    if not path.is_file():
        return False
    found = read_toml(path, PROJECT)
    if isinstance(found, Problem):
        try:
            return _OUR_TABLE.search(path.read_bytes()) is not None
        except OSError:
            return False
    tool = found.values.get("tool")
    return isinstance(tool, dict) and "allegata" in tool


def read_settings(root: Path) -> Settings:
    """The settings of the corpus in `root`; `allegata.toml` goes before pyproject.toml.

    Raises `ProblemsFound` with everything that is wrong with them, `UsageError` where the folder has none.
    """
    path, table = settings_file(root)
    found = read_toml(path, path.name)
    if isinstance(found, Problem):
        raise ProblemsFound([found])
    return parse_settings(found, table)


def settings_around(start: Path) -> Settings:
    """The settings of the corpus that `start` is in; those of no corpus outside of one. Raises as `read_settings`."""
    try:
        root = find_root(start)
    except UsageError:
        return Settings()
    return read_settings(root)


def limits_around(start: Path) -> Limits:
    """The limits of the corpus that `start` is in; outside of every corpus the defaults. Raises as `read_settings`."""
    return settings_around(start).limits


def parse_settings(found: TomlFile, table: tuple[str, ...] = ()) -> Settings:
    """The settings in a table of a file. Raises `ProblemsFound` with everything that is wrong with them."""
    values: Any = found.values
    for part in table:
        values = values.get(part, {})
    if not isinstance(values, dict):
        raise ProblemsFound([found.problem("[tool.allegata] is not a table", "write a table", *table)])
    if problems := list(_faults(found, table, values)):
        raise ProblemsFound(problems)
    return Settings(**{_FIELDS[key]: _value(key, value) for key, value in values.items()})


def settings_file(root: Path) -> tuple[Path, tuple[str, ...]]:
    """The file that holds the settings of the corpus in `root`, and the table in it.

    Raises `UsageError` where the folder has none.
    """
    if os.path.lexists(root / SETTINGS):
        return root / SETTINGS, ()
    if has_table(root / PROJECT):
        return root / PROJECT, ("tool", "allegata")
    what = "is not a corpus" if root.is_dir() else "is not a folder"
    raise UsageError(
        f"{root} {what}: there is no {SETTINGS}, and no {PROJECT} with [tool.allegata]; "
        f"make a corpus with: allegata init {root}"
    )


def _value(key: str, value: Any) -> Any:
    if key == _RESPONSIBLE_AI:
        return responsible_ai_of(value)
    if key == _LIMITS:
        return limits_of(value)
    if key == _STORY_TITLES:
        return {story: " ".join(title.split()) for story, title in value.items()}
    if key in _FLAGS or key in _SHARES:
        return value
    if key in _LISTS:
        return (value,) if isinstance(value, str) else tuple(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.strip() if key in _LONG else " ".join(value.split())


def _faults(file: TomlFile, table: tuple[str, ...], values: dict[str, Any]) -> Iterator[Problem]:
    for key, value in values.items():
        path = (*table, key)
        if key not in _FIELDS:
            yield file.problem(f"unknown setting {key!r}", f"use one of {', '.join(_FIELDS)}", *path)
        elif key == _RESPONSIBLE_AI:
            yield from responsible_ai_faults(file, path, value)
        elif key == _LIMITS:
            yield from limit_faults(file, path, value)
        elif key == _STORY_TITLES:
            yield from _title_faults(file, path, value)
        elif key in _LISTS:
            items = value if isinstance(value, list) else [value]
            if not all(isinstance(item, str) and item.strip() for item in items):
                yield file.problem(f"{key} is not a list of texts", f'write {key} = ["…", "…"]', *path)
            elif any(map(CONTROL.search, items)):
                yield file.problem(f"{key} has a control character: {items!r}", "remove it", *path)
            elif key == "language":
                found = filter(None, map(language_fault, items))
                yield from (file.problem(f"the language {what}", fix, *path) for what, fix in found)
        elif key in _FLAGS:
            if not isinstance(value, bool):
                yield file.problem(f"{key} is {value!r}", f"write {key} = true, or remove the line", *path)
        elif key in _SHARES:
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                yield file.problem(f"{key} is {value!r}", f"write a number from 0 to 1, as {key} = 0.8", *path)
        elif key == "published" and isinstance(value, date) and not isinstance(value, datetime):
            continue
        elif not isinstance(value, str):
            yield file.problem(f"{key} is not a text", f'write {key} = "…"', *path)
        elif CONTROL.search(value):
            yield file.problem(f"{key} has a control character: {value!r}", "remove it", *path)
        elif key == "name" and not _NAME.fullmatch(value):
            yield file.problem(
                f"the name {value!r} has characters other than letters, digits, '.', '_' and '-'",
                "write a short name; what people read is the title",
                *path,
            )
        elif key == "split-by" and value not in _SPLIT_BY:
            yield file.problem(f"split-by is {value!r}", 'write "story" or "article"', *path)
        elif key == "corpus-version" and not is_version(value):
            what = f"corpus version {value!r} is not X.Y.Z"
            yield file.problem(what, 'write corpus-version = "1.0.0", or remove the line', *path)
        elif key == "licence" and not is_licence(value) and not values.get("licence-name"):
            yield file.problem(
                f"licence {value!r} is no SPDX or Hub identifier",
                'write one, as CC-BY-4.0, or licence = "other" with licence-name = "…"',
                *path,
            )
        elif key in _LAYERS and not is_licence(value) and len(value.split()) < 2:
            what = f"{key} {value!r} is no SPDX or Hub identifier"
            yield file.problem(what, "write one, as CC-BY-4.0, or the terms in several words", *path)
        elif key == "contact" and not _LINK.fullmatch(value) and not _MAIL.fullmatch(value):
            what = f"contact {value!r} is no address of mail or of the web"
            yield file.problem(what, 'write contact = "name@example.org" or contact = "https://…"', *path)
        elif key == "published" and not is_day(value):
            yield file.problem(f"published is {value!r}", 'write a date: "2026-11-28", "2026-11" or "2026"', *path)
        elif key in _LINKS and not _LINK.fullmatch(value):
            yield file.problem(f"{key} {value!r} is no web address", f'write {key} = "https://…"', *path)


def _title_faults(file: TomlFile, path: tuple[str, ...], values: Any) -> Iterator[Problem]:
    if not isinstance(values, dict):
        yield file.problem(f"{path[-1]} is not a table", f'write {path[-1]}.STORY = "…", a line for each story', *path)
        return
    for story, title in values.items():
        key = story if _PLAIN_KEY.fullmatch(story) else json.dumps(story, ensure_ascii=False)
        fix = f'write {path[-1]}.{key} = "…", or remove the line'
        if not isinstance(title, str) or not title.strip():
            yield file.problem(f"the title of the story {story!r} is {title!r}", fix, *path, story)
        elif CONTROL.search(title):
            yield file.problem(
                f"the title of the story {story!r} has a control character: {title!r}", fix, *path, story
            )
