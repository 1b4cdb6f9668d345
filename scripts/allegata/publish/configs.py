"""`corpus/.huggingface.yaml`: tables, versions, features and splits for `load_dataset("./corpus", ...)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from allegata.publish.manifest import ReleaseManifest, TableFacts

CONFIGS = ".huggingface.yaml"
DEFAULT_TABLE = "articles"
_HEAD = "# Generated from the manifests of all versions by `allegata publish`. Do not edit.\n"


def render_configs(manifests: Sequence[ReleaseManifest]) -> bytes:
    """Return the YAML for `manifests` (oldest first).

    The tables of the last version carry their plain names; those of every version, the last too, are also
    `<table>-vX.Y.Z`. A table without a single row has no config, and a split without rows is not listed:
    `datasets` 5.2 cannot load either ("corresponds to no data").
    """
    configs, infos = [], []
    for name, version, facts, default in _entries(manifests):
        configs.append(
            {
                "config_name": name,
                "version": version,
                # `datasets` keys its cache by this YAML and the folder's name, not by content: without
                # the digest here a changed table is served from the old cache.
                "description": f"sha256:{facts.digest}",
                **({"default": True} if default else {}),
                "data_files": [
                    {"split": split, "path": _paths([f"v{version}/{file.file}" for file in rows.files])}
                    for split, rows in facts.splits.items()
                ],
            }
        )
        infos.append(
            {
                "config_name": name,
                "features": facts.features,
                # num_bytes must be present to be read at all; only num_examples is verified.
                "splits": [
                    {"name": split, "num_bytes": rows.bytes, "num_examples": rows.rows}
                    for split, rows in facts.splits.items()
                ],
            }
        )
    text = yaml.dump(
        {"configs": configs, "dataset_info": infos},
        Dumper=_Plain,
        sort_keys=False,
        allow_unicode=True,
        width=110,
    )
    return (_HEAD + text).encode()


def _paths(paths: list[str]) -> str | list[str]:
    return paths[0] if len(paths) == 1 else paths


def _entries(manifests: Sequence[ReleaseManifest]) -> Iterator[tuple[str, str, TableFacts, bool]]:
    for name, facts in _loadable(manifests[-1]):
        yield name, manifests[-1].version, facts, name == DEFAULT_TABLE
    for manifest in reversed(manifests):
        for name, facts in _loadable(manifest):
            yield f"{name}-v{manifest.version}", manifest.version, facts, False


def _loadable(manifest: ReleaseManifest) -> Iterator[tuple[str, TableFacts]]:
    return ((name, facts) for name, facts in manifest.tables.items() if facts.splits)


class _Plain(yaml.SafeDumper):
    """YAML without anchors: the same features are written out wherever they apply."""

    def ignore_aliases(self, data: Any) -> bool:
        return True
