"""Whether the papers behind the library were retracted or corrected, asked of a source that the operator names."""
