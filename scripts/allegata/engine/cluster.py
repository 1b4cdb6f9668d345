"""The same two verbs on a Ray cluster, by Ray Data: the `[cluster]` extra.

Scheduling, retries after a lost worker or node, and spilling are Ray's. What was lost is computed again from
the source batches, so inputs (and a work folder, if there is one) must lie where every node can read them.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from types import TracebackType
from typing import TYPE_CHECKING, Self

import pyarrow as pa

from allegata.engine.runner import Data, Transform
from allegata.schema.problems import MissingExtraError, UsageError

if TYPE_CHECKING:
    from ray.data import Dataset


class RayRunner:
    """Runs on the Ray cluster at `address`, or at `RAY_ADDRESS`; "local" starts one in this process.

    The address is always explicit: without one, Ray would join whatever cluster last ran on the machine.
    A shuffle makes a batch of what four batches sent, and at most `parts`. Raises `UsageError` without an address or
    without Ray.
    """

    def __init__(self, address: str | None = None, parts: int = 64) -> None:
        address = address or os.environ.get("RAY_ADDRESS")
        if not address:
            raise UsageError("Name the Ray cluster: an address, RAY_ADDRESS, or the address local.")
        try:
            import ray
            import ray.data
        except ImportError as error:
            raise MissingExtraError("Ray", "cluster") from error
        self._ray, self._parts, self.address = ray, parts, address
        self._shuffled = parts
        self._started = not ray.is_initialized()
        if self._started:
            ray.init(address=address, log_to_driver=False, logging_level=logging.WARNING)
        ray.data.DataContext.get_current().enable_progress_bars = False
        logging.getLogger("ray.data").setLevel(logging.WARNING)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._started:
            self._ray.shutdown()

    def source(self, batches: list[pa.Table]) -> Data:
        """See `Runner.source`."""
        self._shuffled = max(1, min(self._parts, len(batches) // 4))
        return self._ray.data.from_arrow(batches)

    def map(self, transform: Transform, data: Data) -> Data:
        """See `Runner.map`."""
        dataset: Dataset = data
        return dataset.map_batches(transform, batch_size=None, batch_format="pyarrow", zero_copy_batch=True)

    def shuffle(self, data: Data, key: str) -> Data:
        """See `Runner.shuffle`."""
        dataset: Dataset = data
        return dataset.repartition(self._shuffled, keys=[key])

    def keep(self, data: Data) -> Data:
        """See `Runner.keep`."""
        dataset: Dataset = data
        return dataset.materialize()

    def select(self, data: Data, columns: list[str]) -> Data:
        """See `Runner.select`."""
        dataset: Dataset = data
        return dataset.select_columns(columns)

    def tables(self, data: Data) -> Iterator[pa.Table]:
        """See `Runner.tables`."""
        dataset: Dataset = data
        for batch in dataset.iter_batches(batch_size=None, batch_format="pyarrow"):
            if len(batch):
                yield batch
