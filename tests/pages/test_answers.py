"""The page Answers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest

from tests.support.export_tables import run_tables, text_set
from tests.support.report_samples import sample_report
from tests.support.slices import with_slices
from tests.support.ui_runs import app_on, write_hostile_run, write_run
from trust_core.export.worked_texts import RunTables

pytestmark = pytest.mark.slow

WORDS = ("dog", "cat", "runs", "sleeps", "never", "always", "river")


def _tables(n: int = 200) -> RunTables:
    rng = np.random.default_rng(1)
    texts = [
        (" ".join(rng.choice(WORDS, rng.integers(3, 12))), "a dog runs", int(rng.integers(0, 3)))
        for _ in range(n)
    ]
    return run_tables(texts=text_set(texts), explainers=())


def test_changed_answers_are_listed(home: Path, repository: Path) -> None:
    """Without a choice every text whose answer changed is in the list, the farthest apart first."""
    tables = _tables()
    write_run(home, tables=tables)
    app = app_on("answers", repository)
    assert not app.exception
    frame = tables.predictions.to_pandas()
    by_model = {model: part.set_index("id")["pred"] for model, part in frame.groupby("model")}
    changed = by_model["nli-reference"] != by_model["nli-student-3l"]
    listed = next(one.value for one in app.dataframe if "divergence" in one.value)
    assert len(listed) == changed.sum()
    assert listed["divergence"].is_monotonic_decreasing


def test_choosing_a_cell_lists_its_texts_alone(home: Path, repository: Path) -> None:
    """The list holds the texts that the reference answers with one class and the candidate with another."""
    write_run(home, tables=_tables())
    app = app_on("answers", repository)
    cells = next(one for one in app.selectbox if one.label == "Texts")
    cells.select_index(1).run()
    assert not app.exception
    listed = next(one.value for one in app.dataframe if "divergence" in one.value)
    assert set(listed["reference"]) == {"entailment"}
    assert set(listed["candidate"]) == {"neutral"}


def _parts(app: AppTest) -> pd.DataFrame:
    return next(one.value for one in reversed(app.dataframe) if "Part" in one.value)


def test_parts_by_length_hold_every_text(home: Path, repository: Path) -> None:
    """Slices by length add up to all texts, and each rate has its interval."""
    write_run(home, tables=_tables())
    app = app_on("answers", repository)
    app.selectbox(key="parts-by").select("length").run()
    assert not app.exception
    parts = _parts(app)
    assert parts["n"].astype(int).sum() == 200
    assert parts["Same answer"].str.contains(" to ").all()
    assert parts["p, corrected"].astype(float).between(0, 1).all()
    assert any("corrected by Holm for" in one.value for one in app.caption)


def test_a_column_may_be_called_like_one_of_ours(home: Path, repository: Path) -> None:
    """A column of the data that is called "reference" parts the texts as any other does."""
    tables = _tables()
    values = pa.array(["human", "machine"] * 100)
    write_run(home, tables=replace(tables, texts=tables.texts.append_column("reference", values)))
    app = app_on("answers", repository)
    app.selectbox(key="parts-by").select("column:reference").run()
    assert not app.exception
    assert _parts(app)["Part"].tolist() == ["reference: human", "reference: machine"]


def test_a_text_search_parts_the_texts(home: Path, repository: Path) -> None:
    """Words in the field make two parts: the texts that hold them, in any case, and the others."""
    tables = _tables()
    write_run(home, tables=tables)
    app = app_on("answers", repository)
    app.selectbox(key="parts-by").select("search").run()
    assert any("Write words" in one.value for one in app.caption)
    app.text_input(key="parts-search").input("NEVER").run()
    assert not app.exception
    parts = _parts(app)
    holding = tables.texts.to_pandas()["text_a"].str.contains("never").sum()
    assert parts["n"].astype(int).tolist() == [holding, 200 - holding]


def test_the_texts_of_a_part_can_be_looked_at(home: Path, repository: Path) -> None:
    """A part may be chosen for all pages: the page then speaks of its texts alone."""
    write_run(home, tables=_tables())
    app = app_on("answers", repository)
    app.selectbox(key="parts-by").select("label").run()
    assert "Label" in app.selectbox(key="parts-by").options
    next(one for one in app.selectbox if one.label == "Look at the texts of").select_index(0).run()
    next(one for one in app.button if str(one.key).startswith("open-")).click().run()
    assert not app.exception
    # All of them have one label now, so that it parts them no more.
    assert "Label" not in app.selectbox(key="parts-by").options


def test_what_the_run_found_stands_first(home: Path, repository: Path) -> None:
    """The worst part and the search of the run are told, and its own figures are shown where it has them."""
    tables = _tables()
    write_run(home, with_slices(sample_report(), tables), tables)
    app = app_on("answers", repository)
    assert not app.exception
    assert any("is the worst part" in one.value for one in app.markdown)
    assert any("were searched" in one.value for one in app.markdown)
    app.selectbox(key="parts-by").select("label").run()
    assert any("tested parts of the run" in one.value for one in app.caption)


def test_few_texts_are_shown_without_rates(home: Path, repository: Path) -> None:
    """With fewer than 20 texts the page stands, and says that parts are not measured."""
    write_run(home)
    app = app_on("answers", repository)
    assert not app.exception
    assert _parts(app)["Same answer"].str.startswith("not measured").all()


def test_run_without_texts_still_has_answers(home: Path, repository: Path) -> None:
    """Where texts were left out, answers are shown by id alone."""
    write_run(home, tables=run_tables(no_texts=True))
    app = app_on("answers", repository)
    assert not app.exception


def test_partial_run_shows_answers(home: Path, repository: Path) -> None:
    """Answers are complete as soon as all models have predicted."""
    write_run(home, partial=True)
    app = app_on("answers", repository)
    assert not app.exception
    assert app.dataframe


def test_hostile_classes_and_names_draw(home: Path, repository: Path) -> None:
    """Hostile class and model names break nothing."""
    write_hostile_run(home)
    app = app_on("answers", repository)
    assert not app.exception
