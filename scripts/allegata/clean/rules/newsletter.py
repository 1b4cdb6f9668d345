"""Newsletter and subscribe prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page

NAME = "newsletter/1"

MOST_WORDS = 45
_IMPERATIVE = re.compile(
    r"(?:please |(?:if you )?(?:want|like|enjoy|love)\b.{0,60}[?,] ?|for more .{0,60}, ?|don't miss .{0,40}[.!,:] ?)?"
    r"(?:subscribe|sign[ -]?up|register|join|get|receive|enter|type|stay|keep up|never miss|"
    r"discover more from|follow|like us|find us|connect with us|become an? (?:member|subscriber)|support|"
    r"already an? (?:member|subscriber)|delivered|our (?:free )?newsletters?|the (?:best|latest|top)|"
    r"(?:daily|weekly|free|morning) (?:newsletter|briefing|digest)s?|newsletters?|download)\b"
)
_CHANNEL = re.compile(
    r"\b(?:newsletters?|in(?:to)? your (?:inbox|mailbox)|to your (?:inbox|email)|your e-?mail|by e-?mail|via e-?mail|"
    r"e-?mail (?:alerts?|address|updates?|list)|mailing list|breaking[- ]news alerts?|(?:latest|new) posts|"
    r"(?:follow|find|like|connect with) (?:us|me)|google news|notifications|whatsapp channel|telegram|our podcast|"
    r"our app|(?:exclusive|unlimited|full) access|subscri(?:be|ption|ber)s?\b)"
)
_FULL = re.compile(
    r"(?:(?:subscribe|sign up|join)(?: now| today| here| free| for free| with us| us)?|join \d[\d,.]* (?:other )?subscribers|"
    r"type your e-?mail(?:\.*)|e-?mail address|your e-?mail(?: address)?|enter your e-?mail.{0,40}|"
    r"never miss (?:a|an|another) (?:story|post|update|beat)|unsubscribe(?: at any time)?|"
    r"(?:you can )?unsubscribe (?:at )?any ?time|continue reading|discover more from .{1,60}|no spam.{0,40})"
)
# Slogans that stand beside a prompt: "Stay ahead of the market."
_SLOGAN = re.compile(
    r"(?:(?:stay|be|keep) (?:ahead|informed|updated|up[ -]to[ -]date|tuned|connected|in the (?:loop|know))|"
    r"don't miss (?:out|a thing)|want more|be the first to know|never miss)\b.{0,50}"
)


def find(page: Page) -> Iterator[Hit]:
    """Prompts by their imperative and their channel; slogans only beside a prompt or other furniture."""
    free = page.free()
    prompts = {index: evidence for index in free if (evidence := _prompt(page, index))}
    for index, evidence in prompts.items():
        yield Hit(index, index, "newsletter_prompt", evidence)
    for index in free:
        line = page.folded[index].strip(" .!:?")
        if index in prompts or page.word_counts[index] > 10 or not _SLOGAN.fullmatch(line):
            continue
        if page.neighbour_taken(index) or index - 1 in prompts or index + 1 in prompts:
            yield Hit(index, index, "newsletter_prompt", f"slogan {line[:60]!r} beside a prompt")


def _prompt(page: Page, index: int) -> str | None:
    line = page.folded[index]
    if not line or page.word_counts[index] > MOST_WORDS or page.reports(index):
        return None
    if _FULL.fullmatch(line.strip(" .!:?")):
        return f"subscribe prompt {line[:60]!r}"
    imperative, channel = _IMPERATIVE.match(line), _CHANNEL.search(line)
    if imperative and channel and channel.end() > imperative.start():
        return f"{imperative.group()[:40].strip()!r} with {channel.group()!r}"
    return None
