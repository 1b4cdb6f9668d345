"""Lines made to break a rule that looks ahead, looks back, or compares all with all. Invented, and short: a text of any
length is made of them."""

from __future__ import annotations

SIZES = (60_000, 120_000, 240_000)

# What is repeated until the text is as long as wanted. A line break at the end of a unit makes many lines of it.
SHAPES = {
    "one letter": "a",
    "one capital": "A",
    "one digit": "1",
    "blanks": "word \u00a0 \t  ",
    "words": "the mill burned and ",
    "capitalised words": "Ada Mill Bern ",
    "a sentence again": "The mill burned on Monday. ",
    "sentences of a quotation": "He said “no. Nothing.” ",
    "straight quotes": '"a "b ',
    "opened quotes": "“a «b ",
    "apostrophes": "it's o'b 'a ",
    "brackets opened": "(a [b {c ",
    "brackets closed": "a) b] c} ",
    "citations": "mill [1] [2, 3] [4-6] ",
    "citation opened": "[1, 2, 3, 4-",
    "stops": ". . ... ",
    "stops in words": "a.b.c.",
    "initials": "A. B. Mr. ",
    "hyphens": "a-b-c-",
    "addresses": "a@b.org www.a.org/b ",
    "links": "https://a.org/?b=c&d=1 ",
    "dates": "3 May 2026, May 4, 2026-05-04 10:30 ",
    "numbers": "1,000.50 2/3 45% $6 million ",
    "numbers in words": "twenty one thousand two hundred ",
    "telephones": "+44 20 7946 0999 (555) 010-9999 ",
    "digits and blanks": "1 2 3 ",
    "digits and slashes": "1/2/",
    "said": "Ada Quill said that the mill, said Ben, ",
    "according to": "according to Ada Quill ",
    "bylines": "By Ada Quill and Ben Mill, Reporter\n",
    "cues of furniture": "Read more: Share this\nAdvertisement\n",
    "headings of lists": "Tags:\nmill, fire\n",
    "lines that name headings": "In this: Mill / Fire\n",
    "boxes about authors": "About Ada Quill\nAda Quill is a reporter at the Mill.\n",
    "trails": "Home > News > Mill > ",
    "menus": "Home | News | Sport | Mill • Fire\n",
    "short lines": "ab\n",
    "blank lines": " \n\n",
    "paragraphs": "The mill at the river burned down on Monday, and nobody was hurt, the council said.\n\n",
    "two paragraphs by turns": "The mill burned, and nobody was hurt there.\nIt was rebuilt, the council said.\n",
    "lines as long as a rule reads": "word " * 390 + "\n",
    "a list": "1) mill\n- fire\n• river\n",
    "Chinese": "磨坊着火了。“是”，",
    "Thai": "โรงสี ไฟไหม้ ",
    "Arabic": "احترق المطحنة، قال. ",
    "Devanagari": "मिल जल गई। ",
    "combining marks": "e\u0301a\u0300 ",
    "characters of no width": "a\u200b\u00adb\u200e ",
    "beyond the first plane": "😀 👩\u200d👩\u200d👧 ",
    "markup as text": "<b a='x'> &amp; &#65; </b> <!-- ",
    "markdown": "# a\n| b | *c* |\n",
    "JSON as text": '{"a": [1, "b\\"", ',
}


def text_of(shape: str, size: int) -> str:
    """A text of the shape, of exactly `size` characters."""
    unit = SHAPES[shape]
    return (unit * (size // len(unit) + 1))[:size]
