"""YAML from outside, as the configuration of a tool or the front matter of a README: one reader, one exception."""

from __future__ import annotations

from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Plain values only: an alias is refused, with which a few lines stand for more values than fit in memory."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, f"*{event.anchor} is an alias: write it out", event.start_mark
            )
        return super().compose_node(parent, index)


def yaml_value(text: str | bytes) -> Any:
    """The value of a document. Raises `ValueError` with one sentence, whatever PyYAML raises.

    Of a value that does not fit its tag (`!!int ''`, `!!bool x`, a sexagesimal number without end) PyYAML raises what
    Python does where it happens to fail.
    """
    try:
        return yaml.load(text, Loader=_Loader)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    except (ValueError, LookupError, AttributeError, ArithmeticError, TypeError) as error:
        raise ValueError(f"a value does not fit its tag: {error}") from None
