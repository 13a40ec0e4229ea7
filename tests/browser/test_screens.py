"""Three screens against their references, within a tolerance that other fonts stay under.

HBGEO_SCREENS=write makes the references anew; look at them before committing.
"""

from __future__ import annotations

import io
import os
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

pytestmark = pytest.mark.system

FOLDER = Path(__file__).parent / "screens"
BLOCK = 12  # pixels: finer than a panel, coarser than a letter
SCREENS = {
    "desk": {"width": 1280, "height": 720},
    "facts": {"width": 1280, "height": 720},
    "phone": {"width": 390, "height": 780, "has_touch": True, "is_mobile": True},
}


def blocks(picture: bytes) -> np.ndarray:
    """The mean colour of each block, 0 to 1."""
    pixels = imread(io.BytesIO(picture), format="png")[..., :3]
    high, wide = (side // BLOCK * BLOCK for side in pixels.shape[:2])
    cut = pixels[:high, :wide].reshape(high // BLOCK, BLOCK, wide // BLOCK, BLOCK, 3)
    return cut.mean(axis=(1, 3))


@pytest.mark.parametrize("name", SCREENS)
def test_screen_looks_as_it_did(open_page, name):
    page = open_page(**SCREENS[name])
    if name == "facts":
        page.evaluate("hbgeo.scenario('2021-06-29', ['规划'])")
        page.evaluate("hbgeo.select('420528101')")
        page.wait_for_selector("#facts .served", state="attached")
    page.wait_for_timeout(300)
    taken = page.screenshot()
    file = FOLDER / f"{name}.png"
    if os.environ.get("HBGEO_SCREENS") == "write":
        FOLDER.mkdir(exist_ok=True)
        file.write_bytes(taken)
    here, there = blocks(taken), blocks(file.read_bytes())
    assert here.shape == there.shape
    apart = np.abs(here - there).max(axis=2)
    assert (apart > 0.15).mean() < 0.02, "look at the page, then HBGEO_SCREENS=write"
