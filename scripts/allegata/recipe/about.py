"""What a build says of itself: its version, its inputs, what made it, and the facts of the card."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allegata.recipe.state import Build
from allegata.schema.digests import sha256_file

if TYPE_CHECKING:
    from allegata.publish.card.facts import CardFacts
    from allegata.publish.stored import Facts


def algorithms(annotations: Path | None = None) -> dict[str, object]:
    """Name, version and constants of everything that decides about the text, the curator of `annotations` too where one
    decided about lines."""
    from importlib.metadata import version

    from allegata.clean import language
    from allegata.clean.citations import NAME
    from allegata.clean.curated_lines import CURATED_LINES
    from allegata.clean.curated_lines import NAME as CURATOR
    from allegata.clean.judged_lines import NAME as LINES
    from allegata.clean.stage import PLAIN_TEXT_RULES, RULES
    from allegata.clean.stated import NAME as STATED
    from allegata.clean.web.article import NAMES
    from allegata.dedup.stage import DedupOptions
    from allegata.judge.judge import default_judge
    from allegata.judge.line_judge import default_line_judge
    from allegata.text import sentences

    curator = {CURATOR} if annotations and (annotations / CURATED_LINES).is_file() else set()
    return {
        "clean": sorted({name for name, _ in (*RULES, *PLAIN_TEXT_RULES)} | {NAME, LINES} | curator),
        "clean web pages": sorted(NAMES),
        "lift metadata": STATED,
        "judge web pages": [
            f"{default_judge().name} {default_judge().digest}",
            *(f"{package} {version(package)}" for package in ("resiliparse", "trafilatura")),
        ],
        "judge plain text": f"{default_line_judge().name} {default_line_judge().digest}",
        "deduplicate": DedupOptions().algorithm(),
        "sentences": f"sentencex {version('sentencex')}, {sentences.NAME}",
        "language": f"langdetect {version('langdetect')}, {language.ALGORITHM}, py3langid {version('py3langid')}",
    }


def card_facts(build: Build) -> CardFacts:
    """What the card says beside the tables: who annotated, and which articles resemble each other most."""
    from allegata.annotate.agreement_document import document
    from allegata.annotate.agreement_tables import first_table, in_words, markdown
    from allegata.publish.card.facts import CardFacts
    from allegata.publish.card.leaderboard import read_leaderboard_facts
    from allegata.publish.card.pre_annotation import read_pre_annotation
    from allegata.publish.splits import divided_stories
    from allegata.recipe import compare
    from allegata.schema.redactions import read_redactions

    most_similar = build.duplicates.most_similar if build.duplicates else None
    facts = CardFacts(
        settings=build.settings,
        most_similar=most_similar,
        divided=tuple(divided_stories(build.splits, build.stories)),
        leaderboard=read_leaderboard_facts(build.root),
        redacted=len(read_redactions(build.root / "annotations")),
    )
    if build.annotations is None:
        return facts
    annotations = build.root / "annotations"
    headers = {name: _headers(annotations, name) for name in sorted(build.annotations.passes)}
    passes = [annotations / "passes" / name for name in headers]
    gold = {name: tuple(article.annotators) for name, article in build.annotations.articles.items()}
    of_article: dict[str, list[frozenset[str]]] = {}
    for header in (header for found in headers.values() for header in found):
        of_article.setdefault(header["article_id"], []).append(frozenset(header["annotators"]))
    passed = Counter({name: len(found) for name, found in of_article.items()})
    twice = {name for name, who in of_article.items() if len(who) == 1 and who[0].isdisjoint(gold.get(name, ()))}
    compared = [*passes, annotations / "gold"] if twice and twice == passed.keys() else passes
    annotated = {*passed, *(gold if len(compared) > len(passes) else ())}
    articles = build.article_batches(article_id for article_id in build.splits if article_id in annotated)
    corpus = compare.corpus_of(articles, annotations)
    figures = compare.measured(corpus, compared, for_the_card=True)
    followed = {f"articles, pass {name}": {header["guidelines"] for header in found} for name, found in headers.items()}
    followed["published"] = {article.guidelines for article in build.annotations.articles.values()}
    return replace(
        facts,
        annotators=build.annotations.annotators,
        passes=build.annotations.passes,
        gold=gold,
        passed=passed,
        twice=frozenset(twice),
        agreement=first_table(figures) if figures.comparisons else "",
        agreement_figures=markdown(figures) if figures.comparisons else "",
        agreement_in_words=in_words(figures),
        agreement_document=document(figures) if figures.comparisons else None,
        pre_annotation=_measured_here(read_pre_annotation(build.root), build.splits),
        guidelines={part: tuple(sorted(versions)) for part, versions in followed.items()},
    )


def _headers(annotations: Path, name: str) -> list[Mapping[str, Any]]:
    """The first lines of the gold files of a pass, which have been read before."""
    from allegata.annotate.gold import header_of
    from allegata.annotate.stage import gold_files

    return [header_of(path) for path in gold_files(annotations, f"passes/{name}")]


def _measured_here(facts: Facts | None, articles: Collection[str]) -> Facts | None:
    """Figures of proposals, if any of the articles that they were measured on is still in the corpus."""
    if facts is None or {article for system in facts["systems"] for article in system["articles"]}.isdisjoint(articles):
        return None
    return facts


def inputs(build: Build) -> dict[str, str]:
    """sha256 of every article that came in, of the rows that describe them, and of every annotation file.

    Neither the order of the manifest nor of its keys says anything.
    Guidelines, expectations and the splits of older versions are no part of it: no published value comes from them
    but the split, which is the name of the file.
    """
    from allegata.clean.curated_lines import CURATED_LINES
    from allegata.dedup.decisions import DECISIONS
    from allegata.schema.redactions import REDACTIONS
    from allegata.schema.withdrawn import WITHDRAWN

    assert build.manifest is not None  # the first step read it
    names, digests = (build.manifest.rows[name].to_pylist() for name in ("file", "sha256"))  # ingestion compared them
    hashes = {f"raw/{build.file_name(name)}": digest for name, digest in zip(names, digests, strict=True)}
    files = dict(build.annotations.files) if build.annotations else {}
    curated = {name: build.root / "annotations" / name for name in (CURATED_LINES, DECISIONS, REDACTIONS, WITHDRAWN)}
    files |= {name: path for name, path in curated.items() if path.is_file()}
    hashes |= {f"annotations/{name}": sha256_file(path) for name, path in files.items()}
    hashes["raw/manifest.jsonl (rows)"] = build.manifest.digest
    return dict(sorted(hashes.items()))
