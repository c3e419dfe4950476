"""Who may import whom, and what an import may cost."""

import ast
import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import REPOSITORY, imported_names, label, python_files, tree

HEAVY = ("torch", "transformers", "streamlit", "shap", "lime", "plotly", "datasets", "sklearn", "pandas")
# Names under which a distribution is imported, where they differ from its own.
IMPORT_NAMES = {"scikit-learn": "sklearn", "pyyaml": "yaml"}
# Imported under a second name that always comes with a declared one.
SECOND_NAMES = {"pydantic_core"}


def modules_loaded_by(statement: str) -> set[str]:
    """Top-level modules that a fresh interpreter holds after the statement."""
    code = (
        f"{statement}\nimport json, sys\nprint(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, check=True, capture_output=True, text=True
    )
    return set(json.loads(done.stdout.splitlines()[-1]))


def test_importing_the_package_loads_nothing_heavy() -> None:
    """`import trust_core` answers at once: models, charts and explainers are loaded when they are used."""
    assert modules_loaded_by("import trust_core") & set(HEAVY) == set()


def test_the_command_line_draws_nothing_when_it_starts() -> None:
    """What every command imports knows words and tables, not charts: a list of runs is there at once."""
    loaded = modules_loaded_by("import trust_core.cli.main")
    assert loaded & {"plotly", "torch", "transformers", "streamlit", "shap"} == set()


def test_the_web_side_never_loads_torch() -> None:
    """The process that serves pages leaves models to the worker, so it starts fast and stays small."""
    ui = [
        ".".join(path.relative_to(REPOSITORY).with_suffix("").parts)
        for path in python_files("trust_core/ui")
        # Importing it runs a visit.
        if path.stem not in ("entry", "__init__")
    ]
    loaded = modules_loaded_by("import " + ", ".join([*ui, "trust_core.wiring.web"]))
    assert loaded & {"torch", "transformers", "shap", "lime", "onnxruntime", "openvino", "datasets"} == set()


def test_the_import_rules_are_kept() -> None:
    """The contracts in pyproject.toml hold: layers in one direction, heavy libraries in one place each."""
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=REPOSITORY,
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_library_that_is_imported_is_a_direct_requirement() -> None:
    """Nothing works only because another package happens to bring it along."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {re.split(r"[^A-Za-z0-9._-]", text)[0].lower() for text in project["dependencies"]}
    allowed = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in declared} | SECOND_NAMES
    missing = {
        f"{label(path)}:{line}: {name}"
        for path in python_files("trust_core", "pages")
        for line, name in imported_names(tree(path))
        if (top := name.split(".")[0]) not in allowed | sys.stdlib_module_names | {"trust_core"}
        and top not in optional_imports(tree(path))
    }
    assert missing == set()


def optional_imports(module: ast.Module) -> set[str]:
    """Libraries imported inside `try ... except ImportError`: used when there, done without when not."""
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Try) and any(
            isinstance(handler.type, ast.Name) and handler.type.id in {"ImportError", "ModuleNotFoundError"}
            for handler in node.handlers
        ):
            body = ast.Module(body=node.body, type_ignores=[])
            found |= {name.split(".")[0] for _, name in imported_names(body)}
    return found


def test_pages_import_streamlit_and_the_ui_alone() -> None:
    """Pages hold no logic, so they need nothing else."""
    others = {
        f"{label(path)}:{line}: {name}"
        for path in python_files("pages")
        for line, name in imported_names(tree(path))
        if name.split(".")[0] != "streamlit" and not (name + ".").startswith("trust_core.ui.")
    }
    assert others == set()


def packages() -> list[str]:
    """The root package and every package in it, found by their files."""
    found = sorted((REPOSITORY / "trust_core").rglob("__init__.py"))
    return [".".join(path.parent.relative_to(REPOSITORY).parts) for path in found]


@pytest.mark.parametrize("name", packages())
def test_public_names_exist_and_are_listed_once(name: str) -> None:
    """Each name in an `__all__` can be imported, appears once, and the root package has such a list."""
    module = importlib.import_module(name)
    names = getattr(module, "__all__", None)
    if name == "trust_core" and len(tree(REPOSITORY / "trust_core/__init__.py").body) > 1:
        assert names, "trust_core must say which names are public"
    if names is None:
        return
    assert len(set(names)) == len(names)
    assert [each for each in names if not hasattr(module, each)] == []
