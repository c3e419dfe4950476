"""One class set against another in the heatmap."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from tests.support.export_tables import CLASSES, run_tables
from trust_core.ui.inspector.contrast import contrast_classes, contrasted
from trust_core.ui.inspector.heat import ModelWeights, Reasons, fit_text
from trust_core.ui.inspector.stored import StoredText, stored_reasons, stored_text

MODELS = ("nli-reference", "nli-student-3l")


def side(weights: list[float], *, base: float, fidelity: float, halves: bool) -> ModelWeights:
    """Weights of one model; its halves lie a little beside them."""
    whole = np.array(weights)
    return ModelWeights(whole, (whole + 0.1, whole - 0.1) if halves else None, base, fidelity)


def reasons(explainer: str, weights: list[float], *, base: float, fidelity: float) -> Reasons:
    """The same weights for both models."""
    one = side(weights, base=base, fidelity=fidelity, halves=explainer == "lime")
    return Reasons(explainer, one, one)


def test_weights_of_the_contrast_are_differences() -> None:
    """Weights, halves, base value and the additivity gap of p_a - p_b are those of a less those of b."""
    first = [reasons("lime", [0.3, -0.1], base=0.5, fidelity=0.8)]
    first.append(reasons("shap-partition", [0.4, 0.0], base=0.2, fidelity=0.02))
    second = [reasons("lime", [-0.2, 0.1], base=0.1, fidelity=0.6)]
    second.append(reasons("shap-partition", [-0.4, 0.1], base=0.3, fidelity=-0.01))
    lime, shap = contrasted(first, second)
    assert lime.reference.whole == pytest.approx([0.5, -0.2])
    assert lime.candidate.base == pytest.approx(0.4)
    assert lime.reference.halves is not None
    assert lime.reference.halves[0] == pytest.approx([0.5, -0.2])
    assert shap.candidate.whole == pytest.approx([0.8, -0.1])
    assert shap.candidate.halves is None
    assert shap.reference.fidelity == pytest.approx(0.03)


def test_the_fit_of_a_contrast_is_not_invented() -> None:
    """LIME's R2 of a difference does not follow from those of the classes, so none is given."""
    (lime,) = contrasted(
        [reasons("lime", [0.3], base=0.5, fidelity=0.8)], [reasons("lime", [0.1], base=0.5, fidelity=0.7)]
    )
    assert math.isnan(lime.reference.fidelity)
    assert fit_text("lime", lime.reference.fidelity) == ("fit known for single classes alone", False)


def test_an_explainer_of_one_class_alone_is_left_out() -> None:
    """Both classes are needed."""
    assert contrasted([reasons("lime", [0.3], base=0.5, fidelity=0.8)], []) == []


def test_only_texts_with_two_answers_have_a_contrast() -> None:
    """Where both models answer alike there is nothing to set against each other."""
    tables = {
        name: getattr(run_tables(), name).to_pandas()
        for name in ("texts", "predictions", "pairs", "attributions")
    }
    given = {key: tables[key] for key in ("texts", "predictions", "pairs")}
    text = stored_text("t0", **given, reference=MODELS[0], candidate=MODELS[1])
    assert isinstance(text, StoredText)
    apart = (text.reference.predicted, text.candidate.predicted)
    assert apart[0] != apart[1]
    assert contrast_classes(text) == apart
    assert contrast_classes(replace(text, candidate=text.reference)) is None


def test_stored_weights_of_all_classes_sum_to_nothing_new() -> None:
    """The contrast of a class with itself is 0 in every word."""
    rows = run_tables().attributions.to_pandas()
    rows = rows[rows["id"] == "t0"]
    both = stored_reasons(
        rows, ("lime",), reference=MODELS[0], candidate=MODELS[1], classes=(CLASSES[0], CLASSES[0])
    )
    (none,) = contrasted(both, both)
    assert not none.reference.whole.any()
