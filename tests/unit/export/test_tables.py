import re

from tests.support.report_samples import sample_report
from trust_core.export.tables import latex_table, markdown_table, model_table


def test_one_row_a_model_with_the_reference_first():
    """Every model has a row with its own figures; pair figures belong to candidates."""
    table = model_table(sample_report())
    rows = {row[0]: dict(zip(table.columns, row, strict=True)) for row in table.rows}
    assert list(rows) == ["nli-reference", "nli-student-3l", "ref:int8"]
    assert rows["nli-reference"]["Accuracy (%)"] == "86.00 (84.00 to 88.00)"
    assert rows["nli-student-3l"]["Accuracy (%)"].startswith("85.20")
    assert rows["nli-reference"]["LIME S"] == "–"
    assert rows["nli-student-3l"]["LIME S"].startswith("0.570")
    assert rows["nli-student-3l"]["SHAP S"] == "–"
    assert [row["Verdict"] for row in rows.values()] == ["reference", "different", "equivalent"]
    assert rows["ref:int8"]["Latency (ms)"] == "–"


def test_latency_comes_from_timing():
    """Latency is read from where runs may differ."""
    report = sample_report()
    timed = report.model_copy(update={"timing": {"latency": {"ref:int8": {"p50_ms_batch_1": 3.25}}}})
    table = model_table(timed)
    assert table.rows[2][table.columns.index("Latency (ms)")] == "3.2"


def test_latency_has_its_interval():
    """The interval of the median stands beside it; limits that make no sense are left out."""
    report = sample_report()

    def cell(low):
        own = {"p50_ms_batch_1": 3.25, "p50_ms_batch_1_low": low, "p50_ms_batch_1_high": 3.6}
        timing = {"latency": {"ref:int8": own | {"p50_ms_batch_1_n": 80}}}
        table = model_table(report.model_copy(update={"timing": timing}))
        return table.rows[2][table.columns.index("Latency (ms)")]

    assert cell(3.0) == "3.2 (3.0 to 3.6)"
    assert cell(4.0) == cell("x") == "3.2"


def test_markdown_has_equal_cells_in_every_row():
    """The Markdown table has one cell a column in each row."""
    lines = [line for line in markdown_table(sample_report()).splitlines() if line.startswith("|")]
    assert len(lines) == 5
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1


def test_latex_has_equal_cells_in_every_row():
    """The LaTeX table has one cell a column in each row."""
    body = [line for line in latex_table(sample_report()).splitlines() if line.endswith(r"\\")]
    assert len(body) == 4
    assert len({len(re.findall(r"(?<!\\)&", line)) for line in body}) == 1
