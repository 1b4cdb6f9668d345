"""What the recipe does with one block: read it from the work folder, apply a stage, hand back a slim receipt."""
