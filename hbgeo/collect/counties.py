"""Which county a file, a folder or a row of a list is of: by code or name, never by likeness."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

import pandas as pd

from hbgeo.errors import LayerError
from hbgeo.read.cell.text import choice_key, clean
from hbgeo.read.divisions.changes import History
from hbgeo.read.divisions.naming import Naming, is_wrong
from hbgeo.read.divisions.register import Register
from hbgeo.read.schema.records import every_schema
from hbgeo.workspace import Workspace

_CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
_WORDS = (  # what else stands in the names of files and folders that counties send
    *("台账", "一览表", "统计表", "汇总表", "登记表", "名册", "清单", "数据", "工作区", "县级事项"),
    *("上报", "报送", "填报", "更正", "修改", "最终", "终稿", "版", "民政局", "表", "稿", "layers"),
)
_REST = re.compile(r"\d+年|\d+月|\d+日|[\d\W_vV]+")


class Counties:
    """The counties of a workspace, to be found by what a sender calls itself.

    Attributes
    ----------
    names
        Code → name, in the order of the codes.
    """

    def __init__(self, workspace: Workspace) -> None:
        frame = _counties_of(workspace)
        self.frame = frame
        self.names: dict[str, str] = dict(zip(frame.index.map(str), frame["name"], strict=True))
        self._workspace = workspace

    def called(self, text: str) -> set[str]:
        """The codes of the counties that the name of a file or folder may mean.

        A six-digit code and a whole name stand anywhere in it; a short name (长阳) only where
        nothing but words like 台账 and the kinds of ledgers stands beside it.
        """
        codes = {code for code in _CODE.findall(text) if code in self.names}
        named = set(self._whole_names(clean(text).replace(" ", "")))
        return codes | (named or self._short_name(text))

    def named(self, code: str, name: str) -> str:
        """The county of a code, a name or both, which must agree; "" if there is none."""
        found = self._register.look_up(Naming(county_code=code.strip(), county=name.strip()))
        return "" if is_wrong(found.problems) else found.county

    def _whole_names(self, text: str) -> Iterator[str]:
        """The counties whose whole name stands in a text, and not only inside another's."""
        hits = [(name, code) for code, name in self.names.items() if name in text]
        for name, code in hits:
            rest = text
            for other, _ in hits:
                if other != name and name in other:
                    rest = rest.replace(other, "")
            if name in rest:
                yield code

    def _short_name(self, text: str) -> set[str]:
        left = choice_key(text)
        for word in self._kinds:
            left = left.replace(word, "")
        left = _REST.sub("", left)
        found = self.named("", left) if left else ""
        return {found} if found else set()

    @cached_property
    def _kinds(self) -> list[str]:
        """Words of ledgers, the longest first."""
        words = {choice_key(w) for s in every_schema() for w in (s.title, s.key)}
        return sorted(words | set(map(choice_key, _WORDS)), key=len, reverse=True)

    @cached_property
    def _register(self) -> Register:
        layers = self._workspace.layers
        return Register(
            {"county": self.frame},
            aliases=layers.inputs.aliases,
            history=History(layers.changes()),
            as_of=self._workspace.catalog.as_of,
        )


def _counties_of(workspace: Workspace) -> pd.DataFrame:
    """The counties of a workspace, of a layer of their own or by what townships say.

    Raises
    ------
    LayerError
        If it has neither.
    """
    layers = workspace.catalog.layers.values()
    own = next((la for la in layers if la.role == "units" and la.level == "county"), None)
    if own is not None:
        return workspace.layers.table(own.key).frame.sort_index()
    towns = next((la for la in layers if la.role == "units" and la.level == "township"), None)
    if towns is None:
        raise LayerError(
            f"{workspace.root}：没有县或乡镇的单元图层，不知道有哪些县；请用 --base 工作区 指明全省的单元"
        )
    frame = workspace.layers.table(towns.key).frame.drop_duplicates("county_code")
    frame = frame.set_index("county_code").rename(columns={"name": "town", "county": "name"})
    return pd.DataFrame(frame[["name", "prefecture_code", "prefecture"]]).sort_index()
