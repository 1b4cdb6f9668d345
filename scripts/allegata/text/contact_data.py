"""Where a text says how a person is reached, or known to machines: addresses, handles, telephone numbers, accounts.

Patterns, and for telephone numbers phonenumbers with the numbering plan of each country; every pattern has bounded
repetitions, so that the time is linear in the text. Offsets are code points.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

from allegata.text.script_words import has_no_blanks
from allegata.text.spans import Taken

EMAIL, HANDLE, PHONE, ACCOUNT, ADDRESS = "email", "handle", "phone", "iban", "ip"
# An address in ASCII ends where another script goes on, and begins where it ended.
_HOST = r"(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}"
_EMAIL = re.compile(rf"(?<![A-Za-z0-9._%+@-])[A-Za-z0-9_%+-][A-Za-z0-9._%+-]{{0,63}}@{_HOST}(?![A-Za-z0-9@-])")
_OTHER_EMAIL = re.compile(r"(?<![\w.%+@-])[^\W_][\w.%+-]{0,63}@(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}(?![\w@-])")
_HANDLE = re.compile(
    r"(?<![\w.%+@-])@(?=[0-9_.]{0,30}[A-Za-z])[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,28}[A-Za-z0-9_])"
    rf"(?:@{_HOST})?(?![A-Za-z0-9_@])"
)
_ACCOUNT = re.compile(
    r"(?<![A-Za-z0-9])[A-Z]{2}[0-9]{2}(?:[ \u00a0]?[A-Z0-9]{4}){2,7}(?:[ \u00a0]?[A-Z0-9]{1,3})?(?![A-Za-z0-9])"
)
_LEAST_OF_ACCOUNT = 15  # characters of the shortest IBAN, that of Norway
_IPV4 = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w]|\.[0-9])")
_IPV6 = re.compile(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:])")
_DIGITS = re.compile(r"\d(?:\W{0,3}\d){5}")
_PIECE = re.compile(r"[^\n]{1,160}(?=\n|[^\W\d_]|\Z)|[^\n]{1,160}")
# Fractions, votes, pages: phonenumbers tries every part of them, 50 microseconds of CPU time a character.
_SLASHES = re.compile(r"(?:\d{1,2}\s?[/\uff0f]\s?){12,}")
_PLUS = re.compile("[+\uff0b]")  # without one there is no number in the international form
_DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:\d{2}|\d{4})|\d{4}([./-])\d{1,2}\2\d{1,2}")
_MOST_DIGITS = 15  # of a telephone number, by ITU-T E.164


@dataclass(frozen=True, order=True)
class Contact:
    """A place `[start, end)` of a text, and what it holds: email, handle, phone, iban or ip."""

    start: int
    end: int
    kind: str


def find_contacts(text: str, regions: Iterable[str] = ()) -> list[Contact]:
    """What of a text is an e-mail address, a handle, an IBAN, an IP address or a telephone number; sorted, disjoint.

    A telephone number in the international form is found anywhere, another where it is valid in one of `regions`
    (ISO 3166). An IBAN counts if its check digits are right (ISO 13616), an IP address if it is one.
    """
    found: list[Contact] = []
    taken = Taken(len(text))
    for contact in (*_emails(text), *_handles(text), *_accounts(text), *_addresses(text), *_phones(text, regions)):
        place = (contact.start, contact.end)
        if taken.is_free(place):
            taken.add(place)
            found.append(contact)
    return sorted(found)


def _emails(text: str) -> Iterator[Contact]:
    if "@" not in text:
        return
    yield from (Contact(*match.span(), EMAIL) for match in _EMAIL.finditer(text))
    for match in _OTHER_EMAIL.finditer(text):
        if not any(map(has_no_blanks, match.group())):
            yield Contact(*match.span(), EMAIL)


def _handles(text: str) -> Iterator[Contact]:
    for match in _HANDLE.finditer(text) if "@" in text else ():
        yield Contact(*match.span(), HANDLE)


def _accounts(text: str) -> Iterator[Contact]:
    """IBANs; of a match that runs into a following word, the longest part of whole groups that is one."""
    for match in _ACCOUNT.finditer(text):
        said = match.group()
        while len(bare := re.sub(r"[ \u00a0]", "", said)) >= _LEAST_OF_ACCOUNT:
            digits = "".join(str(int(character, 36)) for character in bare[4:] + bare[:4])
            if int(digits) % 97 == 1:
                yield Contact(match.start(), match.start() + len(said), ACCOUNT)
                break
            said = re.sub(r"[ \u00a0]?[A-Z0-9]{0,4}\Z", "", said, count=1) if " " in said or "\u00a0" in said else ""


def _addresses(text: str) -> Iterator[Contact]:
    for pattern, kind in ((_IPV4, IPv4Address), (_IPV6, IPv6Address)):
        for match in pattern.finditer(text):
            try:
                kind(match.group())
            except ValueError:
                continue
            yield Contact(*match.span(), ADDRESS)


def _phones(text: str, regions: Iterable[str]) -> Iterator[Contact]:
    """Telephone numbers by phonenumbers: possible ones in the international form, valid ones in that of a region."""
    pieces = list(_pieces_with_digits(text))
    if not pieces:
        return
    from phonenumbers import Leniency, PhoneNumberMatcher

    for region in (None, *regions):
        leniency = Leniency.VALID if region else Leniency.POSSIBLE
        for place, piece in pieces:
            if region is None and not _PLUS.search(piece):
                continue
            for match in PhoneNumberMatcher(piece, region, leniency):
                said = match.raw_string
                if sum(map(str.isdigit, said)) <= _MOST_DIGITS and not _DATE.fullmatch(said):
                    yield Contact(place + match.start, place + match.end, PHONE)


def _pieces_with_digits(text: str) -> Iterator[tuple[int, str]]:
    """The pieces of the text that may hold a telephone number, with their places.

    A piece is a line, or what stands between two runs of digits and slashes, which are none; a long one is cut before a
    letter where it can be.
    """
    for match in _PIECE.finditer(text):
        at, piece = 0, match.group()
        for start, end in (*(run.span() for run in _SLASHES.finditer(piece)), (len(piece), len(piece))):
            if _DIGITS.search(piece, at, start):
                yield match.start() + at, piece[at:start]
            at = end
