"""What can be built or put up anew: rows that a ledger would gain, and whom each would cover."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from hbgeo.agenda.aims import Aim, Aims
from hbgeo.agenda.trying import blank_rows, covered_by
from hbgeo.errors import RequestError
from hbgeo.measure.agenda import BUILD, SIGN, Action, Unit
from hbgeo.measure.names.forms import plain_name
from hbgeo.measure.names.generics import VILLAGE, divide
from hbgeo.measure.names.reading import Reader
from hbgeo.measure.names.writing import write
from hbgeo.plan.candidates import PREFIX
from hbgeo.plan.cover import facts_wanted
from hbgeo.plan.file import planned_state
from hbgeo.read.cell.text import in_sentence
from hbgeo.read.characters.readings import read_readings
from hbgeo.read.schema.records import Schema
from hbgeo.read.table import LayerTable
from hbgeo.workspace import Workspace

LEVELS = ("county", "township", "village")  # at which a row names its unit
NOTE, SAMPLE_NOTE = "拟建，未落实", "拟建，未落实；示例"
_NAMED = "unit_named"  # what only signs say


def building_actions(workspace: Workspace, aims: Aims, spared: set[Unit]) -> list[Action]:
    """A row for each unit left out, saying all that the indicators that leave it out ask for.

    Each stands in its unit by name alone: where exactly it will stand nobody knows yet. The row is
    read and placed as those of a ledger are, and covers whom it then covers, of any indicator.

    Parameters
    ----------
    spared
        The units that something which is there can cover, or time alone: nothing is built for them,
        as the 督办单 ask for none.
    """
    made: list[Action] = []
    for key in aims.layers:
        table, schema = workspace.layers.table(key), workspace.schema_of(key)
        planned = _row_of(workspace, table)
        seeds = list(_seeds(workspace, key, aims, spared))
        if not seeds or schema.counting is None:
            continue
        works = {schema.counting.column: schema.counting.states[0]}
        works |= {schema.counting.since: aims.context.options.as_of.isoformat()}
        rows = [planned(*seed) for seed in _numbered(seeds, table)]
        trial = blank_rows(table, [row | works for row in rows])
        known = covered_by(workspace, key, trial, aims)
        for row, (code, _, aim) in zip(rows, seeds, strict=True):
            serves = frozenset(known.get(row["id"], ()))
            made.append(_action(row, serves, code, aim, schema, table))
    return made


def _seeds(
    workspace: Workspace, key: str, aims: Aims, spared: set[Unit]
) -> Iterator[tuple[str, dict[str, str], Aim]]:
    """Each unit left out, with what a new row there must say; more than once where one row cannot say it all.

    A row in a village may serve its township as well: there it also says what the township lacks.
    """
    lacks: dict[str, dict[str, list[tuple[dict[str, str], Aim]]]] = {}
    for level in LEVELS:
        units, lacks[level] = workspace.find_units(level), {}
        mine = [aim for aim in aims.of_layer(key) if aim.one.indicator.units == level]
        for code in sorted({code for aim in mine for code in aim.open} if units else ()):
            due = [a for a in mine if code in a.open and (a.id, code) not in spared]
            lacks[level][code] = own = _merged(due)
            for facts, aim in own:
                yield code, facts, aim
            if level == "village" and units is not None:
                town = str(units.frame["township_code"].get(code, ""))
                yield from _serving_both(code, due, own, lacks["township"].get(town, []))


def _merged(due: Sequence[Aim]) -> list[tuple[dict[str, str], Aim]]:
    """What new rows must say for some aims, as few as can say it; each with the first aim it is for."""
    said: list[tuple[dict[str, str], Aim]] = []
    for aim in due:
        wanted = dict(facts_wanted(aim.one.indicator))
        for facts, _ in said:
            if _agree(facts, wanted):
                facts |= wanted
                break
        else:
            said.append((wanted, aim))
    return said


def _serving_both(
    code: str,
    due: Sequence[Aim],
    own: Sequence[tuple[dict[str, str], Aim]],
    above: Sequence[tuple[dict[str, str], Aim]],
) -> Iterator[tuple[str, dict[str, str], Aim]]:
    """What a row in a village says for its township, and for the village as far as that agrees."""
    for facts, _ in above:
        made = dict(facts)
        for aim in due:
            wanted = facts_wanted(aim.one.indicator)
            made |= dict(wanted) if _agree(made, wanted) else {}
        if own and made not in [f for f, _ in own]:
            yield code, made, own[0][1]


def _agree(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Whether one row can say both."""
    return all(one.get(column, value) == value for column, value in other.items())


def _numbered(
    seeds: list[tuple[str, dict[str, str], Aim]], table: LayerTable
) -> Iterator[tuple[str, str, dict[str, str], str]]:
    """The seeds with an id each that no row has: ours, and a number behind it where there are more."""
    taken = set(table.frame.index.astype(str))
    for code, facts, aim in seeds:
        own, n = f"{PREFIX}{code}", 1
        while own in taken:
            n += 1
            own = f"{PREFIX}{code}-{n}"
        taken.add(own)
        yield own, code, facts, aim.one.indicator.units


def _row_of(
    workspace: Workspace, table: LayerTable
) -> Callable[[str, str, dict[str, str], str], dict[str, str]]:
    """What makes the row of a unit: its names, and what a new facility there says of itself."""
    schema = table.kind
    try:
        state = planned_state(schema)
    except RequestError:  # a ledger that has no word for what is not there yet
        state = ""
    column = schema.counting.column if schema.counting else "status"
    note = {"note": SAMPLE_NOTE if table.sample else NOTE} if "note" in schema.columns else {}
    reader, known = Reader(read_readings(workspace.catalog.folder)), _names(workspace)
    spell: Callable[[str], str] = lambda name: _roman(reader, name)  # noqa: E731

    def make(own: str, code: str, facts: dict[str, str], level: str) -> dict[str, str]:
        names = known[level][code]
        said = {c: v.replace("+", "、") for c, v in facts.items()}
        if _NAMED in schema.columns:
            called = plain_name(names[level])
            named = {_NAMED: called} | ({"roman": spell(called)} if "roman" in table else {})
        else:
            what = said.get("kind", table.title)
            places = dict.fromkeys(v for v in names.values() if v)
            called, named = f"拟建{what}·{'·'.join(places)}", {}
        return {"id": own, "name": called, **said, **names, **named, column: state, **note}

    return make


def _names(workspace: Workspace) -> dict[str, dict[str, dict[str, str]]]:
    """Level → unit → the names of it and of those it lies in, as a ledger writes them."""
    made: dict[str, dict[str, dict[str, str]]] = {}
    for level in LEVELS:
        units = workspace.find_units(level)
        if units is None:
            continue
        frame = units.frame
        made[level] = {
            str(code): {"county": str(county)}
            for code, county in frame["name" if level == "county" else "county"].items()
        }
        if level == "township":
            above = frame["name"]
        elif level == "village":
            towns = made.get("township", {})
            above = frame["township_code"].map({c: n["township"] for c, n in towns.items()})
        else:
            continue
        for code, town in above.fillna("").items():
            made[level][str(code)]["township"] = str(town)
        if level == "village":
            for code, name in frame["name"].items():
                made[level][str(code)]["village"] = str(name)
    return made


def _roman(reader: Reader, name: str) -> str:
    """How a village's name is spelled by the rules; "" where its reading is not settled."""
    text = plain_name(name)
    return write(text, reader.read(text), divide(text, VILLAGE))


def _action(
    row: Mapping[str, str],
    serves: frozenset[Unit],
    code: str,
    aim: Aim,
    schema: Schema,
    table: LayerTable,
) -> Action:
    unit = aim.units.loc[code]
    county = code if aim.one.indicator.units == "county" else str(unit["county_code"])
    sign = _NAMED in schema.columns
    return Action(
        kind=SIGN if sign else BUILD,
        said=_said(row, schema, table, aim, sign=sign),
        serves=serves,
        layer=table.key,
        facility=row["id"],
        name=row["name"],
        change=dict(row),
        county_code=county,
        first=(9 + len(row), ""),  # behind those that are there; what asks for least goes first
    )


def _said(
    row: Mapping[str, str], schema: Schema, table: LayerTable, aim: Aim, *, sign: bool
) -> str:
    """What is to be built, and what the ledger must say of it."""
    facts: dict[str, Any] = {
        c: row[c] for c in schema.columns if c in row and c not in _OTHERS and c in _facts(aim, row)
    }
    kind = facts.pop("kind", table.title)
    if sign:
        spelled = f"（{row['roman']}）" if row.get("roman") else ""
        where = row.get("township") or row["county"]
        return f"在{where}设{kind}“{in_sentence(row['name'])}”{spelled}"
    place = "".join(row.get(c, "") for c in ("township", "village")) or row["county"]
    more = "，".join(f"{schema.heading(c)}：{v}" for c, v in facts.items())
    return f"在{place}新建{kind}{f'（{more}）' if more else ''}"


_OTHERS = {"id", "name", "county", "township", "village", "status", "note", _NAMED, "roman"}


def _facts(aim: Aim, row: Mapping[str, str]) -> set[str]:
    """The columns by which a row counts."""
    known = {c for clause in aim.one.indicator.where for c in clause.wanted}
    return known | {c for c in row if c not in _OTHERS}
