"""Cells as people type them: text, dates, numbers, coordinates; columns of them at a time."""
