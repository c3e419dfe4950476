from trust_core.domain.slicing import AUTO, NONE, SLICES
from trust_core.ui.setup.slices_field import cut_title, cuts_of


def test_searches_are_lines():
    """Every line is a search of its own, without empty ones and spare spaces; nothing comes twice."""
    assert cuts_of(["label", " column:topic "], " not \n\nno one,  never\nnot") == (
        "label",
        "column:topic",
        "text:not",
        "text:no one, never",
    )


def test_nothing_chosen_leaves_the_parts_out():
    """Without any cut the spec says none, which the command line takes as well."""
    assert cuts_of([], " \n ") == (NONE,)


def test_known_cuts_have_titles_and_typed_ones_stay_as_they_are():
    """The list has titles for what every data set has; columns and what is typed keep their names."""
    assert cut_title(AUTO) == "all that the data allows"
    assert cut_title("length") == SLICES["length"]
    assert cut_title("column:Length") == "column:Length"
    assert cut_title("text:no") == "text:no"
