import inspect
import re

from trust_core import errors
from trust_core.errors import (
    DataError,
    ModelRefused,
    OutOfMemory,
    RowErrors,
    RowProblem,
    TrustError,
    nearest,
)


def test_message_in_three_parts() -> None:
    """A message says what is wrong, what is allowed and what to do, each on its line, empty ones left out."""
    error = TrustError("x is 3.", allowed="At most 2.", remedy="Give 2.")
    assert str(error) == "x is 3.\nAt most 2.\nGive 2."
    assert str(TrustError("x is 3.", remedy="Give 2.")) == "x is 3.\nGive 2."
    assert (error.problem, error.allowed, error.remedy) == ("x is 3.", "At most 2.", "Give 2.")


def test_rows_are_listed_with_column_and_reason() -> None:
    """Problems of rows are listed in order; the count is of rows, and a broken row needs no column."""
    problems = [
        RowProblem(2, "text", "no text"),
        RowProblem(2, "label", "no label"),
        RowProblem(7, "", "cut", text_id="t7"),
    ]
    error = RowErrors("d.csv", problems)
    assert error.problems == tuple(problems)
    assert str(error).splitlines() == [
        "d.csv: 2 rows cannot be read (row 1 is the first row of data):",
        "  row 2, column 'text': no text",
        "  row 2, column 'label': no label",
        "  row 7 (id t7): cut",
        "Mend or remove these rows and run the command again.",
    ]
    assert isinstance(error, DataError)


def test_long_lists_of_rows_are_cut() -> None:
    """Twenty problems are shown and the others counted; all stay on the error."""
    error = RowErrors("d.csv", [RowProblem(i, "a", "x") for i in range(1, 26)], remedy="Do this.")
    assert len(error.problems) == 25
    assert "  and 5 more" in str(error)
    assert "row 20," in str(error)
    assert "row 21," not in str(error)
    assert str(error).endswith("Do this.")
    assert "1 row cannot" in str(RowErrors("d.csv", [RowProblem(1, "a", "x")]))
    assert "more" not in str(RowErrors("d.csv", [RowProblem(1, "a", "x")] * RowErrors.SHOWN))


def test_refused_models_list_every_reason() -> None:
    """A refusal carries all reasons."""
    error = ModelRefused("m", ["pickle weights", "remote code"], remedy="Convert it.")
    assert error.reasons == ("pickle weights", "remote code")
    assert str(error) == "The model 'm' is refused:\n  - pickle weights\n  - remote code\nConvert it."


def test_nearest_names() -> None:
    """A mistyped name is answered with the near ones, a strange one with all, and nothing with nothing."""
    assert nearest("acuracy", ["accuracy", "brier"]) == "Did you mean 'accuracy'?"
    assert nearest("zzz", ["b", "a"]) == "Known: 'a', 'b'."
    assert nearest("zzz", []) == "There are none."


def test_the_drawn_tree_is_the_real_one() -> None:
    """The tree at the top of the module names every error under its true parent."""
    lines = [re.sub(r"[│├└─]", " ", line) for line in (errors.__doc__ or "").splitlines()]
    parents: list[tuple[int, str]] = []
    drawn: dict[str, str | None] = {}
    for line in lines:
        if not re.match(r" *[A-Z]\w+  ", line):
            continue
        depth = len(line) - len(line.lstrip())
        parents = [(d, name) for d, name in parents if d < depth]
        name = line.split()[0]
        drawn[name] = parents[-1][1] if parents else None
        parents.append((depth, name))
    real = {
        name: kind.__bases__[0].__name__
        for name, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, Exception)
    }
    tops = (TrustError.__name__, OutOfMemory.__name__)
    assert {name: parent for name, parent in drawn.items() if parent} == {
        name: parent for name, parent in real.items() if name not in tops
    }
    assert set(drawn) == set(real)
