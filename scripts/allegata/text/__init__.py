"""Ground floor: spans, layers, the annotated article, offset maps, sentences. Pure, no I/O."""
