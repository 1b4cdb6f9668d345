"""Text of the data as people may see it: what would steer a terminal, or hide, is shown by its code point."""

from __future__ import annotations

import re

# Control characters, separators of lines that no editor breaks at, half characters, and what turns the direction of
# the text that follows; the marks that only join or separate letters (U+200C to U+200F) belong to many scripts.
HIDDEN = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def shortened(text: str, most: int) -> str:
    """A text of at most about `most` characters: of a longer one the beginning and the end."""
    end = min(25, most // 4)
    return text if len(text) <= most else f"{text[: most - end]} … {text[-end:]}"


def visible(text: str, keep: str = "") -> str:
    """`text` with every character that steers or hides as `<U+001B>`, but those in `keep` (such as line breaks)."""
    return HIDDEN.sub(lambda match: match[0] if match[0] in keep else f"<U+{ord(match[0]):04X}>", text)
