"""Results for GIS colleagues: to PostGIS, a GeoPackage with its styles, and a QGIS project."""
