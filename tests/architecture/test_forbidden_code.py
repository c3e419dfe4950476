"""What the code may never do, whoever calls it: run code that arrives as data."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import dotted, imported_names, label, python_files, tree

CODE_FOLDERS = ("trust_core", "pages", "tools", "benchmarks")
MODULES_THAT_RUN_DATA = {"pickle", "cPickle", "cloudpickle", "dill", "joblib", "marshal", "shelve"}
CALLS_THAT_RUN_DATA = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "os.system",
    "os.popen",
    "pd.read_pickle",
    "pandas.read_pickle",
    "torch.load",
    "torch.jit.load",
    "torch.hub.load",
    "yaml.load",
    "yaml.unsafe_load",
    "yaml.full_load",
    "yaml.load_all",
}


def findings(module: ast.Module) -> Iterator[str]:
    """Each use of something that can run code out of a file, with its line."""
    for line, name in imported_names(module):
        if name.split(".")[0] in MODULES_THAT_RUN_DATA:
            yield f"line {line}: imports {name}"
    for node in ast.walk(module):
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func)
        if name in CALLS_THAT_RUN_DATA:
            yield f"line {node.lineno}: calls {name}"
        if name.endswith(".to_pickle"):
            yield f"line {node.lineno}: calls {name}"
        for keyword in node.keywords:
            refused = keyword.arg in {"trust_remote_code", "allow_pickle", "shell"}
            if refused and not (isinstance(keyword.value, ast.Constant) and keyword.value.value is False):
                yield f"line {node.lineno}: {keyword.arg} is not the literal False"


@pytest.mark.parametrize("path", python_files(*CODE_FOLDERS), ids=label)
def test_no_code_is_run_out_of_data(path: Path) -> None:
    """No pickle in any guise, no eval, no unsafe YAML, no code from a model repository, no shell."""
    assert list(findings(tree(path))) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "def later():\n    import marshal",
        "eval(text)",
        "torch.load(path)",
        "yaml.load(text, Loader=yaml.Loader)",
        "np.load(path, allow_pickle=True)",
        "frame.to_pickle(path)",
        "AutoModel.from_pretrained(name, trust_remote_code=flag)",
        "run(command, shell=True)",
    ],
)
def test_the_search_finds_each_way_to_run_data(source: str) -> None:
    """Each kind of dangerous line is found, also inside a function."""
    assert list(findings(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "model.eval()",
        "yaml.safe_load(text)",
        "np.load(path, allow_pickle=False)",
        "AutoModel.from_pretrained(name, trust_remote_code=False)",
        "re.compile(pattern)",
    ],
)
def test_the_search_leaves_safe_lines_alone(source: str) -> None:
    """What only resembles a dangerous line passes."""
    assert list(findings(ast.parse(source))) == []
