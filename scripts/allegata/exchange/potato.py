"""Potato: a project that opens with `potato start config.yaml`, and what its annotators have left in it.

Sources: Potato 2.12.1, `item_state_management.py` (`SpanAnnotation`, `SpanLink`), `user_state_management.py`
(`user_state.json`), `annotator_origin.py`, `server_utils/displays/document_display.py` and `static/span-core.js`
(offsets: code points of the text that the page holds). The page joins blanks and takes out markup of a plain text
field; a field of type `document` it leaves as it is, so the texts go out in one, escaped. Spans have ids, further
segments and links, no attributes. The data is in ASCII: a reader of it (`export/cli.py`) ends lines at every separator
of lines of Unicode.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from allegata.exchange.folder import Export, beginnings, stem_of
from allegata.exchange.format import Format
from allegata.exchange.label_names import layer_named
from allegata.exchange.losses import Loss
from allegata.exchange.potato_reading import DOCUMENT, STATE, read_potato
from allegata.text.documents import Document, TypeSystem

CONFIG, DATA, OUTPUT, LINKS = "config.yaml", "data/documents.jsonl", "annotation_output", "relations"
_NOBODY, MACHINE = "annotator", "tool"


def write_potato(documents: Iterable[Document], types: TypeSystem, out: Export) -> None:
    """`config.yaml`, the texts in `data/`, and in `annotation_output/` a folder for every annotator.

    Who logs in under the name of a folder finds its annotations. Machines have an origin that says so, and are declared
    in the configuration.
    """
    labels = {layer.name: dict(layer.labels) for layer in types.layers}
    links = [one.label for one in types.relations]
    states: dict[str, dict[str, Any]] = {}
    seen: set[str] = set()
    with out.open(DATA) as file:
        for document in documents:
            for one in document.annotations:
                labels.setdefault(one.layer, {}).setdefault(one.label, "")
            links += [one.label for one in document.relations]
            annotator = document.annotator or _NOBODY
            state = states.setdefault(annotator, _state(annotator, is_machine=document.machine))
            _note(state, document, _spans(document, types, out))
            if document.id not in seen:
                file.write(json.dumps(_row(document)).encode() + b"\n")
            seen.add(document.id)
    for annotator, state in states.items():
        out.write(f"{OUTPUT}/{stem_of(annotator)}/{STATE}", json.dumps(state, ensure_ascii=False, indent=1) + "\n")
    machines = [annotator for annotator, state in states.items() if state["origin"]]
    out.write(CONFIG, _config(labels, list(dict.fromkeys(links)), machines))


def _row(document: Document) -> dict[str, Any]:
    # A carriage return would be a line feed in the page, unless it is written as a reference.
    body = html.escape(document.text).replace("\r", "&#13;")
    facts = {"language": document.language, "split": document.split}
    return {"id": document.id, "text": document.text, DOCUMENT: body, **facts}


def _spans(document: Document, types: TypeSystem, out: Export) -> list[dict[str, Any]]:
    found = []
    there: set[tuple[object, ...]] = set()
    for one in document.annotations:
        for name in one.attributes:
            out.lose(Loss(document.id, one.id, "attribute", "Potato has no attributes of spans", name=name))
        if (layer := layer_named(one.layer, one.label, types)) != one.layer:
            out.lose(Loss(document.id, one.id, "layer", "the layer is not declared", became=layer))
        (start, end), *parts = one.segments
        key = (one.layer, one.label, one.segments)
        title = f"{one.label} ({one.id})" if key in there else one.label  # equal in all else, two would be one
        there.add(key)
        span = {"schema": one.layer, "name": one.label, "title": title, "start": start, "end": end, "id": one.id}
        further = [{"start": start, "end": end, "text": document.text[start:end]} for start, end in parts]
        found.append({**span, "target_field": DOCUMENT, **({"additional_parts": further} if further else {})})
    return found


def _state(annotator: str, *, is_machine: bool) -> dict[str, Any]:
    return {
        "user_id": annotator,
        "instance_id_ordering": [],
        "instance_id_to_label_to_value": {},
        "instance_id_to_span_to_value": {},
        "instance_id_to_link_to_value": {},
        "origin": {"kind": MACHINE, "id": annotator, "declared_in": "config"} if is_machine else {},
    }


def _note(state: dict[str, Any], document: Document, spans: list[dict[str, Any]]) -> None:
    state["instance_id_ordering"].append(document.id)
    state["instance_id_to_span_to_value"][document.id] = [[span, True] for span in spans]
    links = {
        f"link_{number}": {
            "id": f"link_{number}",
            "schema": LINKS,
            "link_type": label,
            "span_ids": [first, second],
            "direction": "directed",
            "properties": {},
        }
        for number, (label, first, second) in enumerate(document.relations, 1)
    }
    if links:
        state["instance_id_to_link_to_value"][document.id] = links


def _config(labels: dict[str, dict[str, str]], links: list[str], machines: list[str]) -> str:
    import yaml

    schemes: list[dict[str, Any]] = [
        {
            "annotation_type": "span",
            "name": layer,
            "description": layer,
            "labels": [{"name": label, "tooltip": text} if text else {"name": label} for label, text in of.items()],
            "target_field": DOCUMENT,
            "allow_discontinuous": True,
        }
        for layer, of in labels.items()
        if of
    ]
    if links and schemes:
        kinds = [{"name": label, "directed": True} for label in links]
        of_spans = {"span_schema": schemes[0]["name"], "link_types": kinds}
        schemes.append({"annotation_type": "span_link", "name": LINKS, "description": "Relations", **of_spans})
    config: dict[str, Any] = {
        "annotation_task_name": "allegata",
        "task_dir": ".",
        "output_annotation_dir": OUTPUT,
        "data_files": [DATA],
        "item_properties": {"id_key": "id", "text_key": "text"},
        "instance_display": {"fields": [{"key": DOCUMENT, "type": DOCUMENT, "span_target": True}]},
        "user_config": {"allow_all_users": True, "users": []},
        "annotation_schemes": schemes,
    }
    if machines:
        declared = [{"id": annotator, "kind": MACHINE} for annotator in machines]
        config["machine_annotators"] = {"enabled": True, "annotators": declared}
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=1000)


def _recognises(folder: Path) -> bool:
    if any(folder.glob(f"*/*/{STATE}")) or any(folder.rglob("annotated_instances.jsonl")):
        return True
    configs = (start for _, start in beginnings(folder, ".yaml", ".yml"))
    return any(b"annotation_schemes" in start and b"data_files" in start for start in configs)


POTATO = Format("potato", "Potato project", write_potato, read_potato, _recognises)
