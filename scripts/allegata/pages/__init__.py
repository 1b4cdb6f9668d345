"""What all pages share: templates, the frame around them, and text with marks."""
