"""`allegata redact`: no later version names the person, in any form; what is in doubt waits for the curator."""

from __future__ import annotations

import json
import re
import shutil
import unicodedata
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.ingest.add import add
from allegata.recipe.build import run
from allegata.recipe.drafts import import_drafts
from allegata.recipe.init import init
from allegata.recipe.redact import redact
from allegata.recipe.verify import verify
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.schema.redactions import read_redactions
from allegata.schema.transaction import finish_writing
from killing import killed_before_step
from project import edit_rows, read_rows, tree

PERSON = "ilona-kestrova"
# Every form that the articles below have.
FORMS = re.compile(r"kestrov|ilona|илон|кестров|克斯特罗娃|\bi\. ?k\b")
BRIDGE = """Bridge opens in Talmark

The bridge of Talmark opens on Monday, Ilona Késtrova said. Késtrova's office paid 40 crowns for it. “It will hold,” \
KESTROVA wrote, and I. Kestrova signed.

The drawings are Ilona Kestrova’s. They are at https://talmark.example/people/ilona-kestrova and \
ilonakestrova@talmark.example answers. Critics such as Per Aldin call it ugly.
"""
FERRY = {
    "text": "Ferry stops in Talmark\n\nThe ferry stops in May, said Kestrova, Ilona, the engineer. Ilona Maria "
    "Kestrova had warned of it.\n\nKestrova’s bridge takes its place. The ferry was 40 years old, and 90 people worked "
    "on it.",
    "title": "Ilona Kestrova stops the ferry",
    "author": "Ilona Kestrova",
    "url": "https://news.example/2031/ilona-kestrova-ferry",
    "story": "bridge",
}
RUSSIAN = {
    "text": "Мост открыт в Талмарке\n\nМост открыт в понедельник, сказала Илона Кестрова. Критики Илоны Кестровой "
    "недовольны. Он стоил сорок крон, и его строили восемь лет.",
    "language": "ru",
    "story": "bridge",
}
CHINESE = {
    "text": "大桥星期一开通\n\n伊洛娜克斯特罗娃说，大桥星期一开通。大桥花费四十克朗，建造了八年。",
    "story": "bridge",
}
ALIASES = ("Илона Кестрова", "Илоны Кестровой", "伊洛娜克斯特罗娃")
ENTITIES = [
    {"id": PERSON, "name": "Ilona Kestrova", "label": "PERSON", "description": "an engineer", "wikidata": "Q1"},
    {"id": "per-aldin", "name": "Per Aldin", "label": "PERSON"},
]
DRAFT = [
    {"record": "mention", "s": 2, "quote": "Ilona Késtrova", "label": "PERSON", "entity_id": PERSON},
    {
        "record": "attribution",
        "id": "a1",
        "s": 2,
        "source": ["Ilona Késtrova"],
        "cue": ["said"],
        "content": ["The bridge of Talmark opens on Monday"],
        "source_id": PERSON,
        "quotation_type": "indirect",
    },
    {
        "record": "claim",
        "id": "c1",
        "s": 2,
        "quote": "The bridge of Talmark opens on Monday",
        "claim_type": "prediction",
        "attribution_id": "a1",
        "claimer_id": PERSON,
    },
    {"record": "mention", "s": 3, "quote": "Késtrova", "label": "PERSON", "entity_id": PERSON},
    {
        "record": "claim",
        "id": "c2",
        "s": 3,
        "quote": "Késtrova's office paid 40 crowns for it",
        "claim_type": "reported_fact",
        "decontextualised": "The office of Ilona Kestrova paid 40 crowns for the bridge.",
    },
]


def corpus(place: Path, *more: dict[str, str]) -> tuple[Path, dict[str, str]]:
    """A corpus of some articles, one of them annotated; its ids by the first word of each article."""
    root = place / "corpus"
    init(root, title="A bridge", subject="a bridge", language=["en"])
    (place / "bridge.txt").write_text(BRIDGE)
    rows = [FERRY, RUSSIAN, CHINESE, *more]
    (place / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    report = add([place / "bridge.txt", place / "rows.jsonl"], root, story="bridge")
    names = {article_id: found.rpartition(":")[2].split("/")[-1] for article_id, found in report.places.items()}
    ids = {name: article_id for article_id, name in names.items()}
    annotations = root / "annotations"
    (annotations / "entities.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ENTITIES))
    (annotations / "annotators.jsonl").write_text(json.dumps({"id": "reader", "kind": "human"}) + "\n")
    draft = place / f"{ids['bridge.txt']}.jsonl"
    draft.write_text("".join(json.dumps(row) + "\n" for row in DRAFT))
    import_drafts(root, [draft], "gold", ("reader",))
    return root, ids


def named_file(root: Path, article_id: str) -> None:
    """The raw file of an article under a name that a person gave it."""
    (root / "raw" / f"{article_id}.txt").rename(root / "raw" / "ilona-kestrova.txt")

    def rename(rows: list[dict[str, Any]]) -> None:
        next(row for row in rows if row["id"] == article_id)["file"] = "ilona-kestrova.txt"

    edit_rows(root / "raw" / "manifest.jsonl", rename)


def plain(text: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)).casefold()


def cells(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | dict):
        for one in [*value, *value.values()] if isinstance(value, dict) else value:
            yield from cells(one)


def named(folder: Path) -> list[str]:
    """Every string of every file below a folder that has a form of the name, file names and bytes of files too."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        texts = [path.relative_to(folder).as_posix()]
        texts += cells(pq.ParquetFile(path).read().to_pylist()) if path.suffix == ".parquet" else [path.read_text()]
        found += [f"{path.name}: {text[:200]}" for text in texts if FORMS.search(plain(text))]
        found += [path.name for form in ("Kestrova", "kestrova", "Кестров") if form.encode() in path.read_bytes()]
    return found


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    root, ids = corpus(tmp_path_factory.mktemp("before"))
    named_file(root, ids["bridge.txt"])
    run(root)
    return root, ids


def copy(before: tuple[Path, dict[str, str]], place: Path) -> Path:
    return Path(shutil.copytree(before[0], place / "corpus"))


@pytest.fixture(scope="module")
def after(before: tuple[Path, dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = copy(before, tmp_path_factory.mktemp("after"))
    redact(root, PERSON, aliases=ALIASES, replace_also=["Ilona Maria Kestrova"])
    run(root)
    return root


def test_no_string_of_the_next_version_has_a_form_of_the_name(after: Path) -> None:
    assert len(named(after / "corpus" / "v1.0.0")) > 50
    assert named(after / "corpus" / "v1.1.0") == []
    verify(after / "corpus")


def rows(root: Path, table: str) -> list[dict[str, Any]]:
    paths = sorted((root / "corpus" / "v1.1.0" / table).glob("*.parquet"))
    return [row for path in paths for row in pq.ParquetFile(path).read().to_pylist()]


def test_the_placeholder_stands_for_the_person_in_text_layers_register_and_metadata(
    after: Path, before: tuple[Path, dict[str, str]]
) -> None:
    articles = {row["article_id"]: row for row in rows(after, "articles")}
    bridge, ferry = (articles[before[1][name]] for name in ("bridge.txt", "1"))
    assert bridge["text"].startswith(
        "Bridge opens in Talmark\n\nThe bridge of Talmark opens on Monday, [Person 1] said. [Person 1]'s office paid"
    )
    assert "“It will hold,” [Person 1] wrote, and [Person 1] signed." in bridge["text"]
    assert bridge["file"] == "person-1.txt"
    assert (ferry["title"], ferry["author"]) == ("[Person 1] stops the ferry", "[Person 1]")
    assert ferry["url"] == "https://news.example/"
    mentions = [(row["surface"], row["entity_id"], row["entity_name"]) for row in rows(after, "entities")]
    assert mentions == [("[Person 1]", "person-1", "[Person 1]")] * 2
    claims = {row["claim_id"].rpartition(":")[2]: row for row in rows(after, "claims")}
    assert claims["c001" if "c001" in claims else "c1"]["claimer_id"] == "person-1"
    said = [row["decontextualised"] for row in claims.values()]
    assert "The office of [Person 1] paid 40 crowns for the bridge." in said
    person = next(row for row in rows(after, "entity_register") if row["entity_id"] == "person-1")
    assert (person["name"], person["wikidata"]) == ("[Person 1]", None)


def test_gold_is_on_the_new_text_and_no_file_of_annotations_but_the_record_has_the_name(after: Path) -> None:
    run_again = run(after, "annotate")
    assert run_again.annotations is not None
    assert (run_again.annotations.moved, run_again.annotations.changed) == (0, ())
    shutil.copytree(after / "annotations", copied := after.parent / "annotations")
    (copied / "redactions.jsonl").unlink()
    assert named(copied) == []


def test_the_same_command_again_changes_nothing(after: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(after, tmp_path / "corpus"))
    old = tree(root)
    redact(root, PERSON)
    redact(root, "[Person 1]")
    assert tree(root) == old


def test_a_name_that_is_nowhere_is_refused_and_documents_are_read_for_this_person_alone(
    after: Path, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(after, tmp_path / "corpus"))
    old = tree(root)
    for more in ([], ["--dry-run"]):
        shown = CliRunner().invoke(app, ["redact", "Quirin Maldew", "--root", str(root), *more])
        assert shown.exit_code == 1, shown.output
        assert "'Quirin Maldew' is in no article, no annotation and no version: nothing was changed" in shown.output
        assert tree(root) == old
    (root / "annotations" / "NOTES.md").write_text("Maldew asked us.")
    assert "annotations/NOTES.md may name the person: Maldew" in redact(root, "Quirin Maldew", dry_run=True).by_hand
    assert not any("NOTES" in line for line in redact(root, PERSON, dry_run=True).by_hand)


def test_the_report_names_older_versions_and_addresses_that_were_cut(
    before: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    root, ids = before
    old = tree(root)
    found = redact(root, PERSON, aliases=ALIASES, replace_also=["Ilona Maria Kestrova"], dry_run=True)
    assert tree(root) == old
    assert found.addresses == {ids["1"]: "https://news.example/"}
    assert found.held == {"1.0.0": tuple(sorted(ids.values()))}
    assert any("an engineer" in line for line in found.by_hand)
    command = ["redact", PERSON, "--dry-run", "--root", str(root), "--replace", "Ilona Maria Kestrova"]
    result = CliRunner().invoke(app, [*command, *(part for alias in ALIASES for part in ("--alias", alias))])
    assert result.exit_code == 0, result.output
    assert "corpus/v1.0.0 still holds the name" in result.output
    assert "nothing was written" in result.output


def test_what_is_in_doubt_is_listed_and_nothing_is_written_until_it_is_decided(tmp_path: Path) -> None:
    other = {"text": "Choir sings\n\nOlga Kestrova sings on Monday. Kestrova has sung for 20 years, said Per Aldin."}
    root, ids = corpus(tmp_path, other)
    old = tree(root)
    with pytest.raises(ProblemsFound) as found:
        redact(root, PERSON, aliases=ALIASES, replace_also=["Ilona Maria Kestrova"])
    text = str(found.value)
    assert "'Kestrova'" in text
    assert "2 places" in text
    assert f"{ids['4']}:18-26 “Choir sings Olga Kestrova sings on Monday." in text
    assert "--leave" in text
    assert tree(root) == old
    places = [f"{ids['4']}:18-26", f"{ids['4']}:{(at := other['text'].rindex('Kestrova'))}-{at + 8}"]
    with pytest.raises(UsageError, match="cuts a name: Kestrova is"):
        redact(root, PERSON, leave=[f"{ids['4']}:19-26"])
    redact(root, PERSON, aliases=ALIASES, replace_also=["Ilona Maria Kestrova", places[1]], leave=places[:1])
    texts = {row["article_id"]: row["text"] for row in run(root, "clean").articles.to_pylist()}
    assert texts[ids["4"]].endswith("Olga Kestrova sings on Monday. [Person 1] has sung for 20 years, said Per Aldin.")
    assert "[Person 1]'s office" in texts[ids["bridge.txt"]]


def test_an_article_that_comes_later_is_redacted_or_asked_about(after: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(after, tmp_path / "corpus"))
    (tmp_path / "later.txt").write_text(
        "Prize for a bridge\n\nIlona Kestrova wins a prize of 9 crowns. Kestrova smiled.\n"
    )
    add([tmp_path / "later.txt"], root, story="bridge")
    assert "kestrova" not in plain("".join(run(root, "validate").articles["text"].to_pylist()))
    (tmp_path / "doubt.txt").write_text("Prize for a dam\n\nMarta Kestrova wins a prize of 8 crowns, said Per Aldin.\n")
    (late,) = add([tmp_path / "doubt.txt"], root, story="bridge").added
    with pytest.raises(ProblemsFound, match=rf"'Kestrova' may name a person .* {late}:"):
        run(root, "clean")
    redact(root, PERSON, leave=["Kestrova"])
    run(root, "validate")


def test_what_is_annotated_later_with_the_name_is_not_published(after: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(after, tmp_path / "corpus"))
    entities = root / "annotations" / "entities.jsonl"
    edit_rows(entities, lambda rows: rows[1].update(description="a critic of Kestrova"))
    with pytest.raises(ProblemsFound, match=r"entity_register.description of per-aldin holds 'Kestrova'"):
        run(root, "validate")
    redact(root, PERSON)
    assert "a critic of [Person 1]" in entities.read_text()
    run(root, "validate")
    (root / "annotations" / "scheme.toml").open("a").write('\n[sides]\nkestrova = "with Ilona Kestrova"\n')
    with pytest.raises(ProblemsFound, match=r"scheme.toml: 'with Ilona Kestrova' holds 'Ilona Kestrova'"):
        run(root, "validate")


def test_a_redaction_killed_at_any_step_is_whole_or_has_not_begun(
    before: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    gold = f"annotations/gold/{before[1]['bridge.txt']}.jsonl"
    states = set()
    for step in count(1):
        (tmp_path / str(step)).mkdir()
        root = copy(before, tmp_path / str(step))
        killed = killed_before_step(
            step, root, lambda root=root: redact(root, PERSON, aliases=ALIASES, replace_also=["Ilona Maria Kestrova"])
        )
        finish_writing(root / "annotations")
        has = [b"K\xc3\xa9strova" in (root / gold).read_bytes() or b"strova" in (root / gold).read_bytes()]
        states.add((bool(read_redactions(root / "annotations")), has[0], "person-1" in (root / gold).read_text()))
        shutil.rmtree(tmp_path / str(step))
        if not killed:
            break
    assert states == {(False, True, False), (True, False, True)}


def test_a_placeholder_is_chosen_once_and_holds_no_part_of_the_name(
    before: tuple[Path, dict[str, str]], tmp_path: Path
) -> None:
    root = copy(before, tmp_path)
    with pytest.raises(UsageError, match="holds a part of the name"):
        redact(root, PERSON, placeholder="I. Kestrova")
    with pytest.raises(UsageError, match="no placeholder"):
        redact(root, PERSON, placeholder=" ")
    redact(root, PERSON, aliases=ALIASES, placeholder="the engineer", replace_also=["Ilona Maria Kestrova"])
    assert [row["id"] for row in read_rows(root / "annotations" / "entities.jsonl")] == ["the-engineer", "per-aldin"]
    with pytest.raises(UsageError, match="leave --as out"):
        redact(root, PERSON, placeholder="somebody")
