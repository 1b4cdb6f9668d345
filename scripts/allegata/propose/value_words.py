"""What a language calls months, weekdays, currencies, units and times: from CLDR, and what CLDR does not say."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from allegata.schema.languages import UNDETERMINED, primary_language

if TYPE_CHECKING:
    from babel import Locale

# Numbers that have each plural category in some language.
_SAMPLES = (0, 1, 2, 3, 5, 11, 21, 100, 1.5)
_UNITS = (
    *(f"length-{name}" for name in ("millimeter", "centimeter", "meter", "kilometer", "inch", "foot", "yard", "mile")),
    "length-nautical-mile",
    "length-light-year",
    *(f"mass-{name}" for name in ("microgram", "milligram", "gram", "kilogram", "tonne", "ton", "ounce", "pound")),
    *(f"volume-{name}" for name in ("milliliter", "centiliter", "liter", "hectoliter", "cubic-meter", "gallon")),
    "volume-barrel",
    *(f"area-{name}" for name in ("square-meter", "square-kilometer", "square-foot", "square-mile", "hectare", "acre")),
    *(f"speed-{name}" for name in ("kilometer-per-hour", "meter-per-second", "mile-per-hour", "knot")),
    *(f"temperature-{name}" for name in ("celsius", "fahrenheit", "kelvin")),
    *(f"energy-{name}" for name in ("kilowatt-hour", "calorie", "kilocalorie", "joule", "kilojoule")),
    *(f"power-{name}" for name in ("watt", "kilowatt", "megawatt", "gigawatt", "horsepower")),
    *(f"digital-{name}" for name in ("byte", "kilobyte", "megabyte", "gigabyte", "terabyte")),
    *(f"frequency-{name}" for name in ("hertz", "kilohertz", "megahertz", "gigahertz")),
    "electric-volt",
    "electric-ampere",
    "angle-degree",
    "pressure-bar",
    "pressure-hectopascal",
)  # fmt: skip
_MONTHS = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_DATE_UNITS = ("year", "month", "week", "day")
_TIME_UNITS = ("hour", "minute", "second")
# Codes that are words in capitals too.
_WORDS_LIKE_CODES = frozenset(
    ("ALL", "TOP", "TRY", "CUP", "SOS", "MOP", "GEL", "BAM", "LAK", "PEN", "MAD", "BOB", "COP", "RON", "MUR")
)


@dataclass(frozen=True)
class ValueWords:
    """The words of one language, each as it is written there; `known` is False where CLDR does not have it."""

    language: str
    known: bool = False
    months: frozenset[str] = frozenset()
    short_months: frozenset[str] = frozenset()
    weekdays: frozenset[str] = frozenset()
    short_weekdays: frozenset[str] = frozenset()
    money: frozenset[str] = frozenset()
    signs: frozenset[str] = frozenset("$€£¥₹₽₩₺₴₦₫₱฿₪₡₲₵₸₿")
    codes: frozenset[str] = frozenset()
    scales: frozenset[str] = frozenset()
    percent: frozenset[str] = frozenset("%‰％")
    units: frozenset[str] = frozenset()
    date_units: frozenset[str] = frozenset()
    time_units: frozenset[str] = frozenset()
    relative: frozenset[str] = frozenset()
    groups_by_space: bool = True
    more: Mapping[str, Any] = field(default_factory=dict)

    def listed(self, name: str) -> list[str]:
        """The words that words.toml has under a name."""
        return list(self.more.get(name, ()))


def value_words(language: str) -> ValueWords:
    """The words of a language (BCP 47); one that CLDR does not have has signs and codes alone."""
    from babel import Locale, UnknownLocaleError

    more = tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8")).get(
        primary_language(language), {}
    )
    try:
        locale = Locale.parse("" if language == UNDETERMINED else language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return ValueWords(language, codes=_codes(), more=more)
    spoken = _spoken(language)
    months, weekdays = _names(locale.months), _names(locale.days)
    money = _currencies(locale, more.get("heads", ""))
    return ValueWords(
        language,
        True,
        months[0],
        months[1] | _written_as(months[0], spoken.months) - months[0],
        *weekdays,
        money=frozenset((*money, *more.get("money", ()))),
        signs=ValueWords.signs | _signs(locale),
        codes=_codes(),
        scales=frozenset((*_scales(locale), *more.get("scales", ()))),
        percent=frozenset((*"%‰％", *_unit_names(locale, ["concentr-percent"]), *more.get("percent", ()))),
        units=frozenset((*_unit_names(locale, _UNITS), *more.get("units", ()))) - {"", "#", "″", "′"},
        date_units=frozenset(
            (*_unit_names(locale, [f"duration-{u}" for u in _DATE_UNITS], ("long",)), *spoken.date_units)
        ),
        time_units=frozenset(
            (*_unit_names(locale, [f"duration-{u}" for u in _TIME_UNITS], ("long",)), *spoken.time_units)
        ),
        relative=frozenset((*spoken.days, *more.get("relative", ()))),
        groups_by_space=_groups_by_space(locale),
        more=more,
    )


def _names(contexts: Mapping[str, Mapping[str, Mapping[int, str]]]) -> tuple[frozenset[str], frozenset[str]]:
    """The full and the abbreviated names of months or days; what is only a number is no name."""
    found = []
    for width in ("wide", "abbreviated"):
        words = {name for context in contexts.values() for name in context.get(width, {}).values()}
        found.append(frozenset(word.rstrip(".") for word in words if not any(map(str.isdigit, word))))
    return found[0], found[1]


@dataclass(frozen=True)
class _Spoken:
    """Words of dateparser: in lower case for the most part."""

    months: frozenset[str] = frozenset()
    date_units: frozenset[str] = frozenset()
    time_units: frozenset[str] = frozenset()
    days: frozenset[str] = frozenset()


def _spoken(language: str) -> _Spoken:
    """Months, units of time, and days named from today, as dateparser has them from CLDR and by hand.

    It has the forms of a declension that babel has not (`Tagen`), and abbreviations of one to three letters, which are
    passed over where the script has capitals: a `m` is a metre too.
    """
    from dateparser.languages.loader import default_loader

    try:
        info = default_loader.get_locale(language).info
    except ValueError:
        return _Spoken()

    def words(names: Iterable[str], least: int) -> frozenset[str]:
        found = {word for name in names for word in info.get(name, ())}
        return frozenset(word for word in found if len(word) >= least or word.lower() == word.upper())

    days = {
        word
        for kind, named in info.get("relative-type", {}).items()
        for word in named
        if any(unit in kind for unit in _DATE_UNITS) and not any(map(str.isdigit, word)) and len(word) > 1
    }
    return _Spoken(words(_MONTHS, 3), words(_DATE_UNITS, 4), words(_TIME_UNITS, 4), frozenset(days))


def _written_as(names: frozenset[str], words: Iterable[str]) -> frozenset[str]:
    """The words with a capital where the names have one."""
    capital = any(name[:1].isupper() for name in names)
    return frozenset(word[:1].upper() + word[1:] if capital else word for word in words)


def _unit_names(
    locale: Locale, units: Iterable[str], lengths: tuple[str, ...] = ("long", "short", "narrow")
) -> Iterator[str]:
    from babel.units import UnknownUnitError, format_unit

    for unit in units:
        for length in lengths:
            for number in _SAMPLES:
                try:
                    # Babel declares the length as a literal; `lengths` holds no other.
                    text = format_unit(number, unit, length, "@", locale=locale)  # type: ignore[arg-type]
                except (UnknownUnitError, ValueError, KeyError):
                    continue
                name = text.replace(str(number), "").strip(" \u00a0\u202f\u200f\u200e@")
                if name and unit not in name and not any(map(str.isdigit, name)):
                    yield name.replace("\u00a0", " ")


def _codes() -> frozenset[str]:
    from babel.core import get_global

    used = {row[0] for rows in get_global("territory_currencies").values() for row in rows if row[2] is None and row[3]}
    return frozenset(used - _WORDS_LIKE_CODES)


def _signs(locale: Locale) -> set[str]:
    """The signs of currencies in this language, `US$` and `zł` among them, without those that are codes."""
    return {
        sign for code, sign in locale.currency_symbols.items() if (sign != code and not sign.isascii()) or "$" in sign
    }


def _currencies(locale: Locale, heads: str) -> set[str]:
    """Names of currencies in use, and the noun of each name (`dollars`) where one stands in several of them."""
    from babel.numbers import get_currency_name

    codes = sorted(_codes() | _WORDS_LIKE_CODES)
    names = {get_currency_name(code, number, locale=locale) for code in codes for number in _SAMPLES} - set(codes)
    found = {name for name in names if len(name) > 1}
    for place, name in ((0, "first"), (-1, "last")):
        if heads not in ("", name):
            continue
        nouns: Counter[str] = Counter()
        for code in codes:
            forms = {get_currency_name(code, number, locale=locale) for number in _SAMPLES} - {code}
            nouns.update({form.split()[place].split("-")[place] for form in forms if form.split()})
        found |= {noun for noun, count in nouns.items() if count > (1 if heads else 3) and len(noun) > 2}
    return found


def _scales(locale: Locale) -> Iterator[str]:
    for width in ("long", "short"):
        for patterns in locale.compact_decimal_formats.get(width, {}).values():
            for pattern in patterns.values():
                name = pattern.pattern.replace("'", "").strip("0 \u00a0\u202f\u200f")
                if len(name) > 1 or (name and name.lower() == name.upper() and name.isalpha()):
                    yield name


def _groups_by_space(locale: Locale) -> bool:
    symbols = locale.number_symbols.get(locale.default_numbering_system, {}) or locale.number_symbols.get("latn", {})
    return str(symbols.get("group", "")).isspace()


def months_by_name(language: str) -> dict[str, int]:
    """The number of each month by its names and abbreviations in lower case, without a full stop."""
    from babel import Locale, UnknownLocaleError
    from dateparser.languages.loader import default_loader

    found: dict[str, int] = {}
    try:
        info = default_loader.get_locale(language).info
        found |= {word.lower(): n for n, name in enumerate(_MONTHS, 1) for word in info.get(name, ()) if len(word) > 2}
    except ValueError:
        pass
    try:
        contexts = Locale.parse(language.replace("-", "_")).months.values()
    except (UnknownLocaleError, ValueError):
        return found
    for names in (context[width] for context in contexts for width in ("abbreviated", "wide") if width in context):
        found |= {name.lower().rstrip("."): number for number, name in names.items()}
    return found


def units_by_name(language: str) -> dict[str, str]:
    """What a duration in each unit of time is in ISO 8601 (`P{}D`), by the names of the unit in lower case."""
    from babel import Locale, UnknownLocaleError
    from dateparser.languages.loader import default_loader

    forms = dict(
        zip((*_DATE_UNITS, *_TIME_UNITS), ("P{}Y", "P{}M", "P{}W", "P{}D", "PT{}H", "PT{}M", "PT{}S"), strict=True)
    )
    found: dict[str, str] = {}
    try:
        info = default_loader.get_locale(language).info
        found |= {word.lower(): form for unit, form in forms.items() for word in info.get(unit, ()) if len(word) > 3}
    except ValueError:
        pass
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return found
    for unit, form in forms.items():
        found |= {name.lower(): form for name in _unit_names(locale, [f"duration-{unit}"], ("long",))}
    return found
