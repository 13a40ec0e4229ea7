"""What is younger than Chromium 80, in a script, in a style sheet, and in a running browser.

Names are those of younger.txt, found by comparing two browsers; grammar is listed here. In a style
sheet whatever stands inside `@supports` is asked for before it is used, and passes.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

GRAMMAR = {
    "logical assignment (85)": r"(\?\?|\|\||&&)=",
    "private field or method (84)": r"\.#\w|(^|[{;])\s*((static|async|get|set)\s+)*#\w+\s*[(=;]|#\w+ in ",
    "static block (94)": r"\bstatic\s*\{",
    "flags d, v of a pattern (90, 112)": r"/[a-z]*[dv][a-z]*\s*[,;).]",
    "cause of an error (93)": r"new \w*Error\([^)]*\{\s*cause\b",
    "import attributes (91)": r"\bimport\s*\(",
    "colours of canvas and style newer than 80": r"color-mix\(|oklch\(|\boklab\(",
}
SELECTORS = {
    ":is (88)": r":is\(",
    ":where (88)": r":where\(",
    ":has (105)": r":has\(",
    ":not with a list (88)": r":not\([^()]*,",
    ":focus-visible (86) but to take a ring away": r"(?<!:focus:not\():focus-visible",
    "nesting (112)": r"&",
    "other young selectors": r":(modal|open|user-invalid|user-valid|autofill|popover-open|marker|state\(|file-selector-button)|::(marker|backdrop|highlight)\b",
}
VALUES = {
    "young colours": r"\b(color-mix|oklch|oklab|lab|lch|hwb|light-dark|color)\(",
    "young lengths": r"\d(dvh|svh|lvh|dvw|svw|lvw|cqw|cqh|cqi|cqb|lh|rlh|cap|ric)\b",
    "young functions": r"\b(anchor|round|rem|mod|sin|cos|tan|pow|sqrt|hypot|exp|sign|abs|linear|image-set)\(",
    "young words": r"\b(revert|revert-layer|subgrid|masonry)\b|overflow[\w-]*:\s*clip",
}
AT_RULES = (
    r"@(layer|container|property|scope|starting-style|counter-style|font-palette-values)\b"
    r"|@media[^{]*([<>]|prefers-contrast|forced-colors|prefers-reduced-data|dynamic-range)"
)


def _read_names() -> dict[str, list[str]]:
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    lines = re.sub(r"\n +", " ", text).splitlines()
    found = (line.split(": ", 1) for line in lines if line and not line.startswith("#"))
    return {owner: names.split() for owner, names in found}


NAMES = _read_names()
# an array has had these for long; only a browser can tell whose they are
_ALSO_OLDER = {
    *NAMES["Iterator#"],
    *("reset", "role", "size", "reason", "lang", "values", "bytes", "resize"),
}


def in_script(code: str) -> list[str]:
    """Whatever of a script Chromium 80 does not know, each with its line."""
    bare = _without_texts(code)
    patterns = dict(GRAMMAR)
    for owner, names in NAMES.items():
        if owner == "css":
            continue
        every = "|".join(names)
        mine = "|".join(one for one in names if one not in _ALSO_OLDER)
        if owner == "window":
            patterns["a name younger than 80"] = rf"(?<![.\w'])({every})\b(?!['\w]|\s*:)"
        elif not owner.endswith("#"):
            patterns[f"of {owner}"] = rf"\b{owner}\.({every})\b"
        elif mine:
            patterns[f"of {owner}"] = rf"\.({mine})\("
    return _find(bare, patterns)


def in_style(css: str) -> list[str]:
    """Whatever of a style sheet Chromium 80 does not know, each with its line."""
    bare = _without_supports(re.sub(r"/\*.*?\*/", _blank, css, flags=re.DOTALL))
    selectors = re.sub(r"\{[^{}]*\}", _blank, bare)
    bodies = re.sub(r"[^{}]*\{|\}", _blank, bare)
    young = "|".join(NAMES["css"])
    properties = {"a property younger than 80": rf"(?:^|;)\s*({young})\s*:"}
    # a twin with the old prefix beside it
    plain = re.sub(
        r"(-webkit-print-color-adjust: exact; )print-color-adjust: exact;", _blank, bodies
    )
    found = [*_find(selectors, SELECTORS), *_find(bare, {"an at-rule": AT_RULES})]
    return [*found, *_find(plain, properties), *_find(bodies, VALUES), *_gaps(bare)]


REMOVE = """(names) => {
  const special = {
    'TypedArray#': Object.getPrototypeOf(Uint8Array.prototype),
    'Iterator#': Object.getPrototypeOf(Object.getPrototypeOf([].values())),
    window,
  };
  for (const [owner, members] of Object.entries(names)) {
    const whole = owner.replace('#', '');
    const from = special[owner] || (owner.endsWith('#') ? window[whole].prototype : window[whole]);
    for (const name of members) if (!delete from[name]) throw new Error(owner + name);
  }
}"""


def removal() -> str:
    """A script that takes from a browser what it has learnt since 80."""
    names = {owner: names for owner, names in NAMES.items() if owner != "css"}
    return f"({REMOVE})({json.dumps(names)});"


def _gaps(bare: str) -> list[str]:
    """`gap` keeps the cells of a grid apart; in a flex box it is younger (84)."""
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", bare)
    grids: set[str] = set()
    for selector, body in rules:
        if re.search(r"display:\s*(inline-)?grid|columns:", body):
            grids |= {one.strip() for one in selector.split(",")}
    return [
        f"gap in a flex box (84): {selector.strip()}"
        for selector, body in rules
        if re.search(r"(^|[;\s])((row|column)-)?gap\s*:", body)
        and not {one.strip() for one in selector.split(",")} <= grids
    ]


def _find(text: str, patterns: dict[str, str]) -> list[str]:
    return [
        f"{name}: {text[: hit.start()].count(chr(10)) + 1}: {hit.group().strip()}"
        for name, pattern in patterns.items()
        for hit in re.finditer(pattern, text, flags=re.MULTILINE)
    ]


def _blank(hit: re.Match[str]) -> str:
    """As many lines, and nothing on them."""
    return "\n" * hit.group().count("\n") + " "


def _without_texts(code: str) -> str:
    """Leave out comments and plain texts; what a template computes stays."""
    parts = r"/\*.*?\*/|(?<![:\\])//[^\n]*|'(?:[^'\\\n]|\\.)*'|\"(?:[^\"\\\n]|\\.)*\""
    return re.sub(parts, lambda hit: _blank(hit) + "''", code, flags=re.DOTALL)


def _without_supports(css: str) -> str:
    """Leave out every `@supports` block."""
    while (at := css.find("@supports")) >= 0:
        depth, end = 1, css.index("{", at) + 1
        while depth:
            depth += {"{": 1, "}": -1}.get(css[end], 0)
            end += 1
        css = css[:at] + "\n" * css[at:end].count("\n") + css[end:]
    return css
