from trust_core.ui.probability_bars import bars_data

CLASSES = ("entailment", "neutral", "contradiction")


def test_each_class_has_both_probabilities_and_each_model_one_answer():
    """A row holds both models' probabilities; the largest of each model is its answer."""
    data = bars_data(
        CLASSES, ("a", "b"), ([0.2, 0.5, 0.3], [0.6, 0.1, 0.3]), tags={"neutral": ["gold label"]}
    )
    assert [row["values"] for row in data["rows"]] == [[0.2, 0.6], [0.5, 0.1], [0.3, 0.3]]
    assert [row["winners"] for row in data["rows"]] == [[False, True], [True, False], [False, False]]
    assert [row["tags"] for row in data["rows"]] == [[], ["gold label"], []]
    assert {row["before"] for row in data["rows"]} == {None}


def test_probabilities_before_an_edit_stand_beside_those_after():
    """With earlier probabilities every bar carries a mark of where it was."""
    data = bars_data(
        CLASSES[:2],
        ("a", "b"),
        ([0.2, 0.8], [0.5, 0.5]),
        before=([0.1, 0.9], [0.4, 0.6]),
        before_label="then",
    )
    assert [row["before"] for row in data["rows"]] == [[0.1, 0.4], [0.9, 0.6]]
    assert data["before"] == "then"
