"""Language tags: a primary language of ISO 639 as BCP 47 takes it, whatever script and region follow."""

from __future__ import annotations

import re
from functools import cache

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
UNDETERMINED = "und"
_UNKNOWN = "write 'und' where the language is not known, 'mul' for several, 'zxx' for none"


def primary_language(tag: str) -> str:
    """The language of a tag without script, region and variants: `pt` of `pt-BR`."""
    return tag.partition("-")[0].lower()


@cache
def language_fault(tag: str) -> tuple[str, str] | None:
    """What is wrong with a language tag, and what to write instead; None where nothing is.

    The form is that of BCP 47. Its first part must be a language of ISO 639-1, -2, -3 or -5, as IANA's registry has
    them, or `und`, `mul`, `zxx`; script, region and variants are not looked up.
    """
    from langcodes import tag_is_valid

    if not _TAG.fullmatch(tag):
        return f"{tag!r} is no language tag such as 'en' or 'pt-BR' (BCP 47)", _likely(tag) or _UNKNOWN
    primary, _, rest = tag.partition("-")
    if len(primary) < 4 and tag_is_valid(primary.lower()):
        return None
    return f"{tag!r} is no language of ISO 639", _likely(primary, rest) or _UNKNOWN


def _likely(tag: str, rest: str = "") -> str:
    """The tag that is likely meant: the same without blanks and underscores, the language of a country or of an English
    name; empty if none is."""
    from babel import Locale
    from babel.core import get_global

    plain = tag.strip().replace("_", "-")
    if plain != tag and _TAG.fullmatch(plain) and language_fault(plain) is None:
        return f"write {plain!r}"
    english, likely = Locale("en"), get_global("likely_subtags")
    codes = [code for code, name in english.languages.items() if name.casefold() == tag.strip().casefold()]
    country = tag.upper()
    if country in english.territories and country != "ZZ":
        # Unicode's table leaves out the countries whose language is its first guess.
        codes.append(likely.get(f"und_{country}", likely["und"]).partition("_")[0])
    code = min((code for code in codes if code != "und"), key=len, default="")
    return f"write {'-'.join(filter(None, (code, rest)))!r} for {english.languages.get(code, code)}" if code else ""
