"""YAML from outside, as the configuration of a tool or the front matter of a README: one reader, one exception."""

from __future__ import annotations

from typing import Any

import yaml

# libyaml, where PyYAML was built with it: the front of a card, of 600 lines, is read in a tenth of the time.
_Safe: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_DEEPEST = 200  # values inside of values: libyaml calls itself for each, and nothing else limits it


class _Loader(_Safe):  # type: ignore[misc, valid-type]  # one of two classes
    """Plain values only: a key is refused that a mapping has twice, of which PyYAML takes the last without a word."""

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
        _refuse_endless(text)
        return yaml.load(text, Loader=_Loader)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except yaml.YAMLError as error:
        raise ValueError(" ".join(str(error).split())) from None
    except (ValueError, LookupError, AttributeError, ArithmeticError, TypeError) as error:
        raise ValueError(f"a value does not fit its tag: {error}") from None


def _refuse_endless(text: str | bytes) -> None:
    """Raises what PyYAML would for an alias, with which a few lines stand for more values than fit in memory, and for
    values that are nested too deeply."""
    depth = 0
    for event in yaml.parse(text, Loader=_Safe):
        if isinstance(event, yaml.AliasEvent):
            what = f"*{event.anchor} is an alias: write it out"
            raise yaml.composer.ComposerError(None, None, what, event.start_mark)  # type: ignore[arg-type]  # of libyaml
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise RecursionError
