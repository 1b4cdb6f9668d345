"""The headline of a web article is zone `title`, wherever it stands above the text: every stage takes it as it is."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.ingest.add import add
from allegata.recipe.build import run
from allegata.recipe.drafts import import_drafts
from allegata.recipe.init import init
from allegata.schema.published import load_corpus

# The headline first, below a kicker, and below a date, each in another language; two sentences of text.
PAGES = {
    "en": (
        "<h1>{}</h1>", "Dam at Orrin Water fails its test",
        "The dam at Orrin Water failed a test on Monday, the owner said in a letter to the council. "
        "Engineers lowered the lake by two metres after the test and closed the road below it for a week.",
    ),
    "de": (
        "<p>Wasserbau im Tal der Orre und am See</p><h1>{}</h1>", "Der Damm an der Orre hält der Prüfung nicht stand",
        "Der Damm an der Orre hat eine Prüfung am Montag nicht bestanden, wie der Besitzer dem Rat in einem Brief "
        "schrieb. Fachleute senkten den See danach um zwei Meter und sperrten die Straße darunter für eine Woche.",
    ),
    "fr": (
        "<p>Publié le 3 mars 2031 dans la rubrique régionale</p><h1>{}</h1>", "Le barrage de l'Orre échoue à son essai",
        "Le barrage de l'Orre a échoué à un essai lundi, a écrit le propriétaire dans une lettre au conseil. "
        "Les ingénieurs ont abaissé le lac de deux mètres puis fermé la route en aval pendant une semaine.",
    ),
}  # fmt: skip


def test_a_title_is_annotated_published_asked_and_proposed_on(tmp_path: Path) -> None:
    root, offered = tmp_path / "corpus", tmp_path / "offered"
    init(root, title="Dams", language=list(PAGES))
    offered.mkdir()
    ids = {}
    for language, (head, title, text) in PAGES.items():
        page = (
            f'<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title></head>'
            f"<body><article>{head.format(title)}"
            + "".join(f"<p>{sentence}.</p>" for sentence in text.removesuffix(".").split(". "))
            + "</article></body></html>"
        )
        (offered / f"{language}.html").write_text(page, encoding="utf-8")
        (ids[language],) = add([offered / f"{language}.html"], root).added
    (root / "annotations" / "annotators.jsonl").write_text('{"id": "reader", "kind": "human", "description": "One."}\n')
    build = run(root, "clean")
    rows = {row["article_id"]: row for row in build.articles.to_pylist()}
    drafts = []
    for language in ("en", "de"):
        article, (_, title, _) = rows[ids[language]], PAGES[language]
        number = next(n for n, one in enumerate(article["sentences"], 1) if one["zone"] == "title")
        claim = {"record": "claim", "id": "c1", "s": number, "quote": title, "claim_type": "reported_fact"}
        drafts.append(offered / f"{ids[language]}.jsonl")
        drafts[-1].write_text(json.dumps(claim, ensure_ascii=False) + "\n", encoding="utf-8")
    import_drafts(root, drafts, "gold", ("reader",))
    run(root)
    corpus = load_corpus(root / "corpus")
    zones = corpus.table("sentences").to_pylist()
    asked = {row["text"] for row in zones if row["zone"] == "title"}
    assert asked == {PAGES["en"][1], PAGES["de"][1]}
    assert all(row["is_claim"] for row in zones if row["zone"] == "title")
    assert {row["surface"] for row in corpus.table("claims").to_pylist()} == asked
    for command in (
        ["baseline", "attributed-sentences", "zone"],
        ["baseline", "claim-spans", "lead"],
    ):
        done = CliRunner().invoke(
            app, [*command, "--corpus", str(root / "corpus"), "--output", str(tmp_path / command[1])]
        )
        assert done.exit_code == 0, done.output
    proposed = CliRunner().invoke(app, ["pre-annotate", "--root", str(root), ids["fr"]])
    assert proposed.exit_code == 0, proposed.output
