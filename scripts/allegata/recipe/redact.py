"""A person out of everything that is published from now on: each name replaced by one placeholder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allegata.schema.problems import Problem, Problems, UsageError
from allegata.schema.redactions import REDACTIONS, Place, Redaction, read_redactions, render_redactions
from allegata.text.person_names import PersonNames, parts
from allegata.text.redaction import Redactor

if TYPE_CHECKING:
    from allegata.clean.redaction import Doubt
    from allegata.recipe.state import Build

Row = dict[str, Any]
_PLACE = re.compile(r"(.+):([0-9]{1,18})-([0-9]{1,18})")
_STATED = ("title", "publisher", "author", "ai_disclosure", "rights", "tags", "story", "url", "file")


@dataclass(frozen=True)
class RedactedPerson:
    """What a redaction does: in how many places of which article, in how many records of which file of annotations,
    which addresses were cut, what a curator has to look at, and which versions still name the person."""

    placeholder: str
    entity_id: str
    names: tuple[str, ...]
    articles: Mapping[str, int]
    records: Mapping[str, int]
    addresses: Mapping[str, str]
    by_hand: tuple[str, ...]
    held: Mapping[str, tuple[str, ...]]


def redact(
    root: Path,
    person: str,
    *,
    aliases: Iterable[str] = (),
    placeholder: str | None = None,
    replace_also: Iterable[str] = (),
    leave: Iterable[str] = (),
    dry_run: bool = False,
) -> RedactedPerson:
    """Replace `person` (an id or a name of the register, or any name) by `placeholder` in all that is published from
    now on; "[Person 1]" and so on where none is given.

    `replace_also` and `leave` decide what is in doubt: characters as they stand, for all such places, or
    `ARTICLE:START-END` (offsets of the source text of raw/) for one. Gold, passes, proposals, registers and what is
    said across articles are written anew, spans and quotes too; raw/ and published versions stay as they are. One
    change, and none with `dry_run`. Raises `ProblemsFound` with every place in doubt, and for what cannot be read or
    re-anchored; `UsageError` for a placeholder that holds a name, and while another process writes to the corpus.
    """
    from allegata.clean.redaction import doubt_problems
    from allegata.ingest.add import changing
    from allegata.recipe.build import run
    from allegata.recipe.redact_files import rewritten
    from allegata.schema.transaction import write_files

    annotations, raw = root / "annotations", root / "raw"
    if not raw.is_dir():
        raise UsageError(f"{root} has no articles: there is no folder raw/")
    with changing(raw, annotations) as (_, _, standing):
        build = run(root, "ingest")
        before = read_redactions(annotations)
        old = next((one for one in before if person in (one.person, one.entity_id, one.placeholder, *one.names)), None)
        entities = _entities(build)
        entity = _entity(entities, person, old)
        record = _record(entities, entity, person, old, len(before) + 1, placeholder)
        names = (*record.names, *(alias for alias in aliases if alias not in record.names))
        known = build.stories.keys()
        decided = [(one, True) for one in replace_also] + [(one, False) for one in leave]
        record = _decided(replace(record, names=names), decided, known)
        record = _with_mentions(build, record, Redactor(before), entity)
        shared = (word for one in entities if one is not entity for word in parts(str(one.get("name", ""))))
        own = {word for name in record.names for word in parts(name)}
        record = replace(record, shared=tuple(sorted(own.intersection(shared))))
        if any(map(Redactor((record,)).names_in, (record.placeholder, record.entity_id))):
            raise UsageError(f"{record.placeholder!r} holds a part of the name: choose another placeholder with --as")
        after = tuple(record if one is old else one for one in before) if old else (*before, record)
        new, problems = Redactor(after), Problems()
        doubts: list[Doubt] = []
        counts, addresses = _in_articles(build, new, record, problems, doubts)
        ids = {str(entity["id"]): record.entity_id} if entity else {}
        changed = rewritten(build, Redactor(before), new, ids, record, problems, doubts)
        problems.extend(doubt_problems(doubts))
        held = _held(root / "corpus", Redactor((record,)))
        by_hand = tuple(_by_hand(build, entity, record))
        if not (old or counts or changed or addresses or held or by_hand or doubts):
            what = f"{person!r} is in no article, no annotation and no version: nothing was changed"
            problems.add(Problem(what, "check the spelling, or name the person as an article does"))
        problems.raise_if_any()
        if not dry_run:
            files = {name: text for name, (text, _) in changed.items()}
            write_files(annotations, {**files, REDACTIONS: render_redactions(after)}, standing)
        return RedactedPerson(
            record.placeholder,
            record.entity_id,
            record.names,
            counts,
            {f"annotations/{name}": count for name, (_, count) in changed.items()},
            addresses,
            (*by_hand, f"raw/ and annotations/{REDACTIONS} keep the name: they are what the next version is made from"),
            held,
        )


def _entities(build: Build) -> list[Row]:
    from allegata.annotate.stage import read_registers

    registers, faults = read_registers(build.root / "annotations", build.scheme)
    problems = Problems()
    problems.extend(faults)
    problems.raise_if_any()
    return [dict(row) for row in registers.entities]


def _entity(entities: list[Row], person: str, old: Redaction | None) -> Row | None:
    """The entry of the register that is meant, None where there is none."""
    found = [row for row in entities if person == row["id"] or parts(person) == parts(row["name"])]
    if old and not found:
        found = [row for row in entities if row["id"] == old.entity_id]
    if len(found) > 1:
        raise UsageError(f"{person} is the name of {', '.join(row['id'] for row in found)}: say which, by its id")
    return found[0] if found else None


def _record(
    entities: list[Row], entity: Row | None, person: str, old: Redaction | None, number: int, placeholder: str | None
) -> Redaction:
    """The redaction as far as the register and the one before it know."""
    shown = placeholder or (old.placeholder if old else f"[Person {number}]")
    if shown != " ".join(shown.split()) or not any(map(str.isalnum, shown)):
        raise UsageError(f"--as {shown!r} is no placeholder: one line with a letter or a digit, without outer blanks")
    if old and shown != old.placeholder:
        raise UsageError(f"{old.placeholder} is the placeholder already, and annotations hold it: leave --as out")
    if old:
        return old
    name = str(entity["name"]) if entity else person
    given = str(entity["id"]) if entity else person
    if not any(map(str.isalnum, name)):
        raise UsageError(f"{person!r} is no name")
    slug = re.sub(r"[^a-z0-9]+", "-", shown.lower()).strip("-") or f"person-{number}"
    if entity and not PersonNames((name,)).find(given.replace("-", " "), known=True):
        slug = given  # the id says nothing
    elif slug in {row["id"] for row in entities}:
        slug = f"{slug}-redacted"
    return Redaction(given, slug, shown, (name,))


def _decided(record: Redaction, decided: Iterable[tuple[str, bool]], known: Iterable[str]) -> Redaction:
    """The redaction with what the curator decides: the later decision holds."""
    articles = set(known)
    surfaces = {**dict.fromkeys(record.replace, True), **dict.fromkeys(record.leave, False)}
    places = {(one.article_id, one.start, one.end): one for one in record.places}
    for said, verdict in decided:
        match = _PLACE.fullmatch(said)
        if match and match.group(1) in articles:
            place = Place(match.group(1), int(match.group(2)), int(match.group(3)), "", verdict)
            places[place.article_id, place.start, place.end] = place
        else:
            surfaces[said] = verdict
    return replace(
        record,
        replace=tuple(sorted(surface for surface, verdict in surfaces.items() if verdict)),
        leave=tuple(sorted(surface for surface, verdict in surfaces.items() if not verdict)),
        places=tuple(places[key] for key in sorted(places)),
    )


def _with_mentions(build: Build, record: Redaction, before: Redactor, entity: Row | None) -> Redaction:
    """The redaction with what gold and passes know: names that mentions of the person have, and the places of parts of
    a name that are annotated as the person. Places that the curator named get the characters that stand there."""
    from allegata.recipe.redact_files import name_mentions

    mentions = name_mentions(build, str(entity["id"]), before) if entity else {}
    names, places = list(record.names), {(one.article_id, one.start, one.end): one for one in record.places}
    wanted = mentions.keys() | {one.article_id for one in record.places}
    texts = dict(_texts(build, wanted))
    for article_id, spans in sorted(mentions.items()):
        for start, end in spans:
            quote = texts[article_id][start:end]
            if not PersonNames(tuple(names)).find(quote, known=True):
                names.append(" ".join(quote.split()))
    for article_id, spans in sorted(mentions.items()):
        words = frozenset(word for name in names for word in parts(name))  # all in doubt: the mentions decide
        for one in PersonNames(tuple(names), words).find(texts[article_id]):
            if not one.certain and any(start <= one.start and one.end <= end for start, end in spans):
                key = (article_id, one.start, one.end)
                places.setdefault(key, Place(article_id, one.start, one.end, one.surface, True))
    for key, place in list(places.items()):
        text = texts.get(place.article_id, "")
        if place.start >= place.end or place.end > len(text):
            raise UsageError(f"{place.article_id}:{place.start}-{place.end} is no place of its source text")
        for one in PersonNames(tuple(names)).find(text):
            if one.start < place.start < one.end or one.start < place.end < one.end:
                right = f"{place.article_id}:{one.start}-{one.end}"
                raise UsageError(f"{place.article_id}:{place.start}-{place.end} cuts a name: {one.surface} is {right}")
        places[key] = replace(place, exact=text[place.start : place.end])
    return replace(record, names=tuple(names), places=tuple(places[key] for key in sorted(places)))


def _texts(build: Build, only: Iterable[str] | None = None) -> Iterator[tuple[str, str]]:
    """The source texts of raw/, nothing replaced."""
    for batch in build.article_batches(only, ["article_id", "source_text"]):
        yield from zip(batch["article_id"].to_pylist(), batch["source_text"].to_pylist(), strict=True)


def _in_articles(
    build: Build, new: Redactor, record: Redaction, problems: Problems, doubts: list[Doubt]
) -> tuple[dict[str, int], dict[str, str]]:
    """In how many places of each article the person is replaced, which addresses are cut and to what; what is in doubt
    goes to `doubts`."""
    from allegata.clean.redaction import Doubt

    counts: dict[str, int] = {}
    addresses: dict[str, str] = {}
    person = Redactor((record,))
    for batch in build.article_batches(None, ["article_id", "source_text", *_STATED]):
        for row in batch.to_pylist():
            article_id, article = row["article_id"], new.article(row["article_id"], row["source_text"])
            if new.names_in(article_id):
                what = "its id holds the name, and an id cannot be replaced"
                fix = "withdraw it (allegata withdraw), and add it under another id"
                problems.add(Problem(what, fix, file="raw/manifest.jsonl", article_id=article_id))
            doubts += [Doubt.of(one, row["source_text"], article_id) for one in article.source.doubts]
            if count := sum(text == record.placeholder for _, _, text in article.source.moved.places):
                counts[article_id] = count
            for name in _STATED:
                for text in row[name] if isinstance(row[name], list) else [row[name]] if row[name] else []:
                    shown, found = article.url(text) if name == "url" else article.string(text)
                    doubts += [Doubt.of(one, text, article_id, name) for one in found]
                    if name == "url" and person.article(article_id, row["source_text"]).url(text)[0] != text:
                        addresses[article_id] = shown or ""
    return counts, addresses


def _by_hand(build: Build, entity: Row | None, record: Redaction) -> Iterator[str]:
    """What this command does not change, and a curator has to look at."""
    from allegata.recipe.redacted import strings
    from allegata.schema.settings import settings_file

    person = Redactor((record,))
    if entity and entity.get("description"):
        yield f"entity {record.entity_id} keeps what the register says of it beside its names: {entity['description']}"
    for key, value in asdict(build.settings).items():
        if any(person.names_in(text) for _, text in strings(value, key)):
            yield f"{settings_file(build.root)[0].name}: {key} names the person"
    folder = build.root / "annotations"
    for path in sorted(path for path in folder.rglob("[!.]*") if path.is_file()):
        name = f"annotations/{path.relative_to(folder).as_posix()}"
        if person.names_in(path.stem):
            yield f"{name}: the name of the file names the person"
        if path.suffix in (".md", ".toml") and (found := person.names_in(path.read_bytes().decode(errors="replace"))):
            yield f"{name} may name the person: {', '.join(sorted(set(found)))}"


def _held(corpus: Path, person: Redactor) -> dict[str, tuple[str, ...]]:
    """Published version -> the articles in it that name the person, or may; oldest first."""
    from allegata.recipe.holding_versions import holding_versions

    def names(row: Row) -> bool:
        found = person.article(row["article_id"], row["source_text"]).source
        return bool(found.moved.places or found.doubts)

    return holding_versions(corpus, ["source_text"], names)
