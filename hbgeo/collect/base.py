"""The province's workspace before anything is collected into it: units and policy of another one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from hbgeo.errors import CatalogError, RequestError
from hbgeo.read.catalog import ASSUMPTIONS, BRIEF, Catalog, Layer, read_catalog
from hbgeo.read.catalog_text import entry_text, toml_text
from hbgeo.read.file.find import find_files
from hbgeo.read.inputs import ALIASES, CHANGES
from hbgeo.read.toml import read_toml
from hbgeo.show.table.files import write_files
from hbgeo.store.fingerprint import belongings

KEPT = (
    "units",
    "places",
    "background",
    "lines",
    "grid",
)  # roles of layers that no county is asked for
POPULATION = "population"
_NOTE = "# 单元、政策取自 {base}；各县报送的图层由 hbgeo collect 写在后面。\n"


def prepare(home: Path, base: Path | None) -> None:
    """Make the workspace that is collected into, or bring its units up to date.

    Raises
    ------
    HbgeoError
        If there is neither a workspace nor a base, or one of them is wrong.
    """
    there = (home / "layers" / "catalog.toml").is_file()
    if base is None:
        if not there:
            raise RequestError(
                f"{home}：还不是工作区；第一次收集请用 --base 工作区 指明全省的单元和政策"
            )
        return
    if not there and home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise RequestError(f"{home}：文件夹不为空，又不是工作区；请换一个新文件夹")
    if home.resolve() == base.resolve():
        raise RequestError(f"{home}：-o 与 --base 是同一个工作区；单元已在其中的，不必写 --base")
    catalog = read_catalog(base / "layers")
    layers = {k: la for k, la in catalog.layers.items() if is_kept(la)}
    if not any(la.role == "units" for la in layers.values()):
        raise RequestError(f"{base}：没有单元图层，不能作为 --base")
    for source, target in _files(catalog, layers, home / "layers"):
        _copy(source, target)
    if not there:
        text = _text(base, layers)
        write_files({home / "layers" / "catalog.toml": text.encode()})
    (home / "maps").mkdir(exist_ok=True)


def is_kept(layer: Layer) -> bool:
    """Whether a layer is the province's own: units, places, backgrounds, and people by unit."""
    return layer.role in KEPT or layer.key == POPULATION


def _files(catalog: Catalog, layers: dict[str, Layer], home: Path) -> Iterator[tuple[Path, Path]]:
    """What is copied, and whereto: files outside `layers/` stay where they are."""
    for layer in layers.values():
        for found in find_files(layer, catalog.folder):
            if isinstance(found, Path) and found.is_relative_to(catalog.folder):
                for one in belongings(found):
                    yield one, home / one.relative_to(catalog.folder)
    for name in (ALIASES, CHANGES):
        if (catalog.folder / name).is_file():
            yield catalog.folder / name, home / name
    policy = catalog.folder / "policy"
    for one in sorted(policy.glob("*.toml")) if policy.is_dir() else ():
        yield one, home / "policy" / one.name


def _copy(source: Path, target: Path) -> None:
    """Copy a file whole or not at all; one of the same content stays as it is."""
    same_size = target.is_file() and target.stat().st_size == source.stat().st_size
    if same_size and target.read_bytes() == source.read_bytes():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    write_files({target: source.read_bytes()})
    shutil.copystat(source, target)


def _text(base: Path, layers: dict[str, Layer]) -> str:
    """The catalogue of the new workspace: what the other says of itself, and the layers kept."""
    said = read_toml(base / "layers" / "catalog.toml", CatalogError, "")
    top = {k: v for k, v in said.items() if not isinstance(v, dict)}
    tables = {k: v for k, v in said.items() if k in layers or k in (ASSUMPTIONS, BRIEF)}
    lines = [f"{key} = {toml_text(value)}" for key, value in top.items()]
    parts = [entry_text(key, table) for key, table in tables.items()]
    return "\n".join([_NOTE.format(base=base.name) + "\n".join(lines), "", *parts])
