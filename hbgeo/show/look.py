"""How all that is shown looks: colours, scale bars and fonts, each once, for screen, poster and papers.

The page takes them as properties of its style (`for_style`) and as values of its script
(`for_script`); what is printed imports them. Two names for one colour are two meanings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

INK, QUIET, SHORT, ACCENT = "#1f272c", "#5d666d", "#96400f", "#0e5a68"

# classes: what misses its target warm and hatched, what reaches it calm and plain, each the darker the
# farther from it; amounts from light to dark
RING = {"inside": "#3d5a80", "edge": "#16263d", "alpha": 0.3, "plan": "#6a3d86"}
COVERED, UNCOVERED = "#b3d7d1", "#f3b983"
BELOW = ("#d1713c", "#e39a60", "#f0bd8a")  # the farthest first
ABOVE = ("#a6d0c9", "#72b0ae", "#46898f")  # the nearest first
AMOUNT = ("#efe5d0", "#cfdfd6", "#a3c9c4", "#649fa3", "#2c6f7b")
# how wide apart the strokes are of what is farthest below its target, of the next, of the nearest
STROKES = (4, 6, 10)
NOT_APPLICABLE, NO_DATA = "#ecebe8", "#ffffff"
# the textures over them, which a black-and-white copy keeps
DOUBT = "#5b2a86"  # over either of them: units that could read otherwise
HATCH, DOTS, DASHES, VEIL, VEIL_PCT = "#cf7426", "#8b9196", "#b9b6ae", "#4a1c04", 66

# rivers, lakes, roads and names under a map
WATER, ROAD, GROUND, GROUND_NAME = "#1a6fae", "#6d4a2c", "#77776f", "#6a7076"

COUNTY_LINE, PREFECTURE_LINE, EDGE_LINE = "#83827c", "#43474a", "#16191b"
KEY_LINE = "#8d8980"  # round a class of a printed legend

# a place-name sign: characters and letters on its ground (GB 17733), and the ground of a damaged one
SIGN, SIGN_WORN, SIGN_TEXT = "#0b4c9c", "#4a7ab6", "#ffffff"

# facility layers, told apart by their shape as well
LAYERS = ("#26477d", "#7d2f68", "#4a5b16", "#5b3a1e", "#30353a")

# for papers that are copied in black and white: fill and edge
GREY_COVERED, GREY_UNCOVERED, GREY_REST = (
    ("#6E6E6E", "#404040"), ("white", "#808080"), ("#EDEDED", "#B0B0B0"),
)  # fmt: skip
GREY_FRAME = "#404040"

# workbooks
SHEET_MARK, SHEET_HEAD, SHEET_SUM, SHEET_BAR, SHEET_LINE = (
    "#B45309", "#D9D9D9", "#F2F2F2", "#A6A6A6", "#999999",
)  # fmt: skip

# a scale bar is one of these times a power of ten
SCALE_STEPS = (5, 2, 1)
SCALE_KM = 50  # in the picture for papers, which always shows the province

# official papers are set in these two
PAPER_FONT, PAPER_HEAD_FONT, PAPER_SECOND_FONT = "仿宋", "黑体", "楷体"
SCREEN_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "HarmonyOS Sans SC", "WenQuanYi Micro Hei", "SimSun-ExtB",
)  # fmt: skip
# what Windows, macOS and Linux have that draws official Chinese names, the plainest first
POSTER_FONTS = (
    "Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans GB", "Heiti SC", "STHeiti", "DengXian", "SimHei", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Arial Unicode MS", "SimSun", "Songti SC", "Noto Serif CJK SC",
    "AR PL UMing CN",
)  # fmt: skip
# for characters beyond those fonts: some townships are named with them
RARE_FONTS = ("SimSun-ExtB", "HanaMinB", "BabelStone Han", "Plangothic P1", "Noto Serif CJK SC")
# fonts with the characters of Hubei's names, as Windows and Linux have them
PICTURE_FONTS = (
    "SimHei", "Microsoft YaHei", "SimSun", "FangSong", "Noto Sans CJK SC", "Noto Sans CJK JP",
    "Source Han Sans SC", "WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "PingFang SC",
)  # fmt: skip

_ROW, _TWO_LINES = 30, 46  # pixels of a row of the page's lists
_PAPER, _MAP_GROUND = "#fdfcfa", "#f4f3ef"


def clear(colour: str, pct: int) -> str:
    """A colour that lets through what lies below, as style sheets and canvases take it."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgb({red} {green} {blue} / {pct}%)"


def clear_hex(colour: str, pct: int) -> str:
    """The same as matplotlib takes it."""
    return f"{colour}{round(pct * 255 / 100):02x}"


def step_of(ramp: Sequence[Any], at: int, count: int) -> int:
    """The place in a ramp of class `at` of `count`: the ends first, the middle where it is alone."""
    if count >= len(ramp):
        return min(at, len(ramp) - 1)
    return len(ramp) // 2 if count == 1 else round(at * (len(ramp) - 1) / (count - 1))


def for_style() -> str:
    """The page's colours, family and height of a row, as properties that its style sheet names."""
    family = ", ".join(f'"{name}"' for name in SCREEN_FONTS)
    properties = {
        "paper": _PAPER,
        "paper-over-map": clear(_PAPER, 90),
        "paper-over-scale": clear(_PAPER, 70),
        "map-ground": _MAP_GROUND,
        "ink": INK,
        "quiet": QUIET,
        "rule": "#dedad2",
        "hairline": "#efece6",
        "wash": "#f3f1ec",
        "accent": ACCENT,
        "accent-wash": "#e3eff0",
        "short": SHORT,
        "notice": "#fbf3e9",
        "scenario": "#6a3d86",
        "bar": "#6f9aa1",
        "doubt": DOUBT,
        "bar-ground": "#e4e1da",
        "mark": "#7d858b",
        "mark-passed": "#a7adb1",
        "key-edge": "#a9a59c",
        "print-rule": "#bbbbbb",
        "family": f"{family}, sans-serif",
        "sign": SIGN,
        "sign-worn": SIGN_WORN,
        "sign-text": SIGN_TEXT,
        "row": f"{_ROW}px",
        "row-of-two": f"{_TWO_LINES}px",
    }
    lines = "\n".join(f"--{name}: {value};" for name, value in properties.items())
    return f":root {{\n{lines}\n}}"


def for_script() -> Mapping[str, Any]:
    """What the page draws on its canvases with."""
    return {
        "ink": INK,
        "short": SHORT,
        "covered": COVERED,
        "uncovered": UNCOVERED,
        "below": BELOW,
        "above": ABOVE,
        "amount": AMOUNT,
        "strokes": STROKES,
        "notApplicable": NOT_APPLICABLE,
        "noData": NO_DATA,
        "faded": "#faf9f6",
        "hatch": HATCH,
        "doubt": DOUBT,
        "dots": DOTS,
        "dashes": DASHES,
        "veil": clear(VEIL, VEIL_PCT),
        "edgeGlow": "rgba(70, 74, 66, .055)",
        "lines": {
            "hair": "rgba(255, 255, 255, .95)",
            "county": COUNTY_LINE,
            "prefecture": PREFECTURE_LINE,
            "edge": EDGE_LINE,
        },
        "names": {"prefecture": "#1b2125", "finer": "#3a4247", "halo": "rgba(255, 255, 255, .88)"},
        "ring": RING,
        "under": {"water": WATER, "road": ROAD, "other": GROUND, "name": GROUND_NAME},
        "layers": LAYERS,
        "keyLine": KEY_LINE,
        "frame": "#c9c4ba",
        "notes": "#4a5359",
        "scaleSteps": SCALE_STEPS,
        "row": _ROW,
        "rowOfTwo": _TWO_LINES,
        "sheet": {"quiet": QUIET[1:].upper(), "rule": "D9D5CC", "head": "EDEAE3"},
    }
