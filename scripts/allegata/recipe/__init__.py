"""One article's way from top to bottom: settings, steps, state, and what a build says of itself."""
