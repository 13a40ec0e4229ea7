"""Base maps: tiles from the internet under a page that otherwise loads nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from hbgeo.errors import RequestError

KEY = "TIANDITU_KEY"  # the environment variable that holds the user's own key

_TIANDITU = (
    "https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
    "&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
    "&TILEMATRIX={{z}}&TILEROW={{y}}&TILECOL={{x}}&tk={key}"
)
_NAMED = {"tianditu-vec": ("vec", "cva"), "tianditu-img": ("img", "cia")}
_CALLED = {
    "tianditu": "tianditu-vec",
    "天地图": "tianditu-vec",
    "天地图矢量": "tianditu-vec",
    "天地图影像": "tianditu-img",
}
# tiles in these are shifted by some hundred metres against CGCS2000
_SHIFTED = {
    "GCJ-02": r"(^|\.)(autonavi|amap|gaode)\.com$|gtimg\.com$|(^|\.)(qq|map\.qq)\.com$"
    r"|(^|\.)google\.cn$|geoq\.cn$",
    "BD-09": r"(^|\.)(bdimg|baidu|bcebos)\.com$",
}


@dataclass(frozen=True)
class Basemap:
    """One or two tile layers, and what the page must allow and say for them.

    Attributes
    ----------
    urls
        Templates with {z}, {x}, {y} and perhaps {s}, from the bottom up.
    subdomains
        What stands for {s}, one letter each.
    credit
        Whose tiles they are.
    keyed
        Whether the page carries the user's key.
    """

    urls: tuple[str, ...]
    credit: str
    subdomains: str = "01234567"
    keyed: bool = False

    @property
    def hosts(self) -> tuple[str, ...]:
        """The origins from which the page may load pictures, for its security policy."""
        found = []
        for url in self.urls:
            parts = urlsplit(url)
            letters = self.subdomains if "{s}" in parts.netloc else " "
            found += [
                f"{parts.scheme}://{parts.netloc.replace('{s}', letter)}" for letter in letters
            ]
        return tuple(dict.fromkeys(found))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user must know of a page with this base map."""
        online = "底图要联网才显示；断网时页面其余部分照常。"
        if not self.keyed:
            return (online,)
        return online, "页面里带有你的天地图密钥：发给谁，谁就看得到它，用量也算在你名下。"

    @property
    def options(self) -> dict[str, Any]:
        """What the page reads."""
        return {"urls": list(self.urls), "subdomains": self.subdomains, "credit": self.credit}


def read_basemap(
    text: str, environ: os._Environ[str] | dict[str, str] = os.environ
) -> Basemap | None:
    """Read a base map's name or tile template; "" is none.

    Raises
    ------
    RequestError
        If it is neither, its key is not set, or its tiles are shifted (GCJ-02, BD-09): units in
        CGCS2000 over them would lie some hundred metres beside the place.
    """
    wanted = text.strip()
    if not wanted:
        return None
    name = _CALLED.get(wanted, wanted)
    if name in _NAMED:
        return _tianditu(name, environ)
    try:
        parts = urlsplit(wanted)
        host = re.sub(r"\{s\}\.?", "", parts.hostname or "")
    except ValueError:  # brackets of no address
        parts, host = urlsplit(""), ""
    if parts.scheme not in {"http", "https"} or not host:
        msg = f"底图“{text}”不认识；可用 {'、'.join(_NAMED)}，或 https://…/{{z}}/{{x}}/{{y}} 模板"
        raise RequestError(msg)
    lacking = [mark for mark in ("{z}", "{x}", "{y}") if mark not in wanted]
    if lacking:
        raise RequestError(f"底图模板缺 {' '.join(lacking)}；写作 https://…/{{z}}/{{x}}/{{y}}.png")
    for datum, hosts in _SHIFTED.items():
        if re.search(hosts, host):
            raise RequestError(
                f"底图 {host} 用 {datum} 坐标，与本图（CGCS2000）错开数百米，不能叠加；请用天地图等 CGCS2000 底图"
            )
    if re.search(r"[\s\"'<>;,]", wanted):
        raise RequestError("底图模板里不能有空格、引号、尖括号、逗号、分号")
    return Basemap((wanted,), f"底图：{host}", subdomains="abc")


def _tianditu(name: str, environ: Mapping[str, str]) -> Basemap:
    key = environ.get(KEY, "")
    if not re.fullmatch(r"[0-9A-Za-z]{8,64}", key):
        raise RequestError(
            f"天地图底图要用自己的密钥：先设环境变量 {KEY}（密钥只由字母和数字组成）"
        )
    urls = tuple(_TIANDITU.format(layer=layer, key=key) for layer in _NAMED[name])
    return Basemap(urls, "底图：天地图（国家地理信息公共服务平台）", keyed=True)
