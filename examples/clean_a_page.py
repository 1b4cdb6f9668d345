"""Clean one web page in memory, and show what was removed and why."""

import sys
from pathlib import Path

import allegata

PAGE = b"""<html lang="en"><head><title>Mill recalls flour</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<article><h1>Mill recalls flour</h1>
<p>A mill has recalled 4,000 bags of flour after a customer found a stone in one of them.</p>
<p>The mill said on Monday that nobody was hurt, and that every bag would be replaced.</p></article>
<footer>We use cookies. <a href="/privacy">Privacy</a></footer></body></html>"""

article = allegata.clean_html(Path(sys.argv[1]).read_bytes() if len(sys.argv) > 1 else PAGE)
print(f"{article.title} ({article.language})\n\n{article.text}\n")
for removal in article.removals:
    print(f"removed {removal.span.start} to {removal.span.end}, {removal.reason}: {' '.join(removal.text.split())}")
print("\nsentences, with their places in the page's visible text:")
for sentence in article.sentences:
    print(f"{article.offsets.span_to_source(sentence.span).start:5} {sentence.text}")
