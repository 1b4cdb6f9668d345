"""Great Expectations comes without what no suite of ours needs, and with it where one does."""

from __future__ import annotations

import subprocess
import sys

import pytest

BEGIN = """
import sys
from allegata.validate.importing import UNUSED, import_great_expectations
"""
USED = """
import_great_expectations()
print(sorted(set(UNUSED) & set(sys.modules)))

from great_expectations.expectations.core import expect_column_kl_divergence_to_be_less_than as one
print(round(float(one.stats.entropy([1, 1])), 3), one.alt.Chart.__name__)

import scipy.stats, altair
print(scipy.stats.entropy is one.stats.entropy, altair.__version__ == one.alt.__version__)
"""
# A library that uses one of them while Great Expectations is imported, here in its place.
MEANWHILE = """
import types
from importlib.machinery import ModuleSpec

class Finder:
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name == "great_expectations" else None
    def create_module(self, spec):
        return types.ModuleType(spec.name)
    def exec_module(self, module):
        from importlib.util import find_spec
        print(find_spec("altair").name)
        import altair.vegalite
        from altair import Chart
        from scipy import stats
        print(Chart.__name__, round(float(stats.entropy([1, 1])), 3))

sys.meta_path.insert(0, Finder())
import_great_expectations()
import altair, scipy.stats
print(type(altair).__name__, type(scipy.stats).__name__, altair.Chart.__module__.split(".")[0])
"""
ABSENT = """
sys.modules["boto3"] = None  # as where it is not installed
import_great_expectations()
from great_expectations.compatibility import aws
print(bool(aws.boto3))
"""
FIRST = """
import great_expectations, scipy.stats
before = dict(sys.modules)
import_great_expectations()
print(all(sys.modules[name] is module for name, module in before.items()))
"""


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (USED, ["[]", "0.693 Chart", "True True"]),
        (MEANWHILE, ["altair", "Chart 0.693", "module module altair"]),
        (ABSENT, ["False"]),
        (FIRST, ["True"]),
    ],
    ids=["used", "used meanwhile", "absent", "imported before"],
)
def test_what_no_suite_needs_is_imported_when_it_is_used(script, said):
    done = subprocess.run([sys.executable, "-c", BEGIN + script], capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines(), done.stderr) == (said, "")
