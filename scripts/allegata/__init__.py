"""allegata: an annotated source corpus as a package, and the machine that makes it."""
