"""`allegata`, and `python -m allegata`."""

import signal

# An interruption before a command runs ends the program, as it would any other: there is nothing to report or to undo.
if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)

from allegata.cli.app import main

if __name__ == "__main__":
    main()
