"""YAML from outside, as the configuration of a tool or the front matter of a README: one reader, one exception."""

from __future__ import annotations

from typing import Any

import yaml


class _Loader(yaml.SafeLoader):
    """Plain values only: an alias is refused, with which a few lines stand for more values than fit in memory, and a
    key that a mapping has twice, of which PyYAML takes the last without a word."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.composer.ComposerError(
                None, None, f"*{event.anchor} is an alias: write it out", event.start_mark
            )
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        """See `SafeConstructor`."""
        seen = set[tuple[str, str]]()
        for key, _ in node.value if isinstance(node, yaml.MappingNode) else ():
            if isinstance(key, yaml.ScalarNode):
                if (key.tag, key.value) in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"the key {key.value[:60]!r} is there twice", key.start_mark
                    )
                seen.add((key.tag, key.value))
        found: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        return found


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
