"""The frame of the custom expectations: one metric that runs a pure function of `checks` over a whole batch.

Importing this module imports Great Expectations (2 s, see `importing`). (A map expectation of the library would
compute the condition, its negation, the values and the index of the failing rows as separate metrics, each over
the whole column.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import pyarrow as pa
from great_expectations.core.metric_domain_types import MetricDomainTypes
from great_expectations.execution_engine.execution_engine import ExecutionEngine
from great_expectations.execution_engine.pandas_execution_engine import PandasExecutionEngine
from great_expectations.expectations.expectation import BatchExpectation
from great_expectations.expectations.metrics.metric_provider import metric_value
from great_expectations.expectations.metrics.table_metric_provider import TableMetricProvider
from great_expectations.expectations.registry import get_expectation_impl
from great_expectations.validator.metric_configuration import MetricConfiguration
from great_expectations.validator.validator import ValidationDependencies

from allegata.validate.checks.finding import Finding
from allegata.validate.lookups import Lookups

if TYPE_CHECKING:
    import pandas as pd

METRIC = "table.findings"


@dataclass
class _Running:
    """A validation that runs: where its expectations look things up, and the last frame with its rows. All expectations
    of a suite see one frame; its rows for each of them were a sixth of the time."""

    corpus: Lookups
    frame: pd.DataFrame | None = None
    rows: pa.Table | None = None

    def rows_of(self, frame: pd.DataFrame) -> pa.Table:
        """The rows of a frame."""
        if self.frame is not frame:
            self.frame, self.rows = frame, pa.Table.from_pandas(frame, preserve_index=False)
        return self.rows


# A metric gets strings and numbers only, so the running validation reaches it this way.
_RUNNING: ContextVar[_Running] = ContextVar("running validation")


@contextmanager
def looking_up(corpus: Lookups) -> Iterator[None]:
    """Within: the corpus in which the custom expectations look things up."""
    token = _RUNNING.set(_Running(corpus))
    try:
        yield
    finally:
        _RUNNING.reset(token)


class TableFindings(TableMetricProvider):
    """What one check finds in the batch: a list of `Finding`."""

    metric_name = METRIC
    value_keys = ("check", "arguments")

    @metric_value(engine=PandasExecutionEngine)
    def _pandas(
        cls,
        execution_engine: PandasExecutionEngine,
        metric_domain_kwargs: dict[str, Any],
        metric_value_kwargs: dict[str, Any],
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any],
    ) -> list[Finding]:
        frame, _, _ = execution_engine.get_compute_domain(metric_domain_kwargs, domain_type=MetricDomainTypes.TABLE)
        running = _RUNNING.get()
        expectation = get_expectation_impl(metric_value_kwargs["check"])
        assert issubclass(expectation, Checked)  # only these ask for this metric
        return expectation.check(running.rows_of(frame), running.corpus, **json.loads(metric_value_kwargs["arguments"]))


class Checked(BatchExpectation):
    """An expectation that is met when its check finds nothing.

    The result holds `unexpected_count` and `findings`, the `Finding`s themselves.
    """

    check: ClassVar[Callable[..., list[Finding]]]

    def get_validation_dependencies(
        self,
        execution_engine: ExecutionEngine[Any] | None = None,
        runtime_configuration: dict[str, Any] | None = None,
    ) -> ValidationDependencies:
        """The one metric: the findings of this check with these arguments."""
        dependencies = super().get_validation_dependencies(execution_engine, runtime_configuration)
        kwargs = dict(self.configuration.kwargs)
        arguments = {name: kwargs[name] for name in sorted(kwargs) if name in self._own_arguments()}
        dependencies.set_metric_configuration(
            METRIC,
            MetricConfiguration(
                metric_name=METRIC,
                metric_domain_kwargs={"batch_id": kwargs.get("batch_id")},
                metric_value_kwargs={"check": self.expectation_type, "arguments": json.dumps(arguments)},
            ),
        )
        return dependencies

    @classmethod
    def _own_arguments(cls) -> set[str]:
        return set(cls.__fields__) - set(BatchExpectation.__fields__)

    def _validate(
        self,
        metrics: dict[str, Any],
        runtime_configuration: dict[str, Any] | None = None,
        execution_engine: ExecutionEngine[Any] | None = None,
    ) -> dict[str, Any]:
        findings: list[Finding] = metrics[METRIC]
        count = sum(finding.failed for finding in findings)
        return {"success": not findings, "result": {"unexpected_count": count, "findings": findings}}
