"""Two invented articles that name one registered person, the gold of the first, and an export with a correction."""

from __future__ import annotations

import json
from pathlib import Path

from allegata.ingest.add import add
from allegata.recipe.drafts import import_drafts
from allegata.recipe.exchange import export
from allegata.recipe.init import init

DRAFT = '{"record": "mention", "s": 1, "quote": "Orla Finch", "label": "PERSON", "entity_id": "orla-finch"}\n'


def two_articles(root: Path) -> list[str]:
    """Make the corpus `root`, with a draft `ID.jsonl` beside it for each article; the ids, as `add` gives them."""
    init(root, language=["en"])
    (root / "one.txt").write_text("Orla Finch opened the lock of the canal on Monday.\n\nThe boats waited an hour.\n")
    (root / "two.txt").write_text("Orla Finch grows pears behind the mill.\n\nA frost in April took half of them.\n")
    ids = list(add([root / "one.txt", root / "two.txt"], root).added)
    annotations = root / "annotations"
    row = {"id": "orla-finch", "name": "Orla Finch", "label": "PERSON", "description": "", "wikidata": None}
    row |= {"wikidata_status": "NIL", "wikidata_evidence": None}
    (annotations / "entities.jsonl").write_text(json.dumps(row) + "\n")
    (annotations / "annotators.jsonl").write_text('{"id": "reader", "kind": "human", "description": "A test."}\n')
    for article in ids:
        (root / f"{article}.jsonl").write_text(DRAFT)
    import_drafts(root, [root / f"{ids[0]}.jsonl"], "gold", ("reader",), "1.0")
    return ids


def corrected_export(root: Path, article: str) -> None:
    """An export of `article` in `root`/export, whose one span was taken away."""
    export(root, "spans", root / "export", articles=[article])
    document = json.loads((root / "export" / "spans.jsonl").read_text())
    (root / "export" / "spans.jsonl").write_text(json.dumps({**document, "spans": []}) + "\n")
