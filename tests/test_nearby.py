"""The nearest facility, found again: never another than a search finds, whatever was kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hbgeo.measure import nearby as module
from hbgeo.measure.distance import nearest_to, spots_of
from hbgeo.measure.nearby import Nearby
from hbgeo.sample import make_workspace
from hbgeo.store.folder import StoreFolder
from hbgeo.workspace import Workspace

RNG = np.random.default_rng(22)


def points(rows: int, *, blank: float = 0.0) -> pd.DataFrame:
    """Random places about Hubei on a grid so coarse that some are the same, a share of them nowhere."""
    xy = np.round(RNG.uniform((108.3, 29.0), (116.1, 33.3), (rows, 2)), 2)
    xy[RNG.random(rows) < blank] = np.nan
    labels = pd.Index([f"示例{n:04}" for n in RNG.permutation(rows)], dtype="str")
    return pd.DataFrame(xy, labels, ["x", "y"])


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH", 10)  # everything is worth remembering


def again(folder: Path, code: str = "a") -> Nearby:
    return Nearby(StoreFolder(folder, "nearest"), lambda: code)


def searched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many facilities each search goes through from now on."""
    asked: list[int] = []
    monkeypatch.setattr(
        module, "nearest_to", lambda s, f: (asked.append(len(f)), nearest_to(s, f))[1]
    )
    return asked


def test_what_is_found_again_is_what_a_search_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [spots_of(points(n, blank=b)) for n, b in ((1, 0), (40, 0.2), (300, 0.2))]
    facilities = [points(n, blank=0.3) for n in (11, 60, 500)]
    truth = [[nearest_to(s, f) for f in facilities] for s in places]
    asked = searched(monkeypatch)
    for _ in range(3):
        one = again(tmp_path)
        for mine, spots in zip(truth, places, strict=True):
            for (at, metres), some in zip(mine, facilities, strict=True):
                found, apart = one.find(spots, some)
                assert found.dtype == np.intp
                assert (found == at).all()
                assert apart.tobytes() == metres.tobytes()
        one.save()
    assert len(asked) == 9  # once each


@pytest.mark.parametrize("what", ["x", "id", "place", "row", "blank", "code", "nothing"])
def test_whatever_differs_is_searched_for_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    seats, facilities = points(50), points(40)
    first = again(tmp_path)
    first.find(spots_of(seats), facilities)
    first.save()
    if what == "x":
        facilities.iloc[7, 0] = np.nextafter(facilities.iloc[7, 0], 0)
    elif what == "id":
        facilities = facilities.rename({facilities.index[0]: "示例新"})
    elif what == "place":
        seats.iloc[3, 1] += 0.5
    elif what == "row":
        facilities = facilities.iloc[:-1]
    elif what == "blank":
        facilities.iloc[5] = np.nan
    asked = searched(monkeypatch)
    found, metres = again(tmp_path, "b" if what == "code" else "a").find(
        spots_of(seats), facilities
    )
    at, apart = nearest_to(spots_of(seats), facilities)
    assert (found == at).all()
    assert metres.tobytes() == apart.tobytes()
    assert bool(asked) == (what != "nothing")


def test_two_columns_of_ids_that_read_alike_when_joined_are_not_the_same(tmp_path: Path) -> None:
    seats, facilities = points(50), points(12)
    facilities[["x", "y"]] = (111.0, 30.0)  # of many at one place the least id is the nearest
    one = again(tmp_path)
    for ids in (["a", "bc", *"defghijklm"], ["ab", "c", *"defghijklm"], [*"lkjihgfedcba"]):
        some = facilities.set_axis(pd.Index(ids, dtype="str"))
        found, _ = one.find(spots_of(seats), some)
        assert (found == nearest_to(spots_of(seats), some)[0]).all()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]\n",
        b"null\n",
        b'{"a": 1}\n',
        b'{"a": "x"}\n',
        b"\xff\n\x00",
        b'{"%s": 600}\n',
    ],
)
def test_what_lies_there_instead_is_not_believed(tmp_path: Path, content: bytes) -> None:
    seats, facilities = points(50), points(40)
    of = module._print_of(spots_of(seats), facilities)
    far = np.full(50, 40, "<i4").tobytes() + np.zeros(50).tobytes()  # no such facility
    store = StoreFolder(tmp_path, "nearest")
    store.put("places", content.replace(b"%s", of.encode()) + far, "a")
    found, metres = again(tmp_path).find(spots_of(seats), facilities)
    at, apart = nearest_to(spots_of(seats), facilities)
    assert (found == at).all()
    assert metres.tobytes() == apart.tobytes()


def test_no_more_is_kept_than_there_is_room_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_BYTES", 1300)  # two answers for 50 places
    seats, several = spots_of(points(50)), [points(n) for n in (20, 30, 40)]
    one = again(tmp_path)
    for some in several:
        one.find(seats, some)
    one.save()
    asked = searched(monkeypatch)
    later = again(tmp_path)
    for some in several:
        at, metres = later.find(seats, some)
        assert (at == nearest_to(seats, some)[0]).all()
        assert np.isfinite(metres).all()
    assert asked == [40]


def test_of_few_facilities_nothing_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH", 10_000)
    one = again(tmp_path)
    one.find(spots_of(points(50)), points(40))
    one.find(spots_of(points(50)), pd.DataFrame({"name": ["示例"] * 400}))  # a table has no points
    one.save()
    assert not list(tmp_path.iterdir())


def test_a_workspace_searches_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH", 0)
    make_workspace(tmp_path)
    first = Workspace.open(tmp_path).measure(with_nearest=True)
    asked = searched(monkeypatch)
    second = Workspace.open(tmp_path).measure(with_nearest=True)
    assert not any(asked)  # but where there is no facility
    assert len(first.nearest) > 20
    for one, near in first.nearest.items():
        pd.testing.assert_frame_equal(near, second.nearest[one], check_exact=True)
