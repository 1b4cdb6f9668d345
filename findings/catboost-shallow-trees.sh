#!/usr/bin/env bash
# catboost 1.2.10: a model that is grown with depth=5 and SymmetricTree holds trees of fewer levels where no further split
# helps, and its JSON still states depth 5. A tree of s splits has 2**s leaf_values, so a reader that takes the stated
# depth for the number of levels, or stacks the trees into one array, fails or looks up the wrong leaf. Asking the last
# split again, with the leaves twice, makes all trees as deep without another prediction.
#
# Seen on four rows a hundred times, of which one column is the answer: stated depth 5; splits 2, 1, 2; leaves 4, 2, 4.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
python="$place/venv/bin/python"
"$python" -m pip --disable-pip-version-check install --quiet catboost==1.2.10 numpy==2.4.6

cd "$place"
"$python" - > seen << 'END'
import itertools
import json

from catboost import CatBoostClassifier

rows = [list(pair) for pair in itertools.product((0, 1), repeat=2)] * 100
model = CatBoostClassifier(
    iterations=3, depth=5, random_seed=0, thread_count=1, verbose=False, allow_writing_files=False
)
model.fit(rows, [first for first, _ in rows])
model.save_model("model.json", format="json")
with open("model.json") as file:
    saved = json.load(file)
options = saved["model_info"]["params"]["tree_learner_options"]
print("stated:", options["grow_policy"], "depth", options["depth"])
print("splits:", *(len(tree["splits"]) for tree in saved["oblivious_trees"]))
print("leaves:", *(len(tree["leaf_values"]) for tree in saved["oblivious_trees"]))
END
cat seen
diff seen - << 'END'
stated: SymmetricTree depth 5
splits: 2 1 2
leaves: 4 2 4
END
