"""The files of the service are well formed, name the versions of pyproject.toml and run what is there.

That the service does with them what is meant cannot be seen here; the head of test.yml says what else.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
GITHUB = ROOT / ".github"
FORMS = sorted((GITHUB / "ISSUE_TEMPLATE").glob("[0-9]*.yml"))
WORKFLOWS = sorted((GITHUB / "workflows").glob("*.yml"))
SCHEMAS = [(f, "github-workflows") for f in WORKFLOWS] + [(f, "github-issue-forms") for f in FORMS]
SCHEMAS += [(GITHUB / "ISSUE_TEMPLATE" / "config.yml", "github-issue-config")]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def read(path: Path) -> Any:
    from ruamel.yaml import YAML  # comes with check-jsonschema

    return YAML(typ="safe").load(path.read_text("utf-8"))


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in read(path)["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize(("path", "schema"), SCHEMAS, ids=lambda v: getattr(v, "name", v))
def test_a_file_is_what_its_schema_says(path: Path, schema: str) -> None:
    words = ["-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(path)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_versions_are_those_of_the_package() -> None:
    listed = [c.rsplit(" ", 1)[1] for c in PROJECT["classifiers"] if re.search(r":: 3\.\d+$", c)]
    matrix = read(GITHUB / "workflows" / "test.yml")["jobs"]["newest"]["strategy"]["matrix"]
    assert matrix["python"] == listed
    assert PROJECT["requires-python"] == f">={listed[0]}"
    assert [name.split("-")[0] for name in matrix["os"]] == ["ubuntu", "windows"]
    lowest = read(GITHUB / "workflows" / "test.yml")["jobs"]["lowest"]["steps"]
    assert [s["with"]["python-version"] for s in lowest if "setup-python" in s.get("uses", "")] == [listed[0]]  # fmt: skip


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda p: p.name)
def test_what_a_workflow_runs_is_there(path: Path) -> None:
    runs = [step["run"] for step in steps(path) if "run" in step]
    scripts = {word for run in runs for word in run.split() if word.startswith(".ci/")}
    assert scripts == {".ci/run", ".ci/full"}
    for script in scripts:
        assert os.access(ROOT / script, os.X_OK), script
    assert {run.split()[2] for run in runs if run.startswith("python -m ")} == {"pip", "pytest"}
    assert all(re.search(r"@v\d+$", step["uses"]) for step in steps(path) if "uses" in step)


def test_the_parts_of_the_long_check_run_what_is_there() -> None:
    text = (ROOT / ".ci" / "full").read_text("utf-8")
    named = re.findall(r"tests/[\w/]+\.py", text)
    assert named
    assert [n for n in named if not (ROOT / n).is_file()] == []
    assert {"lowest", "mutants", "bench"} <= set(re.findall(r"^(\w+)\(\) \{", text, re.MULTILINE))


def test_the_hooks_are_the_style_that_a_commit_must_pass() -> None:
    [repo] = read(ROOT / ".pre-commit-config.yaml")["repos"]
    assert repo["repo"] == "local"  # nothing is fetched
    said = " ".join(hook["entry"] for hook in repo["hooks"])
    assert {hook["language"] for hook in repo["hooks"]} == {"system"}
    assert all(word in said for word in ("ruff format", "ruff check", "mypy"))


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.name)
def test_a_form_is_chinese_first_and_warns_of_personal_data(path: Path) -> None:
    form = read(path)
    labels = [part["attributes"]["label"] for part in form["body"] if "label" in part["attributes"]]
    assert all(re.search(r"[\u4e00-\u9fff]", label) for label in labels)
    assert "请勿上传个人信息" in form["body"][0]["attributes"]["value"]
    asked = {part.get("id") for part in form["body"]}
    assert "version" in asked
    if form["name"] != "建议":
        assert {"check", "windows"} <= asked
