"""Pre-annotation: what patterns, rules and models propose for articles, beside the gold, for people to correct."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allegata.recipe.build import run
from allegata.recipe.drafts import PROPOSALS, guidelines_version, lose_nothing
from allegata.recipe.learning import find_lesson
from allegata.recipe.state import Build
from allegata.schema.files import one_at_a_time
from allegata.schema.problems import MissingExtraError, ProblemsFound, UsageError
from allegata.schema.wording import some

if TYPE_CHECKING:
    from allegata.annotate.stage import Registers
    from allegata.propose.learned import Entity
    from allegata.propose.names import Background
    from allegata.propose.proposers import ModelOptions, Proposers
    from allegata.propose.records import Proposal

KINDS = ("gold", "drafts", "entities")


@dataclass(frozen=True)
class Proposed:
    """What was written, and the row of the machine if annotations/annotators.jsonl does not have it yet.

    `notes` say in words which models took part, which could not and why, and what is not proposed for which article.
    """

    drafts: Sequence[Path]
    written: Sequence[Path]
    annotator: str
    row: str | None
    notes: Sequence[str] = ()


@one_at_a_time
def pre_annotate(
    root: Path,
    articles: Sequence[str] = (),
    *,
    corpus: Path | None = None,
    options: ModelOptions | None = None,
    replace: bool = False,
) -> Proposed:
    """Propose mentions, attributions and claims for `articles`, or for every article without a gold file.

    What gold there is for other articles is learned from: that of annotations/gold, else of the newest published
    version, or of the version `corpus`. Without any, patterns and rules propose alone. Under annotations/proposals,
    for each article: `gold/` what was proposed, in the gold format and marked as the machine's; `drafts/` the same
    as a draft, to be corrected; `entities/` a row for each entity that the register does not have. The gold itself
    is never touched. Raises `ProblemsFound` for a fault of a register or a gold file, `UsageError` for an unknown or
    a removed article, none to propose for, or a file that would be lost.
    """
    from allegata.annotate.stage import read_registers
    from allegata.propose.coverage import empty_note, gap_notes
    from allegata.schema.transaction import finish_writing, write_files
    from allegata.schema.unchanged import Before

    folder = root / "annotations"
    finish_writing(folder)
    before = Before.of(folder / PROPOSALS)
    build = run(root, "deduplicate")
    chosen = _chosen(build, articles)
    if not replace:
        lose_nothing(folder / PROPOSALS / kind / f"{article_id}.jsonl" for kind in KINDS for article_id in chosen)
    registers, problems = read_registers(folder, build.scheme)
    if problems:
        raise ProblemsFound(problems)
    models, notes = _models(build, registers, chosen, corpus, options)
    files: dict[str, str] = {}
    gaps: list[tuple[str, str, str]] = []
    proposed: dict[str, Entity] = {}
    guidelines, written_as = guidelines_version(root), backgrounds(build)
    for row in (row for batch in build.article_batches(chosen) for row in batch.to_pylist()):
        background = written_as[row.get("story")]
        for kind, lines in _proposal_lines(row, models, registers, background, guidelines, proposed).items():
            files[f"{PROPOSALS}/{kind}/{row['article_id']}.jsonl"] = "".join(f"{line}\n" for line in lines)
        gaps.append((row["article_id"], row["language"], row["text"]))
    notes += gap_notes(gaps, models)
    notes += [empty_note(name) for name in chosen if not files[f"{PROPOSALS}/drafts/{name}.jsonl"]]
    written = write_files(folder, files, before)
    drafts = [folder / PROPOSALS / "drafts" / f"{article_id}.jsonl" for article_id in chosen]
    there = models.annotator.id in {annotator["id"] for annotator in registers.annotators}
    own_row = None if there else json.dumps(asdict(models.annotator), ensure_ascii=False)
    return Proposed(drafts, written, models.annotator.id, own_row, notes)


def _chosen(build: Build, articles: Sequence[str]) -> list[str]:
    """The articles to propose for, sorted."""
    from allegata.annotate.stage import annotated_articles

    known = build.members["article_id"].to_pylist()
    faults = []
    for article_id in sorted(set(articles) - set(known)):
        why = build.removed.get(article_id)
        if why is None:
            faults.append(f"raw/ has no article {article_id}; it has: {some(known, 10)}")
        elif kept := why.get("canonical_id"):
            faults.append(f"{article_id} is a copy of {kept} ({why['evidence']}), which is kept: propose for {kept}")
        else:
            faults.append(f"{article_id} is removed by the stage {why['stage']}: {why['evidence']}")
    if faults:
        raise UsageError("\n".join(faults))
    build.refuse_if_empty()
    chosen = sorted(set(articles) or set(known) - annotated_articles(build.root / "annotations"))
    if not chosen:
        raise UsageError("every article of raw/ has a gold file: name the articles to propose for")
    return chosen


def _models(
    build: Build,
    registers: Registers,
    chosen: Sequence[str],
    corpus: Path | None,
    options: ModelOptions | None,
) -> tuple[Proposers, list[str]]:
    """What proposes, and in words what took part and what could not."""
    from allegata.propose.proposers import ModelOptions, rule_proposers, train_proposers

    options = dataclasses.replace(options or ModelOptions(), scheme=build.scheme)
    lesson = find_lesson(build, registers, chosen, corpus)
    if lesson is None:
        models = rule_proposers(options)
        return models, [f"{models.models}; nothing is learned: no other article has gold"]
    try:
        models = train_proposers(lesson.corpus, lesson.articles, options, lesson.name)
    except MissingExtraError as error:
        models = rule_proposers(options)  # raises again for what was asked for
        return models, [f"{models.models}; nothing is learned from {lesson.name}: {error}"]
    return models, [f"{models.models}; learned from {lesson.name}"]


def backgrounds(build: Build) -> Mapping[str | None, Background]:
    """How the articles of each story write their words."""
    from allegata.propose.names import Background

    found: dict[str | None, Background] = {}
    for batch in build.article_batches():
        for row in batch.to_pylist():
            found.setdefault(row.get("story"), Background()).add(row["text"], row["language"])
    return found


def _proposal_lines(
    article: Mapping[str, Any],
    models: Proposers,
    registers: Registers,
    background: Background,
    guidelines: str,
    proposed: dict[str, Entity],
) -> dict[str, Iterable[str]]:
    """The lines of the three files of one article.

    `proposed` are the new entities of the articles before, by id, and afterwards those of this one too: one that
    several articles name has one label.
    """
    from allegata.annotate.draft import Sentences, draft_lines
    from allegata.annotate.gold import FORMAT, GoldArticle, gold_lines
    from allegata.annotate.records import Records
    from allegata.propose.learned import Entity
    from allegata.propose.placement import Sentence
    from allegata.propose.proposers import Context
    from allegata.propose.records import propose
    from allegata.publish.projector import Projector

    projector, known = Projector.of(article), registers.entity
    zoned = [Sentence(span, s["zone"]) for span, s in zip(projector.sentences, article["sentences"], strict=True)]
    register = dict(proposed) | {name: Entity(name, row["label"]) for name, row in known.items()}
    names = {row["name"]: register[name] for name, row in known.items()}
    context = Context(article["language"], background, names)
    found = propose(article["text"], projector.offsets, models, zoned, register, context)
    header = {"record": "article", "format": FORMAT, "guidelines": guidelines, "annotators": [models.annotator.id]}
    forms = Records(registers.scheme)
    records = tuple(forms.proposed(record, article["source_text"]) for record in found.records)
    gold = GoldArticle(article["article_id"], {**header, "article_id": article["article_id"]}, records)
    sentences = Sentences(article["text"], projector.sentences, projector.offsets)
    new = _new_entities(found, article, models.annotator.id, known)
    proposed |= {name: Entity(name, row["label"]) for name, row in new.items() if row["label"]}
    return {
        "gold": gold_lines(gold, article["source_text"], registers.scheme),
        "drafts": draft_lines(gold, sentences, registers.scheme),
        "entities": (json.dumps(new[name], ensure_ascii=False) for name in sorted(new)),
    }


def _new_entities(
    found: Proposal, article: Mapping[str, Any], annotator: str, known: Mapping[str, Any]
) -> dict[str, dict[str, Any]]:
    """A row of the register for each entity that it does not have; the first mention names it."""
    named = {
        record["entity_id"]: (record["segments"][0], record["label"])
        for record in reversed(found.records)
        if record["record"] == "mention" and record["entity_id"] is not None
    }
    named |= {name: (span, None) for name, span in found.sources.items()}
    return {
        name: {
            "id": name,
            "name": span.quote(article["source_text"]),
            "label": label,
            "description": f"Proposed by {annotator} for {article['article_id']}.",
            "wikidata": None,
            "wikidata_status": "unverified",
            "wikidata_evidence": None,
        }
        for name, (span, label) in named.items()
        if name not in known
    }
