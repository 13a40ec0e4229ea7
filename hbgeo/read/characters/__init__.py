"""The characters of place names: how they are read, and how else they are written."""
