"""A province and what its counties send: workspaces and ledgers, some flawed in known ways. Invented (示例)."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

AS_OF = "2023-12-31"
SENT_ON = pd.Timestamp("2024-01-10 12:00").timestamp()
LATE_ON = pd.Timestamp("2024-02-20 12:00").timestamp()
HEAD = f'title = "示例"\nas_of = {AS_OF}\nscheme = "MCA-2025"\n'
CEMETERY = ["编号", "名称", "所在县", "所在乡镇", "性质", "级别", "状态", "启用时间", "经度", "纬度", "占地面积(亩)"]  # fmt: skip
ELDERCARE = ["编号", "名称", "所在县", "所在乡镇", "状态", "启用时间", "经度", "纬度", "床位数"]
UNITS = """[county]
role = "units"
level = "county"
path = "county.parquet"
source = "示例"
sample = true
[township]
role = "units"
level = "township"
path = "township.parquet"
source = "示例"
sample = true
"""
BORDER = """[township]
role = "units"
level = "township"
path = "界线.parquet"
source = "示例"
"""
ACROSS = 12  # counties in a row
LEDGERS = """[cemetery]
role = "facilities"
path = "公墓.csv"
crs = "{crs}"
source = "{county}，示例"
sample = true
[eldercare]
role = "facilities"
path = "养老.csv"
crs = "CGCS2000"
source = "{county}，示例"
sample = true
"""


MORE = """[place-{n}]
role = "facilities"
path = "设施{n}.csv"
crs = "CGCS2000"
source = "示例"
sample = true
"""


@dataclass
class Sent:
    """What one county sends, before it is written: a flaw changes it."""

    code: str
    county: str
    number: int
    folder: str
    cemetery: list[list[str]]
    eldercare: list[list[str]]
    catalog: str
    touch: float = SENT_ON
    missing: bool = False
    also: Callable[[Path], None] | None = None
    more: int = 0


@dataclass
class World:
    """A province on disk, and what is wrong with what its counties send."""

    base: Path
    folder: Path
    counties: dict[str, str]
    rows: int = 0
    sent: dict[str, Sent] = field(default_factory=dict)
    flaws: dict[str, str] = field(default_factory=dict)  # the name of a flaw → whose it is
    extra: list[Path] = field(default_factory=list)

    def next_to(self, code: str) -> str:
        """The county east of another."""
        codes = list(self.counties)
        return codes[codes.index(code) + 1]

    @property
    def flawed(self) -> set[str]:
        """The counties that send again: those with a flaw, and their neighbours."""
        return {c for code in self.flaws.values() for c in (code, self.next_to(code))}


Flaw = Callable[[Sent, World], None]


def box_of(number: int, across: int) -> tuple[float, float]:
    """The lower left corner of a county: a square of half a degree."""
    return 108.5 + 0.5 * (number % across), 29.2 + 0.3 * (number // across)


def towns_of(code: str) -> list[tuple[str, str]]:
    """Two townships of a county, under codes and names of its own."""
    return [(f"{code}10{n}", f"示例{chr(ord('甲') + n)}{code[-4:]}镇") for n in (0, 1)]


def make_base(home: Path, counties: dict[str, str], across: int = ACROSS) -> None:
    """The province's workspace: counties, each a square, of two townships."""
    layers = home / "layers"
    layers.mkdir(parents=True)
    shapes, towns = [], []
    for number, (code, _) in enumerate(counties.items()):
        x, y = box_of(number, across)
        shapes.append(shapely.box(x, y, x + 0.5, y + 0.3))
        for n, (town, name) in enumerate(towns_of(code)):
            half = shapely.box(x + 0.25 * n, y, x + 0.25 * (n + 1), y + 0.3)
            towns.append((town, name, code, half))
    frame = {"代码": list(counties), "名称": list(counties.values())}
    gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4490").to_parquet(layers / "county.parquet")
    codes, names, above, halves = zip(*towns, strict=True)
    own = {"代码": codes, "名称": names, "县代码": above}
    made = gpd.GeoDataFrame(own, geometry=list(halves), crs="EPSG:4490")
    made.to_parquet(layers / "township.parquet")
    (layers / "catalog.toml").write_text(HEAD + UNITS, "utf-8")


def send(code: str, county: str, number: int, rows: int, across: int = ACROSS) -> Sent:
    """What a county without a flaw sends: a ledger of cemeteries in acres, one of homes."""
    x, y = box_of(number, across)
    cemetery, eldercare = [], []
    for i in range(rows):
        town = towns_of(code)[i % 2][1]
        east, north = f"{x + 0.021357 + 0.45 * i / rows:.6f}", f"{y + 0.153517:.6f}"
        cemetery.append([
            f"{code}{i:04}", f"{county}第{i}公墓", county, town, "公益性", "乡镇级", "运营",
            "2020-05" if i % 2 else "2020-05-01", east, north, "1.5",
        ])  # fmt: skip
        home = [f"Y{code}{i:04}", f"{county}第{i}养老院", county, town, "运营", "2019"]
        eldercare.append([*home, east, north, "30"])
    text = HEAD + LEDGERS.format(crs="CGCS2000", county=county)
    return Sent(code, county, number, county, cemetery, eldercare, text)


def write(folder: Path, one: Sent) -> Path:
    """Write what a county sends as a workspace."""
    home = folder / one.folder
    if one.missing:
        return home
    layers = home / "layers"
    layers.mkdir(parents=True, exist_ok=True)
    further = "".join(MORE.format(n=n) for n in range(one.more))
    (layers / "catalog.toml").write_text(one.catalog + further, "utf-8")
    ledgers = [("公墓", CEMETERY, one.cemetery), ("养老", ELDERCARE, one.eldercare)]
    ledgers += [(f"设施{n}", ELDERCARE, one.eldercare) for n in range(one.more)]
    for name, head, rows in ledgers:
        pd.DataFrame(rows, columns=head).to_csv(layers / f"{name}.csv", index=False)
    if one.also:
        one.also(layers)
    for path in layers.iterdir():
        os.utime(path, (one.touch, one.touch))
    return home


def make_world(
    home: Path, counties: dict[str, str], rows: int, flaws: Sequence[Flaw] = (), more: int = 0
) -> World:
    """A province in `home`: its base, and what every county sends; every other one has a flaw of `flaws`."""
    world = World(home / "base", home / "sent", counties, rows)
    make_base(world.base, counties)
    world.folder.mkdir()
    for number, (code, county) in enumerate(counties.items()):
        world.sent[code] = send(code, county, number, rows)
        world.sent[code].more = more
    for code, flaw in zip(list(counties)[::2], flaws, strict=False):
        world.flaws[flaw.__name__] = code
        flaw(world.sent[code], world)
    for one in world.sent.values():
        write(world.folder, one)
    return world


def mend(world: World) -> None:
    """All counties send what they should have sent; those that had a flaw send a month later."""
    whole = {code: send(code, county, n, world.rows) for n, (code, county) in enumerate(world.counties.items())}  # fmt: skip
    for code in world.flawed:
        shutil.rmtree(world.folder / world.sent[code].folder, ignore_errors=True)
        new = whole[code]
        new.touch, new.more = LATE_ON, world.sent[code].more
        world.sent[code] = new
        write(world.folder, new)
    for extra in world.extra:
        remove = shutil.rmtree if extra.is_dir() else Path.unlink
        remove(extra)


# ------------------------------------------------------------------ twenty flaws


def _column(name: str) -> int:
    return CEMETERY.index(name)


def never_sent(one: Sent, _: World) -> None:
    one.missing = True


def late(one: Sent, _: World) -> None:
    one.touch = LATE_ON


def broken_catalog(one: Sent, _: World) -> None:
    one.catalog = one.catalog.replace('role = "facilities"', "role = facilities", 1)


def lacking_file(one: Sent, _: World) -> None:
    one.catalog = one.catalog.replace("公墓.csv", "公墓台账.csv")


def unknown_word(one: Sent, _: World) -> None:
    one.cemetery[1][_column("状态")] = "大概在用吧"


def unknown_township(one: Sent, _: World) -> None:
    one.cemetery[0][_column("所在乡镇")] = "子虚乌有镇"


def bad_date(one: Sent, _: World) -> None:
    one.cemetery[2][_column("启用时间")] = "二月三十"


def two_of_one_id(one: Sent, _: World) -> None:
    one.cemetery[1][_column("编号")] = one.cemetery[0][_column("编号")]


def claims_by_id(one: Sent, world: World) -> None:
    other = world.sent[world.next_to(one.code)]
    one.cemetery[0][_column("编号")] = other.cemetery[0][_column("编号")]


def claims_by_name(one: Sent, world: World) -> None:
    """A home at the border, 96 m from the neighbour's of the same name."""
    other = world.sent[world.next_to(one.code)]
    x, y = box_of(one.number, ACROSS)
    one.eldercare[0][1] = other.eldercare[0][1] = "示例界上养老院"
    for row, east in ((one.eldercare[0], x + 0.4995), (other.eldercare[0], x + 0.5005)):
        row[6], row[7] = f"{east:.6f}", f"{y + 0.111117:.6f}"


def no_datum(one: Sent, _: World) -> None:
    one.catalog = one.catalog.replace('crs = "CGCS2000"\n', "", 1)


def two_counties_in_the_name(one: Sent, world: World) -> None:
    one.folder = f"{one.county}和{world.counties[world.next_to(one.code)]}"


def nobodys_name(one: Sent, _: World) -> None:
    """Neither the folder nor the rows say whose it is."""
    one.folder = "新建文件夹"
    for rows in (one.cemetery, one.eldercare):
        for row in rows:
            row[2] = row[3] = ""


def absolute_path(one: Sent, _: World) -> None:
    one.catalog = one.catalog.replace("公墓.csv", "/tmp/公墓.csv")  # noqa: S108 - refused unread


def no_workbook(one: Sent, _: World) -> None:
    one.catalog = one.catalog.replace("公墓.csv", "公墓.xlsx")
    one.also = lambda layers: (layers / "公墓.xlsx").write_bytes(b"not a workbook" * 99) and None


def other_kind(one: Sent, _: World) -> None:
    one.catalog = one.catalog.replace('path = "公墓.csv"', 'path = "公墓.csv"\nschema = "facility"')


def far_away(one: Sent, _: World) -> None:
    one.cemetery[0][_column("经度")], one.cemetery[0][_column("纬度")] = "2.351234", "48.851234"


def overlapping_border(one: Sent, world: World) -> None:
    """It draws its township 0.01 degrees into the neighbour's, who draws his own."""
    other = world.sent[world.next_to(one.code)]
    _draw(one, [(f"{one.code}101", one, 0.25, 0.51)])
    _draw(other, [(f"{other.code}100", other, 0, 0.25)])


def one_township_drawn_twice(one: Sent, world: World) -> None:
    """Its units hold the neighbour's township as well, who draws it too."""
    other = world.sent[world.next_to(one.code)]
    theirs = (f"{other.code}100", other, 0, 0.25)
    _draw(one, [(f"{one.code}101", one, 0.25, 0.5), theirs])
    _draw(other, [theirs])


def sent_twice(one: Sent, world: World) -> None:
    again = send(one.code, one.county, one.number, world.rows)
    again.folder = f"{one.county}（更正）"
    world.extra.append(write(world.folder, again))


def _draw(one: Sent, towns: Sequence[tuple[str, Sent, float, float]]) -> None:
    """Townships of its own drawing: code, in whose square, from where to where."""
    shapes = []
    for _, whose, west, east in towns:
        x, y = box_of(whose.number, ACROSS)
        shapes.append(shapely.box(x + west, y, x + east, y + 0.3))
    codes = [code for code, *_ in towns]
    own = {"代码": codes, "名称": [f"示例{c[-5:]}镇" for c in codes], "县代码": one.code}
    frame = gpd.GeoDataFrame(own, geometry=shapes, crs="EPSG:4490")
    one.catalog += BORDER
    one.also = lambda layers: frame.to_parquet(layers / "界线.parquet")


FLAWS: list[Flaw] = [
    never_sent, late, broken_catalog, lacking_file, unknown_word, unknown_township, bad_date,
    two_of_one_id, claims_by_id, claims_by_name, no_datum, two_counties_in_the_name, nobodys_name,
    absolute_path, no_workbook, other_kind, far_away, overlapping_border, one_township_drawn_twice,
    sent_twice,
]  # fmt: skip
