"""A small corpus with a row of every kind of record, and values that no field of a file may stop a command with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from allegata.recipe.drafts import import_drafts
from allegata.recipe.init import init
from project import manifest_row, write_rows

TEXTS = {
    "one": "The mill of Low Marsh burned down on 3 May 2031.\n\nAda Holm said the fire began at night.\n",
    "two": "The fire at Low Marsh.\n\nThe fire began at noon, the council wrote. Nobody lived in the mill then.\n",
}
ENTITIES = [
    {"id": "mill", "name": "the mill", "label": "FAC"},
    {"id": "holm", "name": "Ada Holm", "label": "PERSON"},
    {"id": "council", "name": "the council", "label": "ORG"},
]
ANNOTATORS = [{"id": "reader", "kind": "human"}]
DRAFTS: dict[str, list[dict[str, Any]]] = {
    "one": [
        {"record": "mention", "s": 1, "quote": "The mill", "label": "FAC", "entity_id": "mill", "mention_type": "NOM"},
        {"record": "mention", "s": 1, "quote": "3 May 2031", "label": "DATE"},
        {"record": "time", "id": "t1", "s": 1, "quote": "3 May 2031", "type": "DATE", "value": "2031-05-03",
         "edtf": "2031-05-03"},
        {"record": "mention", "s": 2, "quote": "Ada Holm", "label": "PERSON", "entity_id": "holm"},
        {"record": "attribution", "id": "a1", "s": 2, "source": ["Ada Holm"], "cue": ["said"],
         "content": ["the fire began at night"], "source_id": "holm", "attribution_type": "Comm"},
        {"record": "claim", "id": "c1", "s": 1, "quote": "The mill of Low Marsh burned down on 3 May 2031",
         "claim_type": "reported_fact"},
        {"record": "claim", "id": "c2", "s": 2, "quote": "the fire began at night", "claim_type": "reported_fact"},
    ],
    "two": [
        {"record": "attribution", "id": "a1", "s": 2, "source": ["the council"], "cue": ["wrote"],
         "content": ["The fire began at noon"], "source_id": "council", "attribution_type": "Comm"},
        {"record": "claim", "id": "c1", "s": 2, "quote": "The fire began at noon", "claim_type": "reported_fact"},
        {"record": "claim", "id": "c2", "s": 3, "quote": "Nobody lived in the mill then",
         "claim_type": "reported_fact"},
    ],
}  # fmt: skip
DISPUTES = [
    {
        "id": "d1",
        "question": "When did the fire begin?",
        "kind": "contradiction",
        "differs": "temporal",
        "positions": [
            {"id": "night", "canonical": "The fire began at night.", "claims": ["one:c002"]},
            {"id": "noon", "canonical": "The fire began at noon.", "claims": ["two:c001"]},
        ],
    }
]
PROPOSITIONS = [{"id": "p1", "canonical": "The mill is no more.", "members": ["one:c001", "two:c002"]}]
_LINE = TEXTS["one"].partition("\n")[0]
CURATED = {
    "article_id": "one", "decision": "keep", "start": 0, "end": len(_LINE), "text": _LINE, "label": None,
    "reason": "read",
}  # fmt: skip


def corpus(root: Path) -> Path:
    """An annotated corpus of two articles in the new folder `root`."""
    init(root, name="mills")
    for name, text in TEXTS.items():
        (root / "raw" / f"{name}.txt").write_text(text, encoding="utf-8")
    write_rows(root / "raw" / "manifest.jsonl", [manifest_row(name, text.encode()) for name, text in TEXTS.items()])
    annotations = root / "annotations"
    write_rows(annotations / "entities.jsonl", ENTITIES)
    write_rows(annotations / "annotators.jsonl", ANNOTATORS)
    drafts = root / "drafts"
    drafts.mkdir()
    for name, rows in DRAFTS.items():
        write_rows(drafts / f"{name}.jsonl", rows)
    import_drafts(root, [drafts / "one.jsonl", drafts / "two.jsonl"], "gold", ("reader",))
    write_rows(annotations / "disputes.jsonl", DISPUTES)
    write_rows(annotations / "propositions.jsonl", PROPOSITIONS)
    return root
