"""The checks behind the custom expectations: pure functions from a table of rows to what is wrong in it.

Every check takes `(rows, corpus)` and the arguments of its expectation by name, and returns findings. A row
whose article is unknown is left to the check of references, so that one fault is reported once.
"""
