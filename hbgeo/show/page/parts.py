"""The parts of a page, packed, each decoded only when it is wanted."""

from __future__ import annotations

from functools import partial

from hbgeo.show.page.beyond import beyond_part
from hbgeo.show.page.doubts import doubts_part
from hbgeo.show.page.inputs import PageInputs
from hbgeo.show.page.layer import facts_part, points_part
from hbgeo.show.page.pack import pack, to_json
from hbgeo.show.page.pairs import pairs_part
from hbgeo.show.page.plans import plans_part
from hbgeo.show.page.signs import names_part
from hbgeo.show.page.units import by_village, make_villages, tables_part


def make_parts(inputs: PageInputs) -> dict[str, str]:
    """Everything but the head, packed, by the name under which the page finds it."""
    villages = inputs.units.get("village")
    parts = {
        "tables": tables_part(inputs),
        "pairs": pairs_part(inputs),
        "villages": inputs.part("villages", partial(_villages, inputs), by_village(inputs)),
    }
    if inputs.under.part:
        parts["background"] = inputs.under.part
    if inputs.names is not None:
        parts["names"] = names_part(inputs)
    if inputs.beyond:
        beyond = [one.assessment.indicator.id for one in inputs.beyond]
        parts["beyond"] = inputs.part("beyond", partial(beyond_part, inputs), beyond, inputs.drawn)
    if inputs.plans:
        parts["plans"] = plans_part(inputs)
    if inputs.doubts is not None:
        parts["doubts"] = doubts_part(inputs)
    for key, layer in inputs.layers.items():
        parts[f"points-{key}"] = points_part(layer)
        facts = partial(facts_part, layer, villages)
        parts[f"facts-{key}"] = inputs.kept.facts(layer, facts) if inputs.kept else facts()
    if inputs.parts:
        inputs.parts.save()
    return parts


def _villages(inputs: PageInputs) -> str:
    return pack(to_json(make_villages(inputs)))
