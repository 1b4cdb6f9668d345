#!/usr/bin/env bash
# nervaluate 1.2.1: the score depends on the order in which the predictions of a document are listed. Gold is one span,
# 0 to 9; predicted are 0 to 4 and 0 to 9, both of the right type. With the exact span listed first, strict F1 is .67;
# with the other one first, that one is paired with the gold span because it overlaps it, and strict F1 is 0.
#
# Seen: "strict F1: 0.667 exact span first, 0.000 exact span last".
# Source: evaluate() of the strategies (strategies.py) goes through the predictions in their order and takes the first
# gold span that overlaps, before any exact match of a later prediction is looked for.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check nervaluate==1.2.1
cat > "$place/run.py" <<'PYTHON'
from nervaluate import Evaluator


def strict_f1(gold, predicted):
    spans = [[[{"label": "A", "start": start, "end": end} for start, end in side]] for side in (gold, predicted)]
    return Evaluator(*spans, tags=["A"], loader="dict").evaluate()["overall"]["strict"].f1


first, last = (strict_f1([(0, 9)], order) for order in ([(0, 9), (0, 4)], [(0, 4), (0, 9)]))
print(f"strict F1: {first:.3f} exact span first, {last:.3f} exact span last")
assert round(first, 3) == 0.667 and last == 0
PYTHON
"$place/venv/bin/python" "$place/run.py"
