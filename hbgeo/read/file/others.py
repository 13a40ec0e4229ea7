"""Files that are no data, and data in kinds that hbgeo does not read: what to do with each."""

from __future__ import annotations

from pathlib import PurePath

_LITTER_STARTS = ("~$", ".~", "._")  # of Office, WPS and LibreOffice, macOS: they lie beside a file
_LITTER = {
    "__macosx", "thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store", "$recycle.bin",
    "system volume information",
}  # fmt: skip
_SHAPES = "请在 ArcGIS 或 QGIS 里把要用的图层导出为 .gpkg 或 .shp"
_UNPACK = "请解压后把里面的文件放进来，或改压成 .zip"
_PART = "是 shapefile 的一部分，请写同名的 .shp"
_PICTURE = "图片不是台账，请录入成 .xlsx"
_GRID = '栅格只能作人口格网：请在 catalog.toml 里写 role = "grid"'
_PROJECT = f"是工程文件，里面没有数据；{_SHAPES}"
_WAYS_OUT = {
    ".et": "WPS 的 .et 文件请另存为 .xlsx",
    ".ett": "WPS 的 .ett 文件请另存为 .xlsx",
    ".xlsb": "二进制工作簿 .xlsb 请另存为 .xlsx",
    ".xltx": "模板 .xltx 请另存为 .xlsx",
    ".numbers": "Numbers 文件请另存为 .xlsx",
    ".doc": "Word 文档不是台账，请另存为 .xlsx",
    ".docx": "Word 文档不是台账，请另存为 .xlsx",
    ".wps": "WPS 文字文档不是台账，请另存为 .xlsx",
    ".pdf": "PDF 不是台账，请另存为 .xlsx",
    ".ofd": "OFD 不是台账，请另存为 .xlsx",
    ".rar": f"读不了 .rar 压缩包；{_UNPACK}",
    ".7z": f"读不了 .7z 压缩包；{_UNPACK}",
    ".tar": f"读不了 .tar 压缩包；{_UNPACK}",
    ".gz": f"读不了 .gz 压缩包；{_UNPACK}",
    ".tgz": f"读不了 .tgz 压缩包；{_UNPACK}",
    ".gdb": f"读不了 ArcGIS 地理数据库（.gdb）；{_SHAPES}",
    ".mdb": f"读不了 Access 数据库（.mdb）；里面是图层的，{_SHAPES}；是表的，请在 Access 里导出为 .xlsx",
    ".accdb": "读不了 Access 数据库（.accdb）；请在 Access 里把要用的表导出为 .xlsx",
    ".tab": f"读不了 MapInfo 的 .tab；{_SHAPES}（如是制表符分隔的文本，请改名为 .tsv）",
    ".mif": f"读不了 MapInfo 的 .mif；{_SHAPES}",
    ".dwg": "读不了 CAD 图（.dwg）；请在 CAD、ArcGIS 或 QGIS 里把要用的界线或点导出为带坐标系的 .shp",
    ".dxf": "读不了 CAD 图（.dxf）；请在 CAD、ArcGIS 或 QGIS 里把要用的界线或点导出为带坐标系的 .shp",
    ".dgn": "读不了 CAD 图（.dgn）；请在 CAD、ArcGIS 或 QGIS 里把要用的界线或点导出为带坐标系的 .shp",
    ".gpx": "读不了 GPX；请在奥维或 QGIS 里把点导出为 .kml",
    ".tif": _GRID,
    ".tiff": _GRID,
    ".mxd": _PROJECT,
    ".aprx": _PROJECT,
    ".qgz": _PROJECT,
    ".qgs": _PROJECT,
    ".dbf": _PART,
    ".shx": _PART,
    ".prj": _PART,
    ".cpg": _PART,
    ".jpg": _PICTURE,
    ".jpeg": _PICTURE,
    ".png": _PICTURE,
    ".bmp": _PICTURE,
}
# what may hold rows or layers that somebody misses; the rest is papers, pictures and parts
HOLD_ROWS = {".et", ".ett", ".xlsb", ".numbers"}
HOLD_LAYERS = {".gdb", ".mdb", ".tab", ".mif", ".dwg", ".dxf", ".dgn", ".gpx"}
HOLD_FILES = {".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"}


def is_litter(path: PurePath) -> bool:
    """Whether a path is what Office, WPS, macOS or Windows leave lying about, or lies in it."""
    return any(part.startswith(_LITTER_STARTS) or part.casefold() in _LITTER for part in path.parts)


def owner_of(name: str) -> str:
    """The file beside which a temporary file lies, as far as its name tells; "" if it does not."""
    start = next((s for s in _LITTER_STARTS if name.startswith(s)), "")
    return name.removeprefix(start).removeprefix("lock.").rstrip("#") if start else ""


def way_out(suffix: str) -> str:
    """What to do with a file of a kind that hbgeo does not read; "" for kinds nobody knows."""
    return _WAYS_OUT.get(suffix.lower(), "")
