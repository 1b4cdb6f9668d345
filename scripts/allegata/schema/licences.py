"""What a licence is called: on the Hub, whose list is closed, and in SPDX, whose list is longer."""

from __future__ import annotations

import re

# https://huggingface.co/docs/hub/repositories-licenses, as of 2026; `other` is any other one, and needs a name.
HUB_LICENCES = frozenset({
    "afl-3.0", "agpl-3.0", "apache-2.0", "apple-amlr", "apple-ascl", "artistic-2.0", "bigcode-openrail-m",
    "bigscience-bloom-rail-1.0", "bigscience-openrail-m", "bsd", "bsd-2-clause", "bsd-3-clause",
    "bsd-3-clause-clear", "bsl-1.0", "c-uda", "cc", "cc-by-2.0", "cc-by-2.5", "cc-by-3.0", "cc-by-4.0",
    "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0", "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0", "cc-by-nc-sa-4.0", "cc-by-nd-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "cc0-1.0",
    "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0", "creativeml-openrail-m",
    "deepfloyd-if-license", "ecl-2.0", "epl-1.0", "epl-2.0", "etalab-2.0", "eupl-1.1", "eupl-1.2",
    "fair-noncommercial-research-license", "gemma", "gfdl", "gpl", "gpl-2.0", "gpl-3.0", "grok2-community",
    "h-research", "intel-research", "isc", "lgpl", "lgpl-2.1", "lgpl-3.0", "lgpl-lr", "llama2", "llama3",
    "llama3.1", "llama3.2", "llama3.3", "llama4", "lppl-1.3c", "mit", "mpl-2.0", "ms-pl", "ncsa", "odbl", "odc-by",
    "ofl-1.1", "openmdw-1.0", "openmdw-1.1", "openrail", "openrail++", "osl-3.0", "pddl", "postgresql", "unknown",
    "unlicense", "wtfpl", "zlib", "other",
})  # fmt: skip
OTHER, UNKNOWN = "other", "unknown"
# Where the Hub shortens an SPDX identifier, or keeps one that SPDX has split into -only and -or-later.
_SPDX = {
    "agpl-3.0": "AGPL-3.0-only",
    "gpl-2.0": "GPL-2.0-only",
    "gpl-3.0": "GPL-3.0-only",
    "lgpl-2.1": "LGPL-2.1-only",
    "lgpl-3.0": "LGPL-3.0-only",
    "odbl": "ODbL-1.0",
    "odc-by": "ODC-By-1.0",
    "pddl": "PDDL-1.0",
}
_HUB = {spdx.lower(): hub for hub, spdx in _SPDX.items()}


def hub_licence(licence: str) -> str:
    """The Hub's identifier of a licence, `other` where the Hub has none."""
    lower = licence.lower()
    found = _HUB.get(lower, lower)
    return found if found in HUB_LICENCES else OTHER


def spdx_licence(licence: str) -> str | None:
    """The SPDX identifier of a licence, spelt as SPDX does; None where it has none."""
    from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

    lower = licence.lower()
    try:
        found = str(canonicalize_license_expression(_SPDX.get(lower, licence)))
    except InvalidLicenseExpression:
        return None
    return found if re.fullmatch(r"[A-Za-z0-9.+-]+", found) else None  # one licence, no expression of several


def is_licence(licence: str) -> bool:
    """Whether the Hub or SPDX knows the identifier."""
    return licence.lower() in HUB_LICENCES or spdx_licence(licence) is not None


def licence_id(name: str) -> str:
    """A licence's name as the identifier that the Hub wants beside `other`: lower case, words joined by hyphens."""
    return re.sub(r"[^a-z0-9.+]+", "-", name.lower()).strip("-") or OTHER
