"""Great Expectations comes without what no suite of ours needs, and with it where one does."""

from __future__ import annotations

import subprocess
import sys

SCRIPT = """
import sys
from allegata.validate.importing import UNUSED, import_great_expectations

import_great_expectations()
print(sorted(set(UNUSED) & set(sys.modules)))

from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as one
print(round(float(one.stats.entropy([1, 1])), 3), one.alt.Chart.__name__)

import scipy.stats, altair
print(scipy.stats.entropy is one.stats.entropy, altair.Chart is one.alt.Chart)
"""


def test_what_no_suite_needs_is_imported_when_it_is_used():
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["[]", "0.693 Chart", "True True"]
