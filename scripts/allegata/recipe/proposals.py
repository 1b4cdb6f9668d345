"""Pre-annotation: what the models propose for articles, written beside the gold for people to correct."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from allegata.recipe.build import run
from allegata.recipe.drafts import PROPOSALS, guidelines_version, lose_nothing
from allegata.schema.problems import UsageError


@dataclass(frozen=True)
class Proposed:
    """What was written, and the row of the machine if annotations/annotators.jsonl does not have it yet."""

    drafts: Sequence[Path]
    written: Sequence[Path]
    annotator: str
    row: str | None


def pre_annotate(
    root: Path,
    corpus: Path,
    articles: Sequence[str] = (),
    *,
    tagger: Path | None = None,
    pipeline: str | None = None,
    replace: bool = False,
) -> Proposed:
    """Propose mentions, attributions and claims for `articles`, or for every article without a gold file.

    The models are trained on the published version `corpus`, without these articles. Under annotations/proposals,
    for each article: `gold/` what was proposed, in the gold format and marked as the machine's; `drafts/` the same
    as a draft, to be corrected; `entities/` a row for each entity that the register does not have. The gold itself
    is never touched. Raises `UsageError` for an unknown article, none to propose for, or a file that would be lost.
    """
    from allegata.annotate.draft import Sentences, draft_lines
    from allegata.annotate.gold import FORMAT, GoldArticle, gold_lines
    from allegata.annotate.registers import ANNOTATOR_FIELDS, ENTITY_FIELDS, read_register
    from allegata.annotate.stage import annotated_articles
    from allegata.annotate.writing import write_files
    from allegata.propose.proposers import Entity, train_proposers
    from allegata.propose.records import Sentence, propose
    from allegata.publish.projector import Projector
    from allegata.schema.published import load_corpus

    build = run(root, "clean")
    known = build.members["article_id"].to_pylist()
    if unknown := sorted(set(articles) - set(known)):
        more = f" and {len(known) - 10:,} more" if len(known) > 10 else ""
        raise UsageError(f"raw/ has no article {', '.join(unknown)}; it has: {', '.join(known[:10])}{more}")
    chosen = sorted(set(articles) or set(known) - annotated_articles(root / "annotations"))
    if not chosen:
        raise UsageError("every article of raw/ has a gold file: name the articles to propose for")
    folder = root / "annotations" / PROPOSALS
    kinds = ("gold", "drafts", "entities")
    if not replace:
        lose_nothing(folder / kind / f"{article_id}.jsonl" for kind in kinds for article_id in chosen)
    loaded = load_corpus(corpus)
    others = [article_id for article_id in loaded.articles if article_id not in chosen]
    if not others:
        raise UsageError(f"{loaded.name} has no other article to learn from")
    models = train_proposers(loaded, others, tagger=tagger, pipeline=pipeline)
    register, _ = read_register(root / "annotations" / "entities.jsonl", "entities.jsonl", ENTITY_FIELDS)
    header = {"record": "article", "format": FORMAT, "guidelines": guidelines_version(root)}
    known_entities = {
        row["id"]: Entity(row["id"], row["label"], row["subtype"]) for row in register if row["label"] is not None
    }
    files: dict[str, str] = {}
    for row in (row for batch in build.article_batches(chosen) for row in batch.to_pylist()):
        article_id, projector = row["article_id"], Projector.of(row)
        zoned = [Sentence(span, s["zone"]) for span, s in zip(projector.sentences, row["sentences"], strict=True)]
        records = propose(row["text"], projector.offsets, models, zoned, known_entities)
        proposal = GoldArticle(
            article_id, {**header, "article_id": article_id, "annotators": [models.annotator.id]}, tuple(records)
        )
        sentences = Sentences(row["text"], projector.sentences, projector.offsets)
        new = {
            record["entity_id"]: {
                "id": record["entity_id"],
                "name": record["segments"][0].quote(row["source_text"]),
                "label": record["label"],
                "subtype": record["subtype"],
                "description": f"Proposed by {models.annotator.id} for {article_id}.",
                "wikidata": None,
                "wikidata_status": "unverified",
                "wikidata_evidence": None,
            }
            for record in reversed(records)  # the first mention names it
            if record["record"] == "mention"
            and record["entity_id"] not in (None, *(entity["id"] for entity in register))
        }
        lines = {
            "gold": gold_lines(proposal, row["source_text"]),
            "drafts": draft_lines(proposal, sentences),
            "entities": (json.dumps(new[key], ensure_ascii=False) for key in sorted(new)),
        }
        for kind in kinds:
            files[f"{PROPOSALS}/{kind}/{article_id}.jsonl"] = "".join(f"{line}\n" for line in lines[kind])
    annotators, _ = read_register(root / "annotations" / "annotators.jsonl", "annotators.jsonl", ANNOTATOR_FIELDS)
    there = models.annotator.id in {annotator["id"] for annotator in annotators}
    written = write_files(root / "annotations", files)
    drafts = [folder / "drafts" / f"{article_id}.jsonl" for article_id in chosen]
    own_row = None if there else json.dumps(asdict(models.annotator), ensure_ascii=False)
    return Proposed(drafts, written, models.annotator.id, own_row)
