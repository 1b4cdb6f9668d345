"""The edition without texts, and its hydration."""
