"""In a notebook: a map in one call, and figures that show themselves as sentences and tables.

workspace = hbgeo.Workspace.open(".")
hbgeo.draw(workspace, ["cemetery-township"])
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hbgeo.measure.assessment import Assessment
from hbgeo.measure.coverage import Coverage
from hbgeo.measure.options import Options
from hbgeo.read.indicator import Indicator
from hbgeo.workspace import Workspace

if TYPE_CHECKING:  # a page takes a second to load: only who draws one waits
    import folium

# what is shown, by module and name: who is not used in a notebook is not loaded for it
_SHOWN = {
    "Assessment": "hbgeo.measure.assessment",
    "Coverage": "hbgeo.measure.coverage",
    "Workspace": "hbgeo.workspace",
    "Report": "hbgeo.job",
}


def draw(
    workspace: Workspace | str | Path,
    indicators: Sequence[str] | str = (),
    *,
    options: Options | None = None,
    whole: bool = False,
) -> folium.Map:
    """Draw the planner page of some indicators: shown by a notebook, kept by `.save("map.html")`.

    It works without a network, and has only the layers that the indicators count. What the main
    job adds (earlier dates, signs, plans, doubts) is in the page of `hbgeo.run(…).write(…)`.

    Parameters
    ----------
    workspace, indicators
        A workspace, or its folder; ids or systems, or one of them, none given: all.
    options
        What is asked differently from the policy's own reading, e.g. another date.
    whole
        Whether every facility layer is drawn, whatever the indicators count.

    Raises
    ------
    HbgeoError
        If the workspace is wrong, or an id is not known.

    Examples
    --------
    >>> page = hbgeo.draw("我的县", "cemetery-township")
    >>> page.save("图.html")
    """
    from hbgeo.products import draw_page

    home = workspace if isinstance(workspace, Workspace) else Workspace.open(workspace)
    names = [indicators] if isinstance(indicators, str) else list(indicators)
    asked = options or home.options()
    measured = home.measure(names, options=asked, with_nearest=True)
    layers = None if whole else _counted(home.choose(names))
    return draw_page(home, measured, asked, layers=layers)


def _counted(indicators: Sequence[Indicator]) -> frozenset[str]:
    """The layers whose rows indicators count, those of a chain's links among them."""
    links = [link.layer for one in indicators for link in one.links]
    return frozenset([*(one.layer for one in indicators if one.layer), *links])


def show_in(shell: Any) -> None:
    """Have an IPython shell show figures as sentences, also inside lists, and as HTML.

    The types are told by name: of what is never shown, nothing more is loaded.

    Parameters
    ----------
    shell
        What `IPython.get_ipython()` gives.
    """
    formatters = shell.display_formatter.formatters
    for name, module in _SHOWN.items():
        formatters["text/html"].for_type_by_name(module, name, card)
        formatters["text/plain"].for_type_by_name(module, name, _print_line)


def card(value: Any) -> str:
    """What a notebook shows of an assessment, a coverage, a workspace or a report, as HTML."""
    from hbgeo.show import cards

    if isinstance(value, Assessment):
        return cards.assessment_card(value)
    if isinstance(value, Coverage):
        return cards.coverage_card(value)
    if isinstance(value, Workspace):
        return cards.catalog_card(value.catalog)
    return cards.targets_card(value.papers.catalog, value.assessments)


def line(value: Any) -> str:
    """The same in one line, as it stands in lists and on a terminal."""
    from hbgeo.show import cards

    if isinstance(value, Assessment):
        return cards.assessment_line(value)
    if isinstance(value, Coverage):
        return cards.coverage_line(value)
    if isinstance(value, Workspace):
        return cards.catalog_line(value.catalog)
    return cards.targets_line(value.papers.catalog, value.assessments, len(value.issues))


def _print_line(value: Any, printer: Any, _cycle: bool) -> None:  # noqa: FBT001 - as IPython calls it
    printer.text(line(value))
