"""Ground floor: label sets, the Arrow schema of every table, the problem report. Pure, no I/O."""
