"""Warnings about a library that can be used all the same: what is probably a slip in it."""
