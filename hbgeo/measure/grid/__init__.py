"""A grid of cells that tells which polygon holds a point.

`lay` makes it, `table` looks it up, `index` asks GEOS where it cannot tell.
"""
