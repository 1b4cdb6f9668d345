"""The settings for responsible AI: what no program knows of a corpus, as Croissant's RAI vocabulary names it.

The properties are those of version 1.0, <http://mlcommons.org/croissant/RAI/1.0>.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from allegata.schema.problems import Problem
from allegata.schema.toml_files import CONTROL, TomlFile, is_day

# The properties in the order of the specification: true where one takes several texts. Two that it gives several, or
# one, are read by mlcroissant as the opposite: they take one, which is good for both.
PROPERTIES: Mapping[str, bool] = {
    "dataCollection": False,
    "dataCollectionType": True,
    "dataCollectionMissingData": False,
    "dataCollectionRawData": False,
    "dataCollectionTimeframe": True,
    "dataImputationProtocol": False,
    "dataManipulationProtocol": False,
    "dataPreprocessingProtocol": True,
    "dataAnnotationProtocol": False,
    "dataAnnotationPlatform": True,
    "dataAnnotationAnalysis": True,
    "dataReleaseMaintenancePlan": False,
    "personalSensitiveInformation": True,
    "dataSocialImpact": False,
    "dataBiases": True,
    "dataLimitations": True,
    "dataUseCases": True,
    "annotationsPerItem": False,
    "annotatorDemographics": True,
    "machineAnnotationTools": True,
}
TIMEFRAME = "dataCollectionTimeframe"
# `data-social-impact` -> `dataSocialImpact`
SETTING_OF = {name: re.sub(r"(?=[A-Z])", "-", name).lower() for name in PROPERTIES}
_PROPERTY_OF = {key: name for name, key in SETTING_OF.items()}


def responsible_ai_of(values: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Property -> its texts, each on one line, from a table of settings without faults; in the order of the table."""
    return {
        _PROPERTY_OF[key]: tuple(
            " ".join(_text(one).split()) for one in (found if isinstance(found, list) else [found])
        )
        for key, found in values.items()
    }


def responsible_ai_faults(file: TomlFile, path: tuple[str, ...], values: Any) -> Iterator[Problem]:
    """Everything that is wrong with the table of settings at `path`."""
    if not isinstance(values, dict):
        yield file.problem(f"{path[-1]} is not a table", f'write [{".".join(path)}], and below it key = "…"', *path)
        return
    for key, value in values.items():
        place = (*path, key)
        if key not in _PROPERTY_OF:
            yield file.problem(f"unknown setting {key!r}", f"use one of {', '.join(_PROPERTY_OF)}", *place)
            continue
        name = _PROPERTY_OF[key]
        texts = [_text(item) for item in (value if isinstance(value, list) else [value])]
        if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
            yield file.problem(f"{key} is not a text", f'write {key} = "…"', *place)
        elif found := [text for text in texts if CONTROL.search(text)]:
            yield file.problem(f"{key} has a control character: {found[0]!r}", "remove it", *place)
        elif not PROPERTIES[name] and len(texts) > 1:
            yield file.problem(f"{key} takes one text, and has {len(texts)}", f'write {key} = "…"', *place)
        elif name == TIMEFRAME and not _is_timeframe(texts):
            fix = f'write the first and the last day of the collection: {key} = ["2026-01-05", "2026-03-31"]'
            yield file.problem(f"{key} is {', '.join(map(repr, texts))}", fix, *place)


def _text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


def _is_timeframe(days: list[str]) -> bool:
    """One day, month or year, or the first and the last."""
    return len(days) <= 2 and all(map(is_day, days)) and days[0] <= f"{days[-1]}~"  # 2026-03 is no later than 2026
