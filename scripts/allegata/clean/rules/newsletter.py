"""Newsletter and subscribe prompts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from allegata.clean.page import Hit, Page

NAME = "newsletter/2"

MOST_WORDS = 45
_IMPERATIVE = re.compile(
    r"(?:please |(?:if you )?(?:want|liked?|enjoy(?:ed|ing)?|love)\b.{0,60}[?,] ?|thanks for reading.{0,60}[!.] ?|for more .{0,60}, ?|don't miss .{0,40}[.!,:] ?)?"
    r"(?:subscribe|sign[ -]?up|register|join|get|receive|enter|type|stay|keep up|never miss|"
    r"discover more from|follow|like us|find us|connect with us|become an? (?:member|subscriber)|support|"
    r"already an? (?:member|subscriber)|delivered|our (?:free )?|the (?:best|latest|top)|"
    r"(?:daily|weekly|free|morning) (?:newsletter|briefing|digest)s?|newsletters?|download)\b"
)
_CHANNEL = re.compile(
    r"\b(?:(?:our|the|this|my|free|daily|weekly|email|e-mail) (?:\w+ ){0,2}(?:newsletters?|bulletin|briefing|digest)|sign up (?:for|to)|in(?:to)? your (?:inbox|mailbox)|to your (?:inbox|email)|(?:enter|type|add|leave|with|to|in|at) your e-?mail|by e-?mail|via e-?mail|"
    r"e-?mail (?:alerts?|address|updates?|list)|mailing list|breaking[- ]news alerts?|(?:latest|new) posts|"
    r"(?:follow|find|like|connect with) (?:us|me)|google news|notifications|whatsapp channel|telegram|our podcast|"
    r"our app|(?:exclusive|unlimited|full) access|readers: get|today's top stories)"
)
_FULL = re.compile(
    r"(?:(?:subscribe|sign up|join)(?: now| today| here| free| for free| with us| us)?|join \d[\d,.]* (?:other )?subscribers|"
    r"type your e-?mail(?:\.*)|e-?mail address|your e-?mail(?: address)?|enter your e-?mail.{0,40}|"
    r"never miss (?:a|an|another) (?:story|post|update|beat)|unsubscribe(?: at any time)?|"
    r"(?:you can )?unsubscribe (?:at )?any ?time|continue reading|discover more from .{1,60}|no spam.{0,40}|"
    r"we (?:don't|do not|never|won't) spam\b.{0,80}|check your (?:inbox|e-?mail|spam).{0,80}|sign me up|"
    r"(?:get|receive) (?:the next one|new posts|every post) by e-?mail)"
)
_LEAD = re.compile(r"(?:liked?|enjoy(?:ed|ing)?|loved?|want) .{1,60}\? ")
# Slogans that stand beside a prompt: "Stay ahead of the market."
_SLOGAN = re.compile(
    r"(?:(?:stay|be|keep) (?:ahead|informed|updated|up[ -]to[ -]date|tuned|connected|in the (?:loop|know))|"
    r"don't miss (?:out|a thing|the next)|enable notifications|want more|be the first to know|never miss)\b.{0,50}"
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
    if not line or page.word_counts[index] > MOST_WORDS:
        return None
    found = _imperative(line)
    return None if found and page.quotes(index) else found


def _imperative(line: str) -> str | None:
    lead = _LEAD.match(line)
    if _FULL.fullmatch(line[lead.end() if lead else 0 :].strip(" .!:?")):
        return f"subscribe prompt {line[:60]!r}"
    imperative = _IMPERATIVE.match(line)
    channel = _CHANNEL.search(line, imperative.end()) if imperative else None
    if imperative and channel:
        return f"{imperative.group()[:40].strip()!r} with {channel.group()!r}"
    return None
