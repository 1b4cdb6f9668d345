"""Plain text: bytes to the one string that all stored offsets refer to."""

from __future__ import annotations

from allegata.ingest.advice import beyond, leave_out, too_large
from allegata.ingest.charset import stated_charset, wide_charset
from allegata.schema.file_kinds import not_text
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem
from allegata.schema.wording import number
from allegata.text.normal import MOST_MARKS, has_endless_marks

_BOM = "\ufeff"


def decode_text(
    data: bytes, file: str, article_id: str, media_type: str = "", limits: Limits = DEFAULTS
) -> tuple[str, list[Problem]]:
    """The source text of `data`: UTF-8, without a byte order mark, every newline as `\\n`.

    Bytes that are not UTF-8 are read by their byte order mark, or by the charset that `media_type` names, if there is
    one. Nothing else is changed. Bytes that fit neither and NUL characters are problems, reported with their byte
    offset and count, and so are more bytes and lines than `limits` allow, and endless combining characters; the text is
    then empty.
    """
    if problem := too_large(data, file, article_id, limits) or not_text(data, file, article_id):
        return "", [problem]
    problems = []
    stated = stated_charset(media_type)
    wide = wide_charset(data, stated)
    if b"\0" in data and wide is None:
        problems.append(
            Problem(
                f"has {number(data.count(0), 'NUL byte')}, the first at byte {data.index(0)}",
                "it is no text file, or it was cut by a crash: replace it by a readable copy",
                file=file,
                article_id=article_id,
            )
        )
    try:
        text = _read(data, wide, stated)
    except UnicodeDecodeError as error:
        place = f"byte 0x{data[error.start]:02x} at byte {error.start}"
        problems.append(
            Problem(
                f"is not {error.encoding.upper()}: {place} ({error.reason})",
                "convert the file to UTF-8 (iconv -f ENCODING -t UTF-8)"
                + (" and update its manifest row" * bool(article_id)),
                file=file,
                article_id=article_id,
            )
        )
    else:
        text = text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
        if (lines := text.count("\n")) > limits.article_lines:
            problems.append(beyond(limits.excess("article-lines", lines), file, article_id))
        if has_endless_marks(text):
            what = f"has more than {MOST_MARKS:,} combining characters in a row"
            fix = f"no script is written so; {leave_out(article_id)}"
            problems.append(Problem(what, fix, file=file, article_id=article_id))
    return ("", problems) if problems else (text, [])


def _read(data: bytes, wide: str | None, charset: str | None) -> str:
    """UTF-8 wherever the bytes are that: many servers name a charset that their files do not have."""
    if wide:
        text = data.decode(wide)
        if "\0" in text:
            raise UnicodeDecodeError(wide, data, 0, 1, "it holds NUL characters")
        return text
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if charset is None:
            raise
        return data.decode(charset)
