"""Baselines of every task: floors, a cue lexicon, linear models, a CRF. All seeded, all by leave-one-article-out."""
