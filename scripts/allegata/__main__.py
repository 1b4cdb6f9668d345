"""`python -m allegata`."""

from allegata.cli.app import main

main()
