"""Facts read by rule from the text of an original, only where it is unambiguous. Pure functions on texts."""
