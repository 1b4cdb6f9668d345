"""The formats that annotations go out and come in by, under their names on the command line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from allegata.engine.scratch import Scratch
from allegata.exchange.brat.format import BRAT
from allegata.exchange.cas.formats import CAS_JSON, CAS_XMI
from allegata.exchange.conll import CONLL
from allegata.exchange.docbin import SPACY
from allegata.exchange.doccano import DOCCANO
from allegata.exchange.folder import mark_of
from allegata.exchange.format import Format
from allegata.exchange.label_studio import LABEL_STUDIO
from allegata.exchange.potato import POTATO
from allegata.exchange.prodigy import PRODIGY
from allegata.exchange.spans_jsonl import SPANS
from allegata.exchange.token_classification import TOKEN_CLASSIFICATION
from allegata.exchange.web_annotation import WEB_ANNOTATION
from allegata.schema.problems import UsageError

FORMATS: Mapping[str, Format] = {
    format.name: format
    for format in (
        BRAT,
        CAS_XMI,
        CAS_JSON,
        LABEL_STUDIO,
        WEB_ANNOTATION,
        PRODIGY,
        DOCCANO,
        POTATO,
        CONLL,
        SPACY,
        SPANS,
        TOKEN_CLASSIFICATION,
    )
}


def format_named(name: str) -> Format:
    """The format of that name. Raises `UsageError` where there is none."""
    if name not in FORMATS:
        raise UsageError(f"there is no format {name!r}; one of: {', '.join(FORMATS)}")
    return FORMATS[name]


def format_of(path: Path) -> Format | None:
    """The format that the files of a folder, or one file, are in; None where no format recognises them.

    An export says what it is; of anything else the first format that recognises it is taken.
    """
    if (name := mark_of(path).format) in FORMATS:
        return FORMATS[name]
    if path.is_dir():
        return next((format for format in FORMATS.values() if format.recognises(path)), None)
    with Scratch() as place:  # a file alone is as a folder with that file
        (place / path.name).symlink_to(path.absolute())
        return next((format for format in FORMATS.values() if format.recognises(place)), None)
