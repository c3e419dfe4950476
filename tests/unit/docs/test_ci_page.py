"""docs/ci.md: its files can be taken as they stand."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from trust_core.cli import exit_codes, main
from trust_core.domain.spec import Spec
from trust_core.domain.spec_reading import read_part

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def page() -> str:
    """The page."""
    return (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def files(page: str) -> list[dict[Any, Any]]:
    """The files on the page."""
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)]


def test_the_files_are_a_workflow_a_spec_and_a_pipeline(files: list[dict[Any, Any]]) -> None:
    """Each file is valid YAML, and the spec file is a valid spec."""
    workflow, spec, pipeline = files
    assert "steps" in workflow["jobs"]["gate"]
    assert read_part(Spec, spec, source="trust.yaml").candidates == ("./models/student", "ref:int8")
    assert pipeline["trust-gate"]["artifacts"]["reports"]["junit"] == "runs/junit.xml"


def test_the_commands_are_there(files: list[dict[Any, Any]]) -> None:
    """What the files run are targets of the Makefile and commands with flags that exist."""
    workflow, _, pipeline = files
    lines = [step["run"] for step in workflow["jobs"]["gate"]["steps"] if "run" in step]
    words = [shlex.split(line) for line in (*lines, *pipeline["trust-gate"]["script"])]
    gates = [one[one.index("trust_core") + 1 :] for one in words if "trust_core" in one]
    for gate in gates:
        assert main._parser().parse_args(gate).spec == "trust.yaml"
    targets = {word for one in words if one[0] == "make" for word in one[3:] if "=" not in word}
    assert (len(gates), targets) == (2, {"setup"})
    assert re.search(r"^setup:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)


def test_every_exit_code_of_a_gate_has_a_row(page: str) -> None:
    """Whoever reads the code of a step finds it in the table."""
    for name in ("DONE", "DIFFERENT", "INCONCLUSIVE", "MENDABLE", "UNEXPECTED", "INTERRUPTED"):
        assert f"\n| {getattr(exit_codes, name)} | " in page


def test_the_plan_takes_the_same_spec_file(page: str) -> None:
    """The command that says what the texts settle, before a gate is run, takes the same spec file."""
    (command,) = re.findall(r"`python -m trust_core (plan [^`]*)`", page)
    assert main._parser().parse_args(shlex.split(command)).spec == "trust.yaml"
