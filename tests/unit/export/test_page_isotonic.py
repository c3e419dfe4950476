"""The CORP diagram on the report's page."""

import re

import numpy as np
import pyarrow as pa
import pytest

from tests.support.export_tables import run_tables
from tests.support.report_samples import sample_report
from tests.support.ui_many_texts import many_tables
from trust_core.export.html import report_html
from trust_core.export.isotonic import CAPTION
from trust_core.export.page import lay_out
from trust_core.export.page_isotonic import isotonic_charts
from trust_core.export.worked_texts import RunTables

REPORT = sample_report()
LARGEST = 150_000
"""Characters of a diagram in both themes: a report has one for each candidate."""


@pytest.fixture(scope="module")
def tables() -> RunTables:
    """The tables of a run on sixty texts."""
    return many_tables(REPORT)


def test_every_candidate_has_its_diagram(tables: RunTables) -> None:
    """With enough labelled texts the diagram of both models stands in the report, with how to read it."""
    page = lay_out(REPORT, tables)
    for candidate in page.candidates:
        reliability = next(one for one in candidate.dimensions if one.id.endswith("reliability"))
        (found,) = [one for one in reliability.charts if one.id.endswith("isotonic")]
        assert found.caption == CAPTION
        assert found.alt.startswith("Reliability diagram by isotonic regression (CORP): nli-reference has")
        assert len(found.light) + len(found.dark) < LARGEST
    text = re.sub(r"<script>/\*.*?</script>", "", report_html(REPORT, tables), flags=re.DOTALL)
    assert text.count("Reliability, isotonic (CORP)") == len(REPORT.candidates)


def test_the_blocks_hold_every_text(tables: RunTables) -> None:
    """The blocks of each model hold all texts, and what came rises from block to block."""
    (found,) = isotonic_charts(REPORT, "ref:int8", tables, key="k")
    for model in ("nli-reference", "ref:int8"):
        rows = [row for row in found.table.rows if row[0] == model]
        assert sum(int(row[2]) for row in rows) == 60
        rates = [float(row[4]) for row in rows]
        assert rates == sorted(rates)


def test_the_order_of_the_texts_changes_nothing(tables: RunTables) -> None:
    """Texts are known by their ids: another order of a model's rows gives the same blocks."""
    mixed = tables.predictions.take(pa.array(np.random.default_rng(1).permutation(len(tables.predictions))))
    other = RunTables(tables.texts, mixed, tables.pairs, tables.attributions)
    first, second = (isotonic_charts(REPORT, "ref:int8", one, key="k")[0] for one in (tables, other))
    blocks = [[row[:5] for row in one.table.rows] for one in (first, second)]
    assert blocks[0] == blocks[1]


def test_where_it_cannot_be_drawn_there_is_none(tables: RunTables) -> None:
    """Without the run's tables, without labels and with a handful of texts there is no diagram."""
    assert isotonic_charts(REPORT, "ref:int8", None, key="k") == ()
    assert isotonic_charts(REPORT, "ref:int8", run_tables(), key="k") == ()
    data = REPORT.resolved.data.model_copy(update={"labelled": False})
    bare = REPORT.model_copy(update={"resolved": REPORT.resolved.model_copy(update={"data": data})})
    assert isotonic_charts(bare, "ref:int8", tables, key="k") == ()
