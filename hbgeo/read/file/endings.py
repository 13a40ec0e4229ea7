"""The endings of the files that are read, by what reads them: each stands here and nowhere else."""

from __future__ import annotations

WORKBOOKS = frozenset({".xlsx", ".xls", ".xlsm", ".ods"})
TABBED = frozenset({".tsv"})  # texts whose cells are parted by tabs, whatever else is in them
TEXTS = frozenset({".csv", ".txt"}) | TABBED
LEDGERS = WORKBOOKS | TEXTS

PARQUET = frozenset({".parquet", ".geoparquet"})
GEOJSON = frozenset({".geojson", ".json"})  # what ends in .json may be rows of a table as well
RECORDS = frozenset({".jsonl", ".ndjson"})  # one object a line
GDAL = frozenset({".gpkg", ".shp", ".fgb"}) | GEOJSON
KML = frozenset({".kml", ".ovkml"})  # 奥维 has endings of its own for the same thing
ARCHIVES = frozenset({".zip", ".kmz", ".ovkmz"})  # of maps: ledgers in them are named, not read
MAPS = GDAL | PARQUET | KML | ARCHIVES

ROADS = frozenset({".pbf"})  # OpenStreetMap's: roads alone are taken from them
RASTERS = frozenset({".tif", ".tiff"})  # of cells with people, and of nothing else

STREAMED = TEXTS | PARQUET | GDAL  # large ones are read in batches
READ = LEDGERS | MAPS | RECORDS
