"""What is to be asked about rows in doubt: those known only to their county, and those that the doubts name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from hbgeo.agenda.aims import Aim, Aims
from hbgeo.agenda.standing import row_of, where_of
from hbgeo.measure.agenda import ROW, Action, Unit
from hbgeo.measure.distance import has_point
from hbgeo.measure.doubt.result import Firmness
from hbgeo.measure.pairs import via_bits
from hbgeo.read.cell.text import in_sentence
from hbgeo.workspace import Workspace

Where = tuple[str, str, str, int]  # layer, file, sheet, row
_TOWNSHIP = "township"
_FEW = (
    3  # units that a row in doubt may be of: of one that may be of any of many nothing is promised
)


def county_actions(workspace: Workspace, aims: Aims) -> list[Action]:
    """Rows that count and name no more than their county: in each of its townships left out, if they are there."""
    made: list[Action] = []
    for key in aims.layers:
        serves: dict[str, dict[str, set[str]]] = {}  # row → township → indicators
        for aim in aims.of_layer(key):
            if aim.one.indicator.units == _TOWNSHIP:
                _add_rows(aim, aims, serves)
        table = workspace.layers.table(key)
        units = workspace.find_units(_TOWNSHIP)
        if not serves or units is None:
            continue
        names = units.frame["name"].astype(str).to_dict()
        heading = table.kind.heading(_TOWNSHIP)
        for facility in sorted(serves):
            row = row_of(table, facility)
            name = in_sentence(str(row.get("name", "") or facility))
            for code, indicators in sorted(serves[facility].items()):
                town = names[code]
                said = f"“{name}”只写到县，核实所在乡镇；如核实在{town}，台账{heading}填“{town}”"
                made.append(
                    Action(
                        kind=ROW,
                        said=said,
                        serves=frozenset((one, code) for one in indicators),
                        layer=key,
                        facility=facility,
                        name=str(row.get("name", "")),
                        change={_TOWNSHIP: names[code]},
                        county_code=str(row["county_code"]),
                        first=(2, ""),
                        one_of=f"{key} {facility}",
                        **where_of(row),
                    )
                )
    return made


def _add_rows(aim: Aim, aims: Aims, serves: dict[str, dict[str, set[str]]]) -> None:
    """The rows of one aim that are known only to their county, with the townships left out there.

    Only those without a point: the name of a township alone then says where they are.
    """
    case = aim.case
    if case is None:
        raise AssertionError(aim.id)  # asked of presence only
    placed = aims.context.placements.placed(case.layer, _TOWNSHIP)
    alone = placed.placements[_TOWNSHIP].county_only & ~has_point(case.layer.frame)
    named = np.zeros(len(alone), dtype=bool)
    for rows, vias in case.counted.clauses:
        if via_bits(vias) & via_bits(("named",)):
            named |= rows
    frame = case.layer.frame
    out = aim.units.loc[list(aim.open)]["county_code"]
    of_county = {str(c): list(map(str, codes)) for c, codes in out.groupby(out).groups.items()}
    mine = named & alone & ~placed.conflict
    for facility, county in frame["county_code"][mine].items():
        for code in of_county.get(str(county), []):
            serves.setdefault(str(facility), {}).setdefault(code, set()).add(aim.id)


def doubt_actions(
    workspace: Workspace, aims: Aims, firmness: Mapping[str, Firmness], known: set[Where]
) -> list[Action]:
    """Rows that the doubts name and nothing else on the list speaks of, one for each reading that covers.

    Only those of which no reading takes anything away, and of which it is plain whom each covers:
    one unit each, or all of theirs at once, a few at most, and the same for every indicator.
    """
    found: dict[Where, dict[str, list[tuple[str, ...]]]] = {}
    told: dict[Where, Mapping[str, object]] = {}
    for aim in aims.aims:
        firm = firmness.get(aim.id)
        for row in () if firm is None else firm.rows.to_dict("records"):
            where = (str(row["layer"]), str(row["file"]), str(row["sheet"]), int(row["row"]))
            if where not in known:
                told[where] = {str(k): v for k, v in row.items()}
                found.setdefault(where, {})[aim.id] = list(_readings(row, aim))
    serves = {
        (where, codes): {(aim, code) for aim in of for code in codes}
        for where, of in found.items()
        for codes in next(iter(of.values()))
        if all(readings == next(iter(of.values())) for readings in of.values())
    }
    names = {str(c): str(n) for aim in aims.aims for c, n in aim.units["name"].items()}
    return [
        _doubted(where, codes, units, told[where], names, workspace)
        for (where, codes), units in sorted(serves.items())
    ]


def _readings(row: Mapping[object, object], aim: Aim) -> Iterator[tuple[str, ...]]:
    """The units that each reading of a row covers beyond the figure, where that is plain."""
    least, most = row.get("least"), row.get("most")
    if not isinstance(least, (int, Fraction)) or not isinstance(most, (int, Fraction)):
        return
    units = row.get("units")
    if not isinstance(units, Sequence) or len(units) > _FEW or least < 0 or most <= 0:
        return
    out = [str(code) for code in units if str(code) in aim.open]
    if not out:
        return
    if len(out) > 1 and most == sum(aim.open[c] for c in out):
        yield tuple(sorted(out))
    elif most == max(aim.open[c] for c in out):
        yield from ((code,) for code in sorted(out))


def _doubted(
    where: Where,
    codes: Sequence[str],
    units: set[Unit],
    told: Mapping[str, object],
    names: Mapping[str, str],
    workspace: Workspace,
) -> Action:
    layer, file, sheet, row = where
    name = str(told.get("name") or "") or workspace.schema_of(layer).title
    which = "、".join(names[code] for code in codes)
    readings = str(told.get("readings") or "")
    said = f"核实“{in_sentence(name)}”{f'（{readings}）' if readings else ''}；如核实计入{which}，按核实结果改台账"
    county = told.get("county_code")
    return Action(
        kind=ROW,
        said=said,
        serves=frozenset(units),
        layer=layer,
        facility="",
        name=name,
        file=file,
        sheet=sheet,
        row=row,
        county_code=county if isinstance(county, str) else "",
        first=(3, ""),
        one_of=f"{layer} {file} {sheet} {row}",
    )
