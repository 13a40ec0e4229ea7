"""TOML files read strictly: an unknown key, a value of the wrong kind or beyond bounds is refused."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from hbgeo.errors import HbgeoError
from hbgeo.read.cell.personal import fit_to_show
from hbgeo.store.plain import is_plain

# strings and comments, closed or not, and keys: each looked at once, however long
_PART = r"""(?:[\w-]++|"(?:\\.|[^"\\\n])*+"|'[^'\n]*+')"""
_BARE = re.compile(
    rf"(?P<dots>{_PART}(?:[ \t]*\.[ \t]*{_PART}){{16,}})"
    r"""|\"{3}.*?(?:\"{3}|\Z)|'{3}.*?(?:'{3}|\Z)|"(?:\\.|[^"\\\n])*+"?|'[^'\n]*+'?|\#[^\n]*+"""
    r"""|(?P<key>[\w-]++)(?=[ \t]*=)|[\w-]++""",
    re.DOTALL,
)
# paths as Windows shows them, in quotes in which TOML takes \n, \t and the like for signs of their own
_WINDOWS_PATH = re.compile(r'"(?:[A-Za-z]:\\(?!\\)|\\\\[^\\"]+\\(?!\\)).*')
_NO_ESCAPE = re.compile(r'"(?:[^\\]|\\[btnfr"\\])*+\\[^btnfr"\\].*')
_SIZE_LIMIT = 1 << 20  # bytes of a file
_DEPTH_LIMIT = 12  # tables and lists inside each other
# keys of texts for people, which may be long and have several lines
_TEXTS = ("note", "source", "title", "approval")
_TEXT_LIMIT, _LINE_LIMIT = 10_000, 500  # characters of one, and of any other value or key
_SHOWN = 60  # characters of a value in a message
_GREATEST = 10**15  # of numbers, up and down: 1,000 万亿
_FIGURES = 30
_YEARS = range(1900, 2101)
# what is not to be seen, or turns what is seen round
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]"
)
_NAME = re.compile(r"[A-Za-z0-9_\-\u3007\u3400-\u9fff\U00020000-\U0003ffff]{1,60}")
_TAKEN = re.compile(r"con|prn|aux|nul|com\d|lpt\d", re.IGNORECASE)  # names of devices on Windows
_TYPE_NAMES = {
    str: "文字",
    int: "整数",
    Decimal: "小数",
    bool: "true 或 false",
    list: "列表",
    dict: "表",
    date: "日期（如 2023-12-31）",
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
        `error`, if the file is absent, not UTF-8 or not TOML, or a value of it, whatever its
        key, is beyond all bounds.
    """
    if isinstance(path, Path):
        is_plain(path, error)
    text = _read_text(path, error, absent)
    _refuse_backslashes(text, _WINDOWS_PATH, path.name, error)
    try:
        table = _parse(text)
    except tomllib.TOMLDecodeError as err:
        _refuse_backslashes(text, _NO_ESCAPE, path.name, error)
        said = " ".join(str(err)[:200].split())
        raise error(f"{path.name}：TOML 格式有误（{said}）") from None
    except RecursionError:
        raise error(f"{path.name}：括号套了太多层；至多 {_DEPTH_LIMIT} 层") from None
    except ValueError:  # of a date or a number that Python does not make
        at = f"第 {line} 行的" if (line := _long_number(text)) else ""
        raise error(f"{path.name}：{at}数字太长，或日期不存在；请改正") from None
    for key, value in table.items():
        _check_bounds(key, value, path.name, error)
    return table


def _read_text(path: Path | Traversable, error: type[HbgeoError], absent: str) -> str:
    if not path.is_file():
        raise error(f"{path}：没有这个文件；{absent}".rstrip("；"))
    with path.open("rb") as file:
        content = file.read(_SIZE_LIMIT + 1)
    if len(content) > _SIZE_LIMIT:
        raise error(f"{path.name}：超过 {_SIZE_LIMIT >> 20} MB，不是目录或政策文件")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise error(f"{path}：不是 UTF-8 编码；请另存为 UTF-8") from None


def _refuse_backslashes(
    text: str, pattern: re.Pattern[str], file: str, error: type[HbgeoError]
) -> None:
    """Say how to write the first path in double quotes that was pasted as Windows shows it."""
    for found in _BARE.finditer(text) if "\\" in text else ():
        if found[0][:3] != '"' * 3 and pattern.fullmatch(found[0]):
            line = text.count("\n", 0, found.start()) + 1
            way_out = "请把其中的 \\ 都改成 /，或都写成两个 \\\\"
            raise error(f"{file}：第 {line} 行 {_shown(found[0])}：{way_out}")


def _parse(text: str) -> dict[str, Any]:
    """Parse TOML, and if it is none once more with the keys quoted that people leave bare."""
    if any(found["dots"] for found in _BARE.finditer(text)):
        raise tomllib.TOMLDecodeError("too many dots in a key")
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as err:
        quoted = _BARE.sub(_quoted, text)
        if quoted == text:
            raise
        try:
            return tomllib.loads(quoted, parse_float=_decimal)
        except tomllib.TOMLDecodeError:
            raise err from None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:  # an exponent that nobody counts to
        return Decimal("nan")


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


def _long_number(text: str) -> int:
    """The line of the first number that is longer than any that counts something; 0 if there is none."""
    found = re.search(r"\d[\d_]{999}", text)
    return text.count("\n", 0, found.start()) + 1 if found else 0


def _check_bounds(key: str, value: Any, file: str, error: type[HbgeoError], depth: int = 1) -> None:
    """Refuse what no catalogue and no policy can mean: said once here, so no key need ask."""
    at = f"{file}：{_shown(key)}"
    if said := _odd_text(key, _LINE_LIMIT):
        raise error(f"{at} 这个键{said}")
    if isinstance(value, (dict, list)):
        if depth == _DEPTH_LIMIT:
            raise error(f"{at} 套了太多层；至多 {_DEPTH_LIMIT} 层")
        inside = value.items() if isinstance(value, dict) else ((key, one) for one in value)
        for name, one in inside:
            path = f"{key}.{name}" if isinstance(value, dict) else key
            _check_bounds(path, one, file, error, depth + 1)
    elif isinstance(value, str):
        long = key.rpartition(".")[2] in _TEXTS
        if said := _odd_text(value, _TEXT_LIMIT if long else _LINE_LIMIT, lines=long):
            raise error(f"{at} 的文字{said}")
    elif isinstance(value, (int, Decimal)) and not _is_usual(value):
        raise error(f"{at} 不是可用的数；绝对值不超过 1,000 万亿，至多 {_FIGURES} 位")
    elif isinstance(value, date) and value.year not in _YEARS:
        raise error(f"{at} = {value} 应在 {_YEARS[0]}–{_YEARS[-1]} 年之间")


def _odd_text(text: str, limit: int, *, lines: bool = False) -> str:
    """What is wrong with a text, whatever it should say; "" if nothing."""
    if len(text) > limit:
        return f"超过 {limit:,} 字"
    if _CONTROL.search(text):
        return "含有控制字符"
    return "分成了几行" if not lines and re.search(r"[\r\n]", text) else ""


def _is_usual(value: int | Decimal) -> bool:
    if isinstance(value, Decimal) and not (
        value.is_finite()
        and len(value.as_tuple().digits) <= _FIGURES
        and value.adjusted() >= -_FIGURES
    ):
        return False
    return -_GREATEST <= value <= _GREATEST


def _shown(value: Any) -> str:
    """A value as a message can bear it."""
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(_CONTROL.sub("?", text).split())
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def check_name(name: str, at: str, error: type[HbgeoError]) -> None:
    """Refuse a key that is no name: files and links are made of it.

    Raises
    ------
    HbgeoError
        `error`, with what a name may be.
    """
    if not _NAME.fullmatch(name) or _TAKEN.fullmatch(name):
        allowed = "只能用字母、数字、汉字、_ 和 -，至多 60 字，不能是 con、nul 等系统保留名"
        raise error(f"{at}：“{_shown(name)}”不能作名称；{allowed}")


def check_year(year: int, at: str, error: type[HbgeoError]) -> None:
    """Refuse a year in which nothing was counted.

    Raises
    ------
    HbgeoError
        `error`, with the years that are allowed.
    """
    if year not in _YEARS:
        raise error(f"{at} = {_shown(year)} 应在 {_YEARS[0]}–{_YEARS[-1]} 年之间")


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
            hint = f"是否想写 {near[0]}？" if near else ""
            raise error(f"{at}：不认识的键 “{_shown(key)}”；{hint}可用的键：{'、'.join(known)}")
        if not _is_one_of(value, known[key]):
            kinds = "或".join(dict.fromkeys(_TYPE_NAMES[t] for t in known[key]))
            raise error(f"{at}：{key} = {_shown(repr(value))} 的类型不对；应为{kinds}")
    for key in required:
        if key not in row:
            raise error(f"{at}：缺少键 {key}")


def _is_one_of(value: Any, types: tuple[type, ...]) -> bool:
    if isinstance(value, (bool, datetime)):  # bool is an int, datetime a date: not meant here
        return type(value) in types
    return isinstance(value, types)
