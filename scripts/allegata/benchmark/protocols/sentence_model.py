"""The sentence classifier of the two sentence protocols: two views of a sentence, each under a linear model.

One view is its words (TF-IDF), the other the sentence embedding of the packaged encoder, both with the marks of
its surface. Their standardised scores are averaged: they err in different places.
"""

from __future__ import annotations


