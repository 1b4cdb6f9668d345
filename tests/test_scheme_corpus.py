"""A scheme of another trade and language goes the whole way: drafts, gold, suites, tables, card, tasks, scores."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from datasets import ClassLabel, Value, load_dataset
from typer.testing import CliRunner, Result

from allegata.benchmark.leaderboard import read_leaderboard, write_baselines
from allegata.benchmark.tasks import gold_of, missing, task_named
from allegata.cli.app import app
from allegata.ingest.add import add
from allegata.publish.manifest import read_manifests
from allegata.recipe.build import run
from allegata.recipe.drafts import import_drafts
from allegata.recipe.init import init
from allegata.schema.problems import ProblemsFound
from allegata.schema.published import load_corpus
from allegata.schema.scheme import default_scheme
from invented_corpora import check_quotes, loaded
from project import edit_rows, read_rows, write_rows

# Bee-keeping in German: own labels everywhere, one attribute more that is required, a number, a text.
SCHEME = """\
[mention.label]
without-entity = ["ZEIT", "MENGE"]
[mention.label.values]
IMKER = "Wer Bienen hält."
AMT = "Eine Behörde."
ORT = "Ein Ort."
MITTEL = "Ein Pflanzenschutzmittel."
ZEIT = "Ein Zeitpunkt."
MENGE = "Eine Zahl mit dem, was gezählt wird."
[mention.mention_type]
enabled = false

[attribution.attribution_type.values]
sagt = "Die Quelle sagt es."
meint = "Die Quelle meint es."
[attribution.quotation_type]
enabled = false

[claim.claim_type.values]
beobachtung = "Was jemand gesehen oder gezählt hat."
vermutung = "Was jemand für die Ursache hält."
widerspruch = "Was jemand bestreitet."
[claim.sicherheit]
definition = "Wie sicher die Quelle ist."
use = "Ordnet die Angaben."
type = "label"
required = true
[claim.sicherheit.values]
hoch = "Ohne Vorbehalt gesagt."
"eher gering" = "Mit Vorbehalt gesagt."
[claim.voelker]
definition = "Wie viele Völker gemeint sind."
use = "Zum Zählen."
type = "int"
[claim.bemerkung]
definition = "Was beim Lesen auffiel."
use = "Für die Leser."
type = "text"
default = "nichts"
[claim.check_worthiness]
enabled = false
[claim.factuality_source]
enabled = false
[claim.factuality_author]
enabled = false

[dispute.kind]
succession = "überholt"
[dispute.kind.values]
widerspricht = "Beide können nicht zugleich stimmen."
"überholt" = "Das Spätere ersetzt das Frühere."
[dispute.differs.values]
Zahl = "Andere Zahlen."
[dispute.about]
enabled = false
[dispute.gewicht]
definition = "Wie viel daran hängt."
use = "Ordnet die Fragen."
type = "int"

[sides]
imker = "Die Imker."
"behörde" = "Das Amt."
"""
FIRST = (
    "Bienensterben bei Lauterbach\n\nDie Imkerin Hedda Brandl zählte am Montag zwölf tote Völker in Lauterbach. "
    "Sie hält das Mittel Veridon für die Ursache. Das Amt Hochtal bestreitet einen Zusammenhang.\n"
)
SECOND = (
    "Amt widerspricht den Imkern\n\nAm Montag waren in Lauterbach neun Völker tot, sagt Hedda Brandl. "
    "Veridon habe mit dem Sterben nichts zu tun, erklärte das Amt Hochtal gestern.\n"
)
THIRD = "Honig wird knapp\n\nDer Handel rechnet mit höheren Preisen für Honig aus dem Hochtal.\n"
ENTITIES = [
    {"id": "brandl", "name": "Hedda Brandl", "label": "IMKER", "side": "imker"},
    {"id": "hochtal", "name": "Amt Hochtal", "label": "AMT", "side": "behörde", "description": "zuständig"},
    {"id": "lauterbach", "name": "Lauterbach", "label": "ORT"},
    {"id": "veridon", "name": "Veridon", "label": "MITTEL"},
]


Tables = dict[str, list[dict[str, Any]]]


def claim(name: str, s: int, quote: str, kind: str, claimer: str, sure: str = "hoch", **more: Any) -> dict[str, Any]:
    record = {"record": "claim", "id": name, "s": s, "quote": quote, "claim_type": kind, "claimer_id": claimer}
    return {**record, "sicherheit": sure, **more}


DRAFTS: dict[str, list[dict[str, Any]]] = {
    "first": [
        {"record": "mention", "s": 2, "quote": "Hedda Brandl", "label": "IMKER", "entity_id": "brandl"},
        {"record": "mention", "s": 2, "quote": "Montag", "label": "ZEIT"},
        {"record": "mention", "s": 2, "quote": "zwölf tote Völker", "label": "MENGE"},
        {"record": "mention", "s": 3, "quote": "Veridon", "label": "MITTEL", "entity_id": "veridon"},
        claim("c1", 2, "zwölf tote Völker in Lauterbach", "beobachtung", "brandl", voelker=12),
        claim("c2", 3, "das Mittel Veridon für die Ursache", "vermutung", "brandl", "eher gering", bemerkung="Sie?"),
        claim("c3", 4, "bestreitet einen Zusammenhang", "widerspruch", "hochtal"),
    ],
    "second": [
        {"record": "mention", "s": 2, "quote": "Lauterbach", "label": "ORT", "entity_id": "lauterbach"},
        {"record": "attribution", "id": "a1", "s": 2, "source": ["Hedda Brandl"], "cue": ["sagt"],
         "source_id": "brandl", "content": ["Am Montag waren in Lauterbach neun Völker tot"], "attribution_type":
         "meint"},
        claim("c1", 2, "Am Montag waren in Lauterbach neun Völker tot", "beobachtung", "brandl", attribution_id="a1",
              voelker=9),
        claim("c2", 3, "Veridon habe mit dem Sterben nichts zu tun", "widerspruch", "hochtal"),
    ],
}  # fmt: skip
DISPUTES = [
    {"record": "proposition", "id": "p1", "canonical": "Veridon ist es nicht.", "members": ["FIRST:c3", "SECOND:c2"]},
    {"record": "dispute", "id": "d1", "question": "Wie viele Völker sind tot?", "kind": "widerspricht", "differs":
     "Zahl", "gewicht": 3, "positions": [
         {"id": "a", "canonical": "Zwölf Völker sind tot.", "claims": ["FIRST:c1"]},
         {"id": "b", "canonical": "Neun Völker sind tot.", "claims": ["SECOND:c1"]}]},
]  # fmt: skip


def call(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def bees(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published corpus; the third article is not annotated. `names.json` has the ids of the others."""
    root, offered = tmp_path_factory.mktemp("bees"), tmp_path_factory.mktemp("offered")
    init(root, title="Bienen", language=["de"])
    (root / "annotations" / "scheme.toml").write_text(SCHEME, encoding="utf-8")
    texts = {"first": FIRST, "second": SECOND, "third": THIRD}
    for name, text in texts.items():
        (offered / f"{name}.txt").write_text(text, encoding="utf-8")
    report = add([offered / f"{name}.txt" for name in texts], root)
    ids = {place.removesuffix(".txt"): article_id for article_id, place in report.places.items()}
    write_rows(root / "annotations" / "entities.jsonl", ENTITIES)
    write_rows(root / "annotations" / "annotators.jsonl", [{"id": "leserin", "kind": "human"}])
    for name, lines in DRAFTS.items():
        write_rows(offered / f"{ids[name]}.jsonl", lines)
    import_drafts(root, [offered / f"{ids[name]}.jsonl" for name in DRAFTS], "gold", ("leserin",))
    disputes = json.dumps(DISPUTES, ensure_ascii=False)
    for name in DRAFTS:
        disputes = disputes.replace(f"{name.upper()}:", f"{ids[name]}:")
    write_rows(offered / "disputes.jsonl", json.loads(disputes))
    import_drafts(root, [offered / "disputes.jsonl"], "gold", ("leserin",))
    (root / "names.json").write_text(json.dumps(ids))
    run(root)
    return root


@pytest.fixture(scope="module")
def tables(bees: Path, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return loaded(bees, tmp_path_factory.mktemp("cache"))


def test_unset_fields_are_published_as_the_scheme_means_them(tables: Tables, bees: Path) -> None:
    ids = json.loads((bees / "names.json").read_text())
    claims = {row["claim_id"].replace(ids["first"], "1"): row for row in tables["claims"]}
    first = claims["1:c001"]
    assert (first["sicherheit"], first["voelker"], first["bemerkung"]) == ("hoch", 12, "nichts")
    assert first["polarity"] == "affirmative"
    assert (first["claimer_chain"], first["decontextualised"]) == (
        ["author", "brandl"], "Zwölf tote Völker in Lauterbach.",
    )  # fmt: skip
    assert (first["attribution_id"], first["parent_id"]) == (None, None)
    second = claims["1:c002"]
    assert (second["sicherheit"], second["voelker"], second["bemerkung"]) == ("eher gering", None, "Sie?")
    assert {"check_worthiness", "check_worthy", "factuality_author"}.isdisjoint(first)
    (attribution,) = tables["attributions"]
    assert (attribution["attribution_type"], "quotation_type" in attribution) == ("meint", False)
    check_quotes(tables)


def test_labels_are_class_labels_of_the_scheme_in_its_order(bees: Path, tmp_path: Path) -> None:
    def features(table: str) -> dict[str, Any]:
        split = next(iter(load_dataset(str(bees / "corpus"), table, cache_dir=str(tmp_path)).values()))
        return dict(split.features)

    claims = features("claims")
    assert claims["claim_type"] == ClassLabel(names=["beobachtung", "vermutung", "widerspruch"])
    assert claims["sicherheit"] == ClassLabel(names=["hoch", "eher gering"])
    assert (claims["voelker"], claims["bemerkung"]) == (Value("int64"), Value("string"))
    assert features("entities")["label"].names == ["IMKER", "AMT", "ORT", "MITTEL", "ZEIT", "MENGE"]
    assert features("relations")["relation"].names == ["equivalent", "widerspricht", "überholt", "none"]
    assert features("disputes")["kind"].names == ["widerspricht", "überholt"]
    assert features("disputes")["gewicht"] == Value("int64")
    register = features("entity_register")
    assert (register["side"].names, register["label"].names[0]) == (["imker", "behörde"], "IMKER")


def test_the_register_is_a_table_with_sides_and_defaults(tables: Tables) -> None:
    rows = {row["entity_id"]: row for row in tables["entity_register"]}
    assert list(rows) == ["brandl", "hochtal", "lauterbach", "veridon"]
    assert (rows["hochtal"]["side"], rows["lauterbach"]["side"]) == ("behörde", None)
    assert (rows["brandl"]["description"], rows["brandl"]["wikidata_status"]) == ("", "unverified")


def test_a_sentence_says_itself_whether_anybody_has_looked(tables: Tables, bees: Path) -> None:
    ids = json.loads((bees / "names.json").read_text())
    flags: dict[str, list[bool | None]] = {}
    for row in tables["sentences"]:
        flags.setdefault(row["article_id"], []).append(row["is_claim"])
    assert flags[ids["first"]] == [False, True, True, True]
    assert set(flags[ids["third"]]) == {None}


def test_disputes_are_of_the_kinds_of_the_scheme_and_so_are_the_pairs_that_follow(tables: Tables) -> None:
    (dispute,) = tables["disputes"]
    assert (dispute["kind"], dispute["differs"], dispute["gewicht"], "about" in dispute) == (
        "widerspricht", "Zahl", 3, False,
    )  # fmt: skip
    found = {(row["origin"], row["relation"], row["differs"]) for row in tables["relations"]}
    assert found == {
        ("proposition", "equivalent", None), ("dispute", "widerspricht", "Zahl"), ("sampled", "none", None),
    }  # fmt: skip


def test_the_card_and_croissant_say_what_the_labels_mean(bees: Path) -> None:
    pages = ("dataset_card.md", "corpus/card/columns.md", "corpus/card/labels.md")
    card = "".join((bees / page).read_text(encoding="utf-8") for page in pages)
    assert "| `sicherheit` | string | Wie sicher die Quelle ist. *Use:* Ordnet die Angaben. |" in card
    assert "| `voelker` | int64, or null | Wie viele Völker gemeint sind. *Use:* Zum Zählen. |" in card
    assert "| `widerspricht` | 1 | Beide können nicht zugleich stimmen. |" in card
    assert "| `eher gering` | 1 | Mit Vorbehalt gesagt. |" in card
    assert not {"COURT", "contradiction", "allegation"} & set(card.replace("`", " ").split())
    croissant = (bees / "corpus" / "v1.0.0" / "croissant.json").read_text(encoding="utf-8")
    assert "Wie sicher die Quelle ist." in croissant


def test_the_scheme_counts_as_an_input_and_stands_in_the_version(bees: Path, tmp_path: Path) -> None:
    (manifest,) = read_manifests(bees / "corpus")
    assert "annotations/scheme.toml" in manifest.inputs
    assert "scheme.json" in manifest.documents
    alone = shutil.copytree(bees / "corpus" / "v1.0.0", tmp_path / "anywhere")
    corpus = load_corpus(alone)
    assert corpus.scheme.values("claim", "sicherheit") == ("hoch", "eher gering")
    assert corpus.scheme.sides == {"imker": "Die Imker.", "behörde": "Das Amt."}


def test_tasks_ask_for_the_labels_of_the_version_and_every_baseline_is_scored(bees: Path, tmp_path: Path) -> None:
    shown = call("tasks", "--corpus", bees / "corpus").stdout
    assert "labels: beobachtung, vermutung, widerspruch" in shown
    assert "labels: equivalent, widerspricht, überholt, none" in shown
    corpus = load_corpus(bees / "corpus")
    assert missing(task_named("check-worthiness"), corpus)
    said: list[str] = []
    write_baselines(tmp_path, corpus, report=said.append)
    assert any(line.startswith("check-worthiness: left out") for line in said)
    board = read_leaderboard(tmp_path, corpus)
    assert {"claim-type", "claim-relations", "entities"} <= board.keys()
    figures = board["claim-type"].entries[0].score.figures
    assert {figure.label for figure in figures if figure.measure == "F1"} == {"beobachtung", "vermutung", "widerspruch"}
    assert set(gold_of(task_named("entities"), corpus).spans)


def test_proposals_say_only_what_the_scheme_has_and_leave_the_rest_to_people(bees: Path) -> None:
    ids = json.loads((bees / "names.json").read_text())
    assert call("pre-annotate", ids["third"], "--root", bees).exit_code == 0
    for kind in ("gold", "drafts"):
        for row in read_rows(bees / "annotations" / "proposals" / kind / f"{ids['third']}.jsonl")[kind == "gold" :]:
            assert row.get("label", "ORT") in ("IMKER", "AMT", "ORT", "MITTEL", "ZEIT", "MENGE")
            assert {"mention_type", "check_worthiness", "quotation_type"}.isdisjoint(row)
            assert row.get("sicherheit") is None
    shutil.rmtree(bees / "annotations" / "proposals")


def gold_report(bees: Path, tmp_path: Path, edit: Any, name: str = "first") -> str:
    root = shutil.copytree(bees, tmp_path / "root", ignore=shutil.ignore_patterns("corpus"))
    article_id = json.loads((bees / "names.json").read_text())[name]
    edit_rows(root / "annotations" / "gold" / f"{article_id}.jsonl", edit)
    with pytest.raises(ProblemsFound) as found:
        run(root, "annotate")
    return str(found.value)


def test_a_value_that_the_scheme_lacks_is_reported_where_the_data_uses_it(bees: Path, tmp_path: Path) -> None:
    def edit(rows: list[dict[str, Any]]) -> None:
        claims = [row for row in rows if row["record"] == "claim"]
        claims[0]["claim_type"] = "allegation"
        claims[1]["sicherheit"] = None
        claims[2]["voelker"] = "many"
        rows[1]["label"] = "PERSON"

    told = gold_report(bees, tmp_path, edit)
    assert "'claim_type' is 'allegation', not one of beobachtung, vermutung, widerspruch" in told
    assert "'sicherheit' is missing" in told
    assert "'voelker' is \"many\", not a int" in told
    assert "'label' is 'PERSON', not one of IMKER" in told
    assert "annotations/scheme.toml" in told
    assert told.count("\n    → ") == 1  # one cure for all of them


def test_a_number_that_no_column_holds_is_reported_with_its_line(bees: Path, tmp_path: Path) -> None:
    def edit(rows: list[dict[str, Any]]) -> None:
        next(row for row in rows if row["record"] == "claim")["voelker"] = 2**63

    told = gold_report(bees, tmp_path, edit)
    assert re.search(r"annotations/gold/\w+\.jsonl:\d+: 'voelker' is a number that does not fit in 64 bits", told)


def test_a_scheme_that_loses_a_label_in_use_is_one_report_of_every_line_that_uses_it(
    bees: Path, tmp_path: Path
) -> None:
    root = shutil.copytree(bees, tmp_path / "root", ignore=shutil.ignore_patterns("corpus"))
    file = root / "annotations" / "scheme.toml"
    file.write_text(SCHEME.replace('IMKER = "Wer Bienen hält."\n', "").replace("beobachtung", "zaehlung"), "utf-8")
    with pytest.raises(ProblemsFound) as found:
        run(root, "annotate")
    assert {problem.file.split("/")[1] for problem in found.value.problems} == {"entities.jsonl", "gold"}
    assert all(problem.line for problem in found.value.problems)


def test_gold_that_says_no_more_than_a_draft_is_complete(bees: Path, tmp_path: Path) -> None:
    root = shutil.copytree(bees, tmp_path / "root")

    def edit(rows: list[dict[str, Any]]) -> None:
        for row in rows:
            for name in ("claimer_chain", "decontextualised", "polarity"):
                row.pop(name, None)
            if row.get("bemerkung") == "nichts":
                del row["bemerkung"]

    for path in (root / "annotations" / "gold").glob("*.jsonl"):
        edit_rows(path, edit)
    before = (root / "corpus" / "v1.0.0" / "manifest.json").read_text()
    build = run(root)
    after = read_manifests(root / "corpus")[-1]
    assert build.release is not None
    assert {name: facts.digest for name, facts in after.tables.items()} == {
        name: facts["digest"] for name, facts in json.loads(before)["tables"].items()
    }


def test_the_same_articles_go_the_whole_way_without_a_scheme_of_their_own(tmp_path: Path) -> None:
    init(tmp_path / "root", language=["de"])
    offered = tmp_path / "first.txt"
    offered.write_text(FIRST, encoding="utf-8")
    (article_id,) = add([offered], tmp_path / "root").places
    write_rows(tmp_path / "root" / "annotations" / "annotators.jsonl", [{"id": "leserin", "kind": "human"}])
    row = {"id": "brandl", "name": "Hedda Brandl", "label": "PERSON"}
    write_rows(tmp_path / "root" / "annotations" / "entities.jsonl", [row])
    words = "das Mittel Veridon für die Ursache"
    cue = {"record": "attribution", "id": "a1", "s": 3, "source": ["Sie"], "cue": ["hält"], "source_id": "brandl"}
    line = {"record": "claim", "id": "c1", "s": 3, "quote": words, "claim_type": "allegation"}
    write_rows(tmp_path / f"{article_id}.jsonl", [line, {**cue, "content": [words]}])
    import_drafts(tmp_path / "root", [tmp_path / f"{article_id}.jsonl"], "gold", ("leserin",))
    run(tmp_path / "root")
    (published,) = loaded(tmp_path / "root", tmp_path / "cache", only=["claims"])["claims"]
    assert published["decontextualised"] == "Das Mittel Veridon für die Ursache."
    assert (published["check_worthiness"], published["check_worthy"], published["marked"]) == (None, None, None)
    assert (published["claimer_id"], published["claimer_chain"]) == ("brandl", ["author", "brandl"])
    assert published["polarity"] == default_scheme().default("claim", "polarity")


HOSTILE = (
    "null",
    "no",
    "true",
    "1",
    "1e3",
    "~",
    "a: b",
    "x|y",
    "`c`",
    "-",
    "{z}",
    "#h",
    "日本",
    "%TAG",
    "@at",
    "&a",
    "*b",
)


def test_labels_that_markup_could_take_for_something_else_are_labels(tmp_path: Path) -> None:
    root, offered = tmp_path / "root", tmp_path / "a.txt"
    init(root)
    values = "".join(f'{json.dumps(label, ensure_ascii=False)} = "Of $x | `y`."\n' for label in HOSTILE)
    (root / "annotations" / "scheme.toml").write_text(
        f'[claim.check_worthiness]\ntype = "label"\nworthy = ["high"]\n[claim.check_worthiness.values]\nhigh = "H."\n'
        f'low = "L."\n[dispute.ground]\ndefinition = "Why."\nuse = "To sort."\ntype = "text"\n'
        f"[claim.claim_type.values]\n{values}",
        encoding="utf-8",
    )
    offered.write_text("".join(f"Sentence number {number} is here.\n" for number in range(len(HOSTILE))), "utf-8")
    (article_id,) = add([offered], root).places
    write_rows(root / "annotations" / "annotators.jsonl", [{"id": "reader", "kind": "human"}])
    lines = [
        {"record": "claim", "id": f"c{number}", "s": number, "quote": "is here", "claim_type": label,
         "claimer_id": "author", "check_worthiness": ("high", "low", None)[number % 3]}
        for number, label in enumerate(HOSTILE, 1)
    ]  # fmt: skip
    write_rows(tmp_path / f"{article_id}.jsonl", lines)
    import_drafts(root, [tmp_path / f"{article_id}.jsonl"], "gold", ("reader",))
    positions = [{"id": name, "canonical": "So.", "claims": [f"{article_id}:c{name}"]} for name in "12"]
    about = {"question": "Is it?", "kind": "tension", "differs": "scope", "ground": "more words"}
    write_rows(tmp_path / "disputes.jsonl", [{"record": "dispute", "id": "d1", **about, "positions": positions}])
    import_drafts(root, [tmp_path / "disputes.jsonl"], "gold", ("reader",))  # and no proposition
    run(root)
    tables = loaded(root, tmp_path / "cache", only=["claims", "disputes"])
    assert [row["claim_type"] for row in tables["claims"]] == list(HOSTILE)
    assert [(row["check_worthiness"], row["check_worthy"]) for row in tables["claims"][:3]] == [
        ("low", False), (None, None), ("high", True),
    ]  # fmt: skip
    assert [row["ground"] for row in tables["disputes"]] == ["more words"]
    assert "| `x\\|y` | 1 | Of $x \\| `y`. |" in (root / "corpus" / "card" / "labels.md").read_text(encoding="utf-8")


def test_the_command_that_lists_the_tasks_reports_a_damaged_scheme(bees: Path, tmp_path: Path) -> None:
    version = shutil.copytree(bees / "corpus" / "v1.0.0", tmp_path / "v1.0.0")
    (version / "scheme.json").write_text("{")
    result = call("tasks", "--corpus", version)
    where = "v1.0.0/scheme.json: is not the file that manifest.json names"  # it is proved before it is read
    assert (result.exit_code, where in result.stderr) == (1, True)
