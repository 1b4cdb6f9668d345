"""Sealed words: what only the holder of an article can read.

The letters of an article are cut into blocks of `BLOCK`. What belongs to a block is encrypted with a key that is made
of the letters of the block (and of nothing secret): message-locked encryption (Bellare, Keelveedhi, Ristenpart 2013).
Who has the page opens it, however its blanks, quotation marks or markup are written; who has not would have to guess
all letters of the block at once. By Shannon's figure (`allegata.text.fingerprints`) these hold 150 bits or more, of
which the fingerprints give away 64. Blocks do not overlap, so who knows one opens no other.

The stream is SHAKE-256 of key and place; a place is sealed once in a version, and the key depends on the version.
"""

from __future__ import annotations

import base64
import hashlib

from allegata.text.spans import Span

BLOCK = 256
_TAG = 8


def block_of(letter: int, letters: int) -> Span:
    """The block, of a text of so many letters, that a letter is in; the last one holds what is too short for one."""
    count = max(1, letters // BLOCK)
    at = min(max(0, letter) // BLOCK, count - 1)
    return Span(at * BLOCK, letters if at == count - 1 else (at + 1) * BLOCK)


def seal(text: str, block: str, place: str, edition: str) -> str:
    """`text` as it is shipped: base64. `block` are the letters of its block, `place` is where it belongs, `edition`
    the digest of the version."""
    data = text.encode()
    data = hashlib.sha256(data).digest()[:_TAG] + data
    return base64.b64encode(_mixed(data, block, place, edition)).decode()


def unseal(sealed: str, block: str, place: str, edition: str) -> str | None:
    """What was sealed; None where the block is not the one it was sealed with, or it is damaged."""
    try:
        data = _mixed(base64.b64decode(sealed), block, place, edition)
    except ValueError:
        return None
    tag, data = data[:_TAG], data[_TAG:]
    return data.decode() if hashlib.sha256(data).digest()[:_TAG] == tag else None


def _mixed(data: bytes, block: str, place: str, edition: str) -> bytes:
    key = hashlib.sha256(f"allegata-seal/1\n{edition}\n{place}\n{block}".encode()).digest()
    stream = hashlib.shake_256(key).digest(len(data))
    return (int.from_bytes(data, "big") ^ int.from_bytes(stream, "big")).to_bytes(len(data), "big")
