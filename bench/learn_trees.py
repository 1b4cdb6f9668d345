"""Learning oblivious trees by CatBoost (Prokhorenkova et al. 2018), one thread and a fixed seed, as plain numbers."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from allegata.judge.trees import UNIT

COLUMN_SHARE = 0.4


def fit_trees(
    rows: NDArray[np.float32], wanted: NDArray[np.float64], weight: NDArray[np.float64], *, depth: int, **options: float
) -> dict[str, Any]:
    """Oblivious trees for `wanted` (1 or 0, n) of `rows` (n x columns), as plain numbers."""
    from catboost import CatBoostClassifier

    model = CatBoostClassifier(
        depth=depth, border_count=63, random_seed=1, rsm=COLUMN_SHARE, bootstrap_type="Bernoulli", subsample=0.7,
        thread_count=1, verbose=False, allow_writing_files=False, **options,
    ).fit(rows, wanted, sample_weight=weight)  # fmt: skip
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        model.save_model(path, format="json")
        found = json.loads(path.read_text(encoding="utf-8"))
    scale, bias = found["scale_and_bias"]
    trees = [
        {
            "features": [split["float_feature_index"] for split in tree["splits"]],
            "borders": [split["border"] for split in tree["splits"]],
            "leaves": [round(scale * value * UNIT) for value in tree["leaf_values"]],
            "shares": [round(share) for share in tree["leaf_weights"]],
        }
        for tree in found["oblivious_trees"]
    ]
    for tree in trees:
        deepen(tree, depth)
    return {"trees": trees, "bias": round(float(np.ravel(bias)[0]) * UNIT)}


def deepen(tree: dict[str, Any], depth: int) -> None:
    """Ask the last question of a tree again until it has `depth` levels: the learner ends where no other helps."""
    while len(tree["features"]) < depth:
        level = len(tree["features"])
        tree["features"].append(tree["features"][-1] if level else 0)
        tree["borders"].append(tree["borders"][-1] if level else 0.0)
        above = [leaf >> (level - 1) & 1 if level else 0 for leaf in range(1 << level)]
        shares = tree["shares"]
        tree["shares"] = [
            share if answer == bit else 0 for bit in (0, 1) for share, answer in zip(shares, above, strict=True)
        ]
        tree["leaves"] = tree["leaves"] * 2
