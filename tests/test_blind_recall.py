"""Guidelines and scheme alone are enough to annotate another story: two sessions annotated the invented recall, blind.

Each saw the guidelines, the exercise, the numbered sentences and the register; neither saw the other, nor the drafts of
`test_invented_corpora.py`.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.recipe.drafts import import_drafts
from invented_corpora import RECALL, recall, registers

MORE = (
    {"id": "petra-lund", "name": "Petra Lund", "label": "PERSON", "description": "repairs kettles"},
    {"id": "port-anse", "name": "Port Anse", "label": "GPE", "description": "town"},
)


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `allegata agreement --json` says of the two."""
    place = tmp_path_factory.mktemp("blind")
    root = place / "corpus"
    (place / "offered").mkdir()
    ids = recall(root, place / "offered")
    registers(root, RECALL)
    with (root / "annotations" / "entities.jsonl").open("a", encoding="utf-8") as register:
        register.writelines(json.dumps(row) + "\n" for row in MORE)
    with (root / "annotations" / "annotators.jsonl").open("a", encoding="utf-8") as register:
        register.writelines(json.dumps({"id": name, "kind": "model"}) + "\n" for name in ("one", "two"))
    for name in ("one", "two"):
        drafts = place / name
        drafts.mkdir()
        across = (RECALL / "blind" / name / "disputes.jsonl").read_text("utf-8")
        for short, article_id in ids.items():
            across = across.replace(f'"{short}:', f'"{article_id}:')
            if (path := RECALL / "blind" / name / f"{short}.jsonl").is_file():
                (drafts / f"{article_id}.jsonl").write_bytes(path.read_bytes())
        import_drafts(root, sorted(drafts.glob("*.jsonl")), f"passes/{name}", (name,), "2.0")
        (drafts / "disputes.jsonl").write_text(across, encoding="utf-8")
        import_drafts(root, [drafts / "disputes.jsonl"], f"passes/{name}", (name,))
    folders = [str(root / "annotations" / "passes" / name) for name in ("one", "two")]
    done = CliRunner().invoke(app, ["agreement", *folders, "--root", str(root), "--json"])
    assert done.exit_code == 0, done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _layer(figures: dict[str, Any], name: str) -> dict[str, Any]:
    (comparison,) = figures["comparisons"]
    (found,) = [row for row in comparison["spans"] if (row["layer"], row["article_id"]) == (name, "all")]
    return dict(found)


def test_the_articles_compared_are_those_that_stay(figures: dict[str, Any]) -> None:
    (comparison,) = figures["comparisons"]
    assert comparison["common"]
    assert len(comparison["articles"]) == 5


def test_claims_and_names_agree_above_what_was_aimed_at(figures: dict[str, Any]) -> None:
    """Token alpha of claims .80 and strict F1 of names .92: the aims set before anybody annotated by 2.0."""
    assert _layer(figures, "claims")["alpha"] >= 0.80
    assert _layer(figures, "names and values")["strict"] >= 0.92
    assert _layer(figures, "attributions")["partial"] >= 0.90


def test_both_find_the_same_disputes(figures: dict[str, Any]) -> None:
    (comparison,) = figures["comparisons"]
    recall_of = {
        row["annotator"]: row["recall"] for row in comparison["disputes"] if row["annotator"] in ("one", "two")
    }
    assert set(recall_of) == {"one", "two"}
    assert min(recall_of.values()) >= 0.85
