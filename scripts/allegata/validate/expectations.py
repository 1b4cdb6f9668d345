"""The custom expectations, as Great Expectations knows them: a name, its arguments, its check.

Importing this module imports Great Expectations (3 s) and registers the classes; only `run` does, when a
suite is to be run. Every class is a thin frame: what it checks is a pure function in `checks`, run once over
the whole batch by one metric. (A map expectation of the library would compute the condition, its negation,
the values and the index of the failing rows as separate metrics, each over the whole column.)
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Literal

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

from allegata.validate.checks import articles, references, spans, splits
from allegata.validate.checks.finding import Finding
from allegata.validate.corpus import Corpus, TextName

METRIC = "table.findings"
# A metric gets strings and numbers only, so the lookups of the running validation reach it this way.
_CORPUS: ContextVar[Corpus] = ContextVar("corpus of the running validation")


@contextmanager
def looking_up(corpus: Corpus) -> Iterator[None]:
    """Within: the corpus in which the custom expectations look things up."""
    token = _CORPUS.set(corpus)
    try:
        yield
    finally:
        _CORPUS.reset(token)


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
        rows = pa.Table.from_pandas(frame, preserve_index=False)
        expectation = get_expectation_impl(metric_value_kwargs["check"])
        assert issubclass(expectation, _Checked)  # only these ask for this metric
        return expectation.check(rows, _CORPUS.get(), **json.loads(metric_value_kwargs["arguments"]))


class _Checked(BatchExpectation):
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


class ExpectColumnsToBeFilled(_Checked):
    """No null and no empty string in `columns`."""

    check = references.be_filled
    columns: list[str]


class ExpectValuesToBeLabels(_Checked):
    """Every value of `column` is one of the set `labels_of` in `allegata.schema.labels`."""

    check = references.be_labels
    column: str
    labels_of: str


class ExpectReferencesToResolve(_Checked):
    """Every id in `column` is known in the table `to`, or is one of `also`."""

    check = references.resolve
    column: str
    to: Literal["articles", "sentences", "claims", "entities", "ledger", "entity_ids"]
    also: list[str]


class ExpectSpansToLieInsideText(_Checked):
    """Offsets lie inside the text, and the span is not empty."""

    check = spans.lie_inside_text
    start: str
    end: str
    text: TextName


class ExpectSpansToQuoteText(_Checked):
    """`text[start:end]` is the quoted text of the row."""

    check = spans.quote_text
    start: str
    end: str
    surface: str
    text: TextName


class ExpectSpansToMapToSource(_Checked):
    """Clean and source offsets are the same place by the offset map."""

    check = spans.map_to_source
    start: str
    end: str
    source_start: str
    source_end: str


class ExpectSpansToHaveCleanEdges(_Checked):
    """No blank and, where `markers` is true, no citation marker at an edge of a span."""

    check = spans.have_clean_edges
    surface: str
    markers: bool


class ExpectSpansToFollowOneAnother(_Checked):
    """The spans of one article, or of one list, are in order and do not overlap."""

    check = spans.follow_one_another
    start: str
    end: str
    within: Literal["article", "parent"]


class ExpectSpansToBeHullOfSegments(_Checked):
    """A span reaches exactly from its first segment to its last."""

    check = spans.be_hull
    start: str
    end: str
    nested: str


class ExpectSpansToAvoidRemovals(_Checked):
    """Nothing of a span's source was removed, but for the reasons in `allow`."""

    check = spans.avoid_removals
    source_start: str
    source_end: str
    allow: list[str]


class ExpectPositionsToMatchSource(_Checked):
    """The clean position of something that left the text is where it closed up."""

    check = spans.stand_at_position
    position: str
    source_start: str


class ExpectSpansToLieInsideSentence(_Checked):
    """A span lies inside the sentence it names."""

    check = references.lie_inside_sentence
    start: str
    end: str
    sentence_id: str


class ExpectSpansToStandInZones(_Checked):
    """The sentence of a span lies in one of `zones`."""

    check = references.stand_in_zones
    sentence_id: str
    zones: list[str]


class ExpectFlagsToMatchClaims(_Checked):
    """A sentence is flagged exactly when a claim names it."""

    check = references.match_claims
    sentence_id: str
    flag: str


class ExpectSpansToLieInsideParent(_Checked):
    """A parent encloses its child, at most `levels` levels deep."""

    check = references.lie_inside_parent
    own_id: str
    parent_id: str
    start: str
    end: str
    levels: int


class ExpectEntitiesUnlessValues(_Checked):
    """Dates, amounts and numbers have no entity id, all other mentions have one."""

    check = references.have_entities_unless_values
    label: str
    entity_id: str


class ExpectSourceToBeAccountedFor(_Checked):
    """Every code point of a source text is kept, or in exactly one removal."""

    check = articles.be_accounted_for


class ExpectTextToBeProjection(_Checked):
    """The clean text is what the offset map keeps of the source text."""

    check = articles.be_projections


class ExpectRepetitionsToRepeat(_Checked):
    """Repetitions, and nothing else, name the span they repeat, and it says the same."""

    check = articles.repeat
    reason: str
    surface: str
    repeats_start: str
    repeats_end: str


class ExpectCitationsToMatchReferences(_Checked):
    """A citation quotes its marker, was removed as one, and has the url of the reference list."""

    check = articles.cite_references
    marker: str
    url: str
    source_start: str
    source_end: str


class ExpectSplitOfArticle(_Checked):
    """A row is in the split of its article."""

    check = splits.share_split_of_article
    split: str


class ExpectSameSplitWithin(_Checked):
    """All articles with the same value of `column` are in one split."""

    check = splits.share_split_within
    column: str
    split: str


class ExpectSameSplitForEqualTexts(_Checked):
    """Articles with the same normalised text are in one split."""

    check = splits.share_split_when_equal
    text: TextName
    split: str


class ExpectLedgerToBalance(_Checked):
    """Kept and removed articles are what the published tables say, and none is lost."""

    check = splits.balance
    article_id: str
    status: str
    stage: str
    reason: str
    canonical_id: str
