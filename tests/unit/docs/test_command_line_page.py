"""docs/command-line.md names every command, flag, field and exit code that there is."""

import argparse
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from trust_core.cli import exit_codes, main
from trust_core.cli.runs import FORMATS
from trust_core.domain.catalogue import DIMENSIONS
from trust_core.domain.spec import NO_LABELS, KSpec, LabelMap, LimeSpec, Margins, ShapSpec, Spec, SpecPart
from trust_core.domain.spec_reading import read_part
from trust_core.export.frames import TEXT_COLUMNS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "command-line.md"


@pytest.fixture(scope="module")
def page() -> str:
    """The page."""
    return PAGE.read_text(encoding="utf-8")


def parsers(parser: argparse.ArgumentParser) -> list[tuple[str, argparse.ArgumentParser]]:
    """Every command below a parser, with the words that call it."""
    found = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found += [(name, below), *((f"{name} {rest}", one) for rest, one in parsers(below))]
    return found


COMMANDS = parsers(main._parser())


@pytest.mark.parametrize("command", [name for name, _ in COMMANDS])
def test_every_command_is_named(page: str, command: str) -> None:
    """A reader finds the command by its words."""
    assert f"`{command}" in page


@pytest.mark.parametrize(
    "flag",
    sorted({flag for _, p in COMMANDS for a in p._actions for flag in a.option_strings} - {"-h", "--help"}),
)
def test_every_flag_is_named(page: str, flag: str) -> None:
    """A reader finds the flag."""
    assert re.search(rf"`[^`\n]*{re.escape(flag)}[ `]", page)


@pytest.mark.parametrize("part, above", [(Spec, ""), (LimeSpec, "lime."), (ShapSpec, "shap."), (KSpec, "k.")])
def test_every_field_of_the_spec_is_named(page: str, part: type[SpecPart], above: str) -> None:
    """A reader finds the field under the name that spec files use."""
    parts = {"data", "lime", "shap", "k"}
    names = {field.alias or name for name, field in part.model_fields.items()} - parts
    assert [name for name in sorted(names) if f"`{above}{name}`" not in page] == []


def test_the_default_dimensions_are_those_of_the_page(page: str) -> None:
    """The page says that all dimensions but confidence use are chosen."""
    left_out = [name for name in DIMENSIONS if name not in Spec.model_fields["dimensions"].default]
    assert left_out == ["confidence_use"]
    assert "all but `confidence_use`" in page


def test_defaults_of_the_page_are_those_of_the_spec(page: str) -> None:
    """Numbers in the tables of flags and fields are the spec's."""
    rows = [line for line in page.splitlines() if line.startswith("| ")]
    fields = Spec.model_fields
    for name in ("explain_limit", "seed", "bins", "resamples", "control_texts"):
        default = fields[name].default
        assert any(f"`{name}`" in row and row.endswith(f"| {default} |") for row in rows), name
    assert any("`batch_tokens`" in row and f"| {fields['batch_tokens'].default}, " in row for row in rows)
    assert any("`lime.samples`" in row and row.endswith(f"| {LimeSpec().samples} |") for row in rows)
    assert any("`k.fraction`" in row and f"| {KSpec().fraction}, not set |" in row for row in rows)


@pytest.mark.parametrize("kind, heading", [(Spec, "Spec"), (Margins, "Margins"), (LabelMap, "Label-map")])
def test_the_examples_of_files_are_valid(page: str, kind: type[SpecPart], heading: str) -> None:
    """What stands under "... file" can be copied and used."""
    block = page.split(f"### {heading} file\n")[1].split("```yaml\n")[1].split("```", maxsplit=1)[0]
    read = read_part(kind, yaml.safe_load(block), source=heading)
    if kind is Margins:
        assert read == Margins()


@pytest.mark.parametrize(
    "name", ["DONE", "DIFFERENT", "INCONCLUSIVE", "MENDABLE", "UNEXPECTED", "INTERRUPTED"]
)
def test_every_exit_code_is_explained(page: str, name: str) -> None:
    """Each code has a row."""
    assert f"\n| {getattr(exit_codes, name)} | " in page


@pytest.mark.parametrize(
    "word", [*FORMATS, *TEXT_COLUMNS, *get_args(Spec.model_fields["scale"].annotation), NO_LABELS]
)
def test_names_of_formats_and_columns_are_those_of_the_page(page: str, word: str) -> None:
    """Formats of `runs export`, columns of texts.parquet, scales and the word for "no labels"."""
    assert f"`{word}`" in page
