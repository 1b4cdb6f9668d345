#!/usr/bin/env bash
# datasets 5.2.0: a split without rows cannot be kept in Parquet. pyarrow writes an empty table as one row group of no
# rows; loading it ends in "ArrowInvalid: BatchSize must be greater than 0", for the split alone and for the whole
# configuration, whose other split has rows. So a data set whose table happens to have no row in one of its splits
# must leave out the file, and with it the split.
#
# Seen: "split train: DatasetGenerationError, caused by ArrowInvalid: BatchSize must be greater than 0".
# Source: packaged_modules/parquet/parquet.py takes the size of a batch from the rows of the first row group.
set -euo pipefail
place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
python3 -m venv "$place/venv"
"$place/venv/bin/python" -m pip install --quiet --disable-pip-version-check datasets==5.2.0 pyarrow==26.0.1
export HF_HOME="$place/home" HF_HUB_OFFLINE=1
cat > "$place/run.py" <<'PYTHON'
import sys

import pyarrow as pa
import pyarrow.parquet as pq
from datasets import load_dataset

place = sys.argv[1]
rows = pa.table({"text": ["alfa", "bravo"]})
pq.write_table(rows, f"{place}/train.parquet")
pq.write_table(rows.slice(0, 0), f"{place}/test.parquet")
files = {"train": f"{place}/train.parquet", "test": f"{place}/test.parquet"}
for split in ("train", "test", None):
    chosen = files if split is None else {split: files[split]}
    try:
        print(f"split {split}: {len(load_dataset('parquet', data_files=chosen, split=split))}")
        assert split == "train"
    except Exception as error:
        cause = error.__cause__ or error
        print(f"split {split}: {type(error).__name__}, caused by {type(cause).__name__}: {cause}")
        assert split != "train" and "BatchSize must be greater than 0" in str(cause)
PYTHON
"$place/venv/bin/python" "$place/run.py" "$place" 2> "$place/log" || { tail -n 5 "$place/log"; exit 1; }
