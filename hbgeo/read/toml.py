"""TOML files read strictly: an unknown key or a value of the wrong kind is refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from hbgeo.errors import HbgeoError
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.store.plain import is_plain

_BARE = re.compile(
    r"""\"{3}.*?\"{3}|'{3}.*?'{3}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'|\#[^\n]*|(?P<key>[\w-]+)(?=[ \t]*=)""",
    re.DOTALL,
)
_TYPE_NAMES = {
    str: "文字",
    int: "整数",
    Decimal: "小数",
    bool: "true 或 false",
    list: "列表",
    dict: "表",
    date: "日期(如 2023-12-31)",
}


def read_toml(path: Path | Traversable, error: type[HbgeoError], absent: str) -> dict[str, Any]:
    """Read a TOML file; its numbers are decimals, as they were written.

    Parameters
    ----------
    error
        What is raised.
    absent
        What to do where the file is not there.

    Raises
    ------
    HbgeoError
        `error`, if the file is absent, not UTF-8 or not TOML.
    """
    if isinstance(path, Path):
        is_plain(path, error)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise error(f"{path}:没有这个文件;{absent}".rstrip(";")) from None
    except UnicodeDecodeError:
        raise error(f"{path}:不是 UTF-8 编码;请另存为 UTF-8") from None
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as err:
        with suppress(tomllib.TOMLDecodeError):
            return tomllib.loads(_BARE.sub(_quoted, text), parse_float=Decimal)
        raise error(f"{path.name}:TOML 格式有误({err})") from None


def fit_texts(value: Any) -> Any:
    """The same table with all its texts fit to be shown (see `fit_to_show`), deep inside as well."""
    if isinstance(value, dict):
        return {key: fit_texts(one) for key, one in value.items()}
    if isinstance(value, list):
        return [fit_texts(one) for one in value]
    return fit_to_show(value) if isinstance(value, str) else value


def _quoted(found: re.Match[str]) -> str:
    """A key that TOML wants quoted, as people write it: 状态 = …; strings and comments stay."""
    key = found["key"]
    return f'"{key}"' if key and not key.isascii() else found[0]


def check_keys(
    row: Mapping[str, Any],
    known: Mapping[str, tuple[type, ...]],
    required: Iterable[str],
    at: str,
    error: type[HbgeoError],
) -> None:
    """Check the keys of a table and the kinds of their values.

    Parameters
    ----------
    known
        Key → the types it may have.
    at
        Where the table stands, for the message.

    Raises
    ------
    HbgeoError
        `error`, if a key is unknown or missing, or a value is of another kind.
    """
    for key, value in row.items():
        if key not in known:
            near = get_close_matches(key, known, 1)
            hint = f"是否想写 {near[0]}?" if near else ""
            raise error(f"{at}:不认识的键 “{key}”;{hint}可用的键:{'、'.join(known)}")
        if not _is_one_of(value, known[key]):
            kinds = "或".join(dict.fromkeys(_TYPE_NAMES[t] for t in known[key]))
            raise error(f"{at}:{key} = {value!r} 的类型不对;应为{kinds}")
    for key in required:
        if key not in row:
            raise error(f"{at}:缺少键 {key}")


def _is_one_of(value: Any, types: tuple[type, ...]) -> bool:
    if isinstance(value, (bool, datetime)):  # bool is an int, datetime a date: not meant here
        return type(value) in types
    return isinstance(value, types)
