"""What commands are asked: the options they share, checked, and the workspace they work on."""

from __future__ import annotations

import gc
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from hbgeo.cli.console import Names, count_read, warn
from hbgeo.cli.here import Here
from hbgeo.errors import RequestError

if TYPE_CHECKING:
    from hbgeo.history import Back
    from hbgeo.measure.assessment import Measured
    from hbgeo.measure.options import Options
    from hbgeo.measure.trend import Trend
    from hbgeo.workspace import Workspace

_SMALL = 32 << 20  # bytes of input files: some hundred thousand rows

Indicators = Annotated[
    list[str] | None,
    typer.Argument(metavar="指标", help="指标代号、代号@变体，或体系；不写为全部"),
]
Indicator = Annotated[str, typer.Argument(metavar="指标", help="指标代号，或代号@变体")]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="文件", help="按扩展名写 .csv .json .xlsx .geojson .gpkg .parquet"
    ),
]
Tasks = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="文件",
        help="督办单写 .docx 或 .xlsx；给程序用的写 .csv .json .parquet",
    ),
]
Machine = Annotated[bool, typer.Option("--machine", help="写 .xlsx 时用程序用的列名，只有一张平表")]
Chinese = Annotated[bool, typer.Option("--chinese", help="写 .csv 时用中文表头")]
Json = Annotated[bool, typer.Option("--json", help="把结果按 JSON 写到标准输出")]
Wait = Annotated[
    bool, typer.Option("--wait", help="别人正在用这个工作区时等他用完；不写就说明是谁，结束")
]
Command = Callable[..., None]


@dataclass(frozen=True)
class Ask:
    """The options that every command giving figures takes."""

    as_of: Annotated[
        str,
        typer.Option(
            "--as-of", metavar="日期", help="截至日期，如 2023-12-31；默认用目录里的 as_of"
        ),
    ] = ""
    undated: Annotated[
        str,
        typer.Option(
            metavar="include|exclude", help="无启用时间的设施计入或不计；默认按各类设施的规定"
        ),
    ] = ""
    count_mixed: Annotated[
        bool, typer.Option("--count-mixed", help="计入含公益性墓区的经营性公墓")
    ] = False
    status: Annotated[
        str, typer.Option(metavar="状态，…", help="情景：另外计入这些状态，如 规划，在建")
    ] = ""
    as_if: Annotated[
        str, typer.Option("--as-if", metavar="编号，…", help="情景：把这些设施视为运营")
    ] = ""
    weight: Annotated[
        str, typer.Option(metavar="population|population_60", help="按人口加权，而不是按单元个数")
    ] = ""
    policy: Annotated[
        Path | None, typer.Option(metavar="目录", help="另外的政策文件夹，覆盖或补充内置指标")
    ] = None
    within: Annotated[str, typer.Option("--in", metavar="代码|名称", help="只看某个县或市州")] = ""

    def open(self, *, grid: bool = False) -> tuple[Workspace, Options]:
        """The workspace asked of, and what is asked, checked; `grid`: may people in cells be asked for?"""
        from hbgeo.measure.options import Options

        workspace = open_workspace(policy=[self.policy] if self.policy else [])
        one_of("--undated", self.undated, ("include", "exclude"))
        people = ("population", "population_60")
        one_of("--weight", self.weight, (*people, *(("grid",) if grid else ())))
        if self.as_of:
            workspace = workspace.at(day_of(self.as_of))
        within = workspace.within(self.within) if self.within else ""
        options = Options(
            scope=workspace.catalog.scope,
            as_of=workspace.catalog.as_of,
            undated=self.undated,
            count_mixed=self.count_mixed,
            status=_split(self.status),
            as_if=workspace.as_if(_split(self.as_if)),
            weight=self.weight if self.weight in people else "",
            within=within,
            place=workspace.name_of(within) if within else "",
        )
        return workspace, options


def asks(command: Command) -> Command:
    """Give a command whose first parameter is an `Ask` the options of one."""
    return takes(Ask, command)


def takes(kind: type[Any], command: Command) -> Command:
    """Give a command whose first parameter is a record of options (as `Ask` is one) those options."""
    hints = get_type_hints(kind, include_extras=True)
    keyword = inspect.Parameter.KEYWORD_ONLY
    options = [
        inspect.Parameter(f.name, keyword, default=f.default, annotation=hints[f.name])
        for f in fields(kind)
    ]
    own_hints = get_type_hints(command, include_extras=True)
    own = [
        p.replace(kind=keyword, annotation=own_hints.get(p.name, p.annotation))
        for p in list(inspect.signature(command).parameters.values())[1:]
    ]

    def ask_and_run(*records: Any, **given: Any) -> None:
        asked = kind(**{f.name: given.pop(f.name) for f in fields(kind)})
        command(asked, *records, **given)

    ask_and_run.__signature__ = inspect.Signature([*own, *options])  # type: ignore[attr-defined]
    ask_and_run.__doc__, ask_and_run.__name__ = command.__doc__, command.__name__
    return ask_and_run


def lists(name: str, command: Command) -> Command:
    """Give a command that writes a list the options that say how its columns are called."""
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = inspect.signature(command)
    hints = get_type_hints(command, include_extras=True)
    given = [p.replace(annotation=hints.get(p.name, p.annotation)) for p in own.parameters.values()]
    asked = [
        inspect.Parameter(key, keyword, default=False, annotation=kind)
        for key, kind in (("machine", Machine), ("chinese", Chinese))
    ]

    def name_and_run(**said: Any) -> None:
        Names.of = name
        Names.machine, Names.chinese = said.pop("machine"), said.pop("chinese")
        output = said.get("output")
        suffix = "" if output is None else output.suffix.lower()
        if Names.chinese and suffix != ".csv":
            raise RequestError(
                "--chinese 只用于 -o 文件.csv；.xlsx 本来就是中文表头，其余格式给程序用"
            )
        if Names.machine and suffix != ".xlsx":
            raise RequestError("--machine 只用于 -o 文件.xlsx；其余格式本来就是程序用的列名")
        command(**said)

    name_and_run.__signature__ = own.replace(parameters=[*given, *asked])  # type: ignore[attr-defined]
    name_and_run.__doc__, name_and_run.__name__ = command.__doc__, command.__name__
    return name_and_run


@contextmanager
def working(root: Path, *, wait: bool) -> Iterator[None]:
    """Be the only one who writes into a workspace, for as long as the context lasts.

    Raises
    ------
    RequestError
        If somebody else does, and `wait` is not set.
    """
    from hbgeo.store.lock import only_one

    if not (root / "layers" / "catalog.toml").is_file():  # what opens it says so
        yield
        return
    with suppress(OSError):
        (root / "maps").mkdir(exist_ok=True)
    with only_one(root / "maps", wait=wait, say=lambda line: warn([line])):
        yield


def open_workspace(root: Path | None = None, policy: list[Path] | None = None) -> Workspace:
    """The workspace of -C, or another, ready for one short run over many small texts.

    Garbage is collected seldom. Small inputs keep their texts as Python's own, which are quick to
    go through; large ones keep them packed, which takes a fraction of the memory.
    """
    import pandas as pd

    from hbgeo.workspace import Workspace

    workspace = Workspace.open(root or Here.root, policy=policy or [])
    workspace.layers.watch = count_read
    gc.set_threshold(100_000, 50, 50)
    inputs = workspace.layers.inputs
    if sum(map(inputs.bytes_of, workspace.catalog.layers.values())) < _SMALL:
        pd.set_option("mode.string_storage", "python")
    return workspace


def home_of(given: list[str]) -> Workspace:
    """The workspace of -C; comparing two others needs none, and takes the last of them."""
    folders = [Path(one) for one in reversed(given)]
    others = [one for one in folders if (one / "layers" / "catalog.toml").is_file()]
    here = (Here.root / "layers" / "catalog.toml").is_file() or not others
    return open_workspace(None if here else others[0])


def look_back(workspace: Workspace, measured: Measured, options: Options) -> Trend | None:
    """What changed since the snapshot before; that one is damaged is said beside the result."""
    from hbgeo import history

    trend, notes = history.look_back(workspace, measured, options)
    warn(notes)
    return trend


def look_far_back(workspace: Workspace, measured: Measured, options: Options) -> Back:
    """The same, and the figures of several dates before; what was left out is said beside the result."""
    from hbgeo import history

    found = history.look_far_back(workspace, measured, options)
    warn(found.notes)
    return found


def one_of(option: str, value: str, allowed: tuple[str, ...]) -> None:
    """Refuse a value that is given and not allowed.

    Raises
    ------
    RequestError
        With what is allowed.
    """
    if value and value not in allowed:
        raise RequestError(f"{option} “{value}”不在可选值 {'、'.join(allowed)} 中")


def suffix_of(output: Path, allowed: tuple[str, ...], what: str) -> None:
    """Refuse a file of another suffix; the first one allowed is named.

    Raises
    ------
    RequestError
        With the suffix it should have.
    """
    if output.suffix.lower() not in allowed:
        raise RequestError(f"{output}：{what}的扩展名应为 {allowed[0]}")


def _split(text: str) -> tuple[str, ...]:
    parts = text.replace("，", ",").replace("、", ",").split(",")
    return tuple(p.strip() for p in parts if p.strip())


def day_of(text: str) -> date:
    """The date that --as-of names.

    Raises
    ------
    RequestError
        If it is none, or of a year that cannot be.
    """
    from hbgeo.read.toml import check_year

    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise RequestError(f"--as-of “{text}”不是日期；写作 2023-12-31") from None
    check_year(day.year, "--as-of", RequestError)
    return day
