"""The gate: Great Expectations suites a curator can read, custom expectations for spans, one report."""
