#!/usr/bin/env bash
# Great Expectations 1.24.1: a suite made with an expectation of a type that does not exist (a typing error in a JSON
# file) is made without it. The error goes to the log, the suite has no expectation, and validating it succeeds with
# `evaluated_expectations: 0` and `success_percent: None`. A gate that looks at `success` lets everything pass.
#
# Seen: "expectations in the suite: 0", "success: True, evaluated: 0".
# Source: ExpectationSuite.__init__ (core/expectation_suite.py) catches InvalidExpectationConfigurationError for each
# expectation and logs it.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check great-expectations==1.24.1
cat > "$place/run.py" <<'PYTHON'
import pandas as pd
import great_expectations as gx

context = gx.get_context(mode="ephemeral")
frame = pd.DataFrame({"a": [1, None]})
asset = context.data_sources.add_pandas("source").add_dataframe_asset("asset")
batch = asset.add_batch_definition_whole_dataframe("whole").get_batch({"dataframe": frame})
mistyped = {"type": "expect_column_values_to_not_be_nul", "kwargs": {"column": "a"}}
suite = gx.ExpectationSuite("suite", expectations=[mistyped])
result = batch.validate(suite)
evaluated = result.statistics["evaluated_expectations"]
print(f"expectations in the suite: {len(suite.expectations)}")
print(f"success: {result.success}, evaluated: {evaluated}")
assert (len(suite.expectations), result.success, evaluated) == (0, True, 0)
PYTHON
"$place/venv/bin/python" "$place/run.py" 2> "$place/log" || { cat "$place/log"; exit 1; }
