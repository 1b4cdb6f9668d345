"""What is measured beside the package and is not in the wheel: speed, pipeline, cleaning, validation."""
