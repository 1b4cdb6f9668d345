"""`python -m allegata`."""

from allegata.cli import main

main()
