"""What a protocol run gives back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from allegata.benchmark.protocols.published import PublishedTable
from allegata.benchmark.shared_sentences import SharedSentences
from allegata.schema.imported import Notice


@dataclass(frozen=True)
class ProtocolResult:
    """Our row inside the published table, and all that is needed to check it.

    `shared` counts the sentences that were asked and stood in the training set too.
    `comparable` is False where no test set was given: then the figures are of held-out training data and the row
    must not be read as one of the table. `predictions` are JSON Lines; two runs must agree byte for byte.
    """

    table: PublishedTable
    comparable: bool
    protocol: str
    further: Sequence[str]
    predictions: str
    notices: Sequence[Notice]
    shared: SharedSentences

    def lines(self) -> list[str]:
        """The whole report as Markdown."""
        held_out = "No test set was given: our row is of held-out training data and must not be compared."
        reading = self.table.caveat if self.comparable else held_out
        notices = [f"- {notice}" for notice in self.notices]
        return [
            *self.table.lines(),
            *("", reading),
            *("", self.protocol),
            *self.further,
            f"- contamination: {self.shared}",
            *(["", *notices] if notices else []),
        ]
