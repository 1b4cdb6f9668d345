"""What the recipe does with one batch: read it from the work folder, apply a stage, hand back a slim receipt."""
