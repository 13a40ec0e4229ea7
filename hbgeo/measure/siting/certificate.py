"""A proof that others can check: the question in whole numbers, the plan, the tree and its prices.

Of most weight it says: the sites cover `value`, and no plan of `n` sites covers more than `bound`.
Of the fewest sites: the sites reach `need`, and no plan of `n`, which are fewer, covers more than
`limit`, which is less.

`instance` holds `sites`, their names; `demand`, the names of each merged row; `weights`, whole,
`per` of them 1; `covers`, the numbers of the sites that cover each row; `n`, `fixed`, `refused`,
`group`, `most`. `prices` are lists of whole numbers, one a row, `fine` of them one unit. `leaves` is
the tree: each node with the number of its prices and, where it was split, the site and its two nodes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hbgeo.errors import RequestError
from hbgeo.measure.siting.best import mask_of
from hbgeo.measure.siting.instance import Instance, reduce
from hbgeo.measure.siting.prices import FINE
from hbgeo.measure.siting.problem import Problem
from hbgeo.measure.siting.result import Sites
from hbgeo.measure.siting.search import Search
from hbgeo.measure.siting.tree import Tree

FORMAT = "hbgeo-siting-1"


def certificate(
    problem: Problem, sites: Sites, *, demand_ids: Sequence[str], site_ids: Sequence[str]
) -> dict[str, Any]:
    """The proof of a covering plan as plain data, ready for JSON.

    Parameters
    ----------
    demand_ids, site_ids
        Names of the rows and columns of the problem's cover.

    Raises
    ------
    RequestError
        If nothing proves it, or names are missing.
    """
    if (tree := sites.tree) is None:
        raise RequestError("这个方案没有可核对的证书")
    if (len(demand_ids), len(site_ids)) != problem.cover.shape:
        raise RequestError("需求和点的名称要与覆盖矩阵的行和列一样多")
    reduced, most = reduce(problem), problem.model == "mclp"
    chosen = mask_of(sites.chosen, tree.instance)
    if most:  # where some that add nothing were left out, others that add nothing
        chosen = Search(tree.instance).grow(chosen)
    value = tree.instance.value(chosen)
    limit = tree.bound if most else (max(tree.beat, tree.bound))
    rows = [] if problem.model == "lscp" else reduced.row_of.tolist()
    names = _names(tree.instance, rows, demand_ids)
    return {
        "format": FORMAT,
        "model": problem.model,
        "instance": _instance(tree.instance, site_ids, names, reduced.per),
        "sites": [str(site_ids[site]) for site in chosen.nonzero()[0].tolist()],
        "value": value,
        "bound": str(sites.bound),
        "need": None if most else tree.beat + 1,
        "limit": limit,
        "fine": FINE,
        "prices": [[int(p) for p in one.rows.tolist()] for one in tree.prices],
        "leaves": _node(tree, 0),
    }


def _names(instance: Instance, row_of: Sequence[int], demand_ids: Sequence[str]) -> list[list[str]]:
    """The names of the demand that each merged row stands for."""
    made: list[list[str]] = [[] for _ in instance.weights]
    for row, merged in enumerate(row_of):
        if merged >= 0:
            made[merged].append(str(demand_ids[row]))
    return made


def _instance(
    instance: Instance, site_ids: Sequence[str], names: list[list[str]], per: int
) -> dict[str, Any]:
    rows = instance.rows
    ends = zip(rows.indptr[:-1].tolist(), rows.indptr[1:].tolist(), strict=True)
    return {
        "sites": [str(one) for one in site_ids],
        "demand": names,
        "weights": [int(w) for w in instance.weights.tolist()],
        "per": per,
        "covers": [rows.indices[a:b].tolist() for a, b in ends],
        "n": instance.n,
        "fixed": instance.held.nonzero()[0].tolist(),
        "refused": instance.barred.nonzero()[0].tolist(),
        "group": None if instance.group is None else instance.group.tolist(),
        "most": instance.most,
    }


def _node(tree: Tree, number: int) -> dict[str, Any]:
    node = tree.nodes[number]
    made: dict[str, Any] = {"prices": node.prices}
    if node.site >= 0:
        made["site"] = node.site
        made["without"], made["with"] = _node(tree, node.without), _node(tree, node.with_it)
    return made
