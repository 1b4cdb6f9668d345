"""One rule a file. A rule takes a `Page` and answers with the hits it finds, each with reason and evidence.

Rules are general: they know how boilerplate looks, never which articles exist. A rule's version is part of its
name (`comments/1`); it goes up whenever the rule could decide otherwise than before.
"""
