"""Versions of what took part in a run."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

LIBRARIES = (
    "torch",
    "torchao",
    "transformers",
    "tokenizers",
    "safetensors",
    "numpy",
    "scipy",
    "scikit-learn",
    "shap",
    "lime",
    "onnxruntime",
    "pyarrow",
)
"""Libraries that figures may depend on."""

TRUSTEQ = "0.1.0"


def versions() -> dict[str, str]:
    """Version of Python, of this program and of the libraries that are installed."""
    found = {"trusteq": TRUSTEQ, "python": platform.python_version()}
    for library in LIBRARIES:
        try:
            found[library] = version(library)
        except PackageNotFoundError:
            continue
    return found
