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


def test_the_best_candidate_of_each_column_is_bold():
    """Among candidates the best figure stands out, the lowest where low is good; the reference never."""
    table = model_table(sample_report())
    rows = {row[0]: at for at, row in enumerate(table.rows)}
    columns = {name: at for at, name in enumerate(table.columns)}
    assert (rows["ref:int8"], columns["Accuracy (%)"]) in table.best
    assert (rows["ref:int8"], columns["Negative flips (%)"]) in table.best
    assert (rows["ref:int8"], columns["Size (MB)"]) in table.best
    assert not any(row == rows["nli-reference"] for row, _ in table.best)
    bold = len(table.best)
    assert markdown_table(sample_report()).count("**") == 2 * bold
    assert latex_table(sample_report()).count(r"\textbf{") == bold


def test_a_single_candidate_is_not_compared_with_itself():
    """With one candidate nothing is bold, and the caption says nothing of it."""
    report = sample_report()
    models = tuple(model for model in report.resolved.models if model.name != "ref:int8")
    resolved = report.resolved.model_copy(update={"models": models})
    alone = report.model_copy(update={"candidates": report.candidates[:1], "resolved": resolved})
    assert model_table(alone).best == frozenset()
    assert "Bold" not in model_table(alone).caption


def test_the_caption_has_n_and_margins_as_a_paper_would():
    """Numbers of texts, level of the intervals and every margin of the verdict stand in the caption."""
    caption = model_table(sample_report()).caption
    assert "500 texts predicted" in caption
    assert "95 % intervals" in caption
    assert "accuracy margin ±1 point" in caption
    assert "alignment of reasons floor 0.75" in caption


def test_a_figure_of_fewer_texts_has_its_own_n():
    """The alignment rests on the explained texts, and says on how many."""
    table = model_table(sample_report())
    cell = table.rows[1][table.columns.index("LIME S")]
    assert cell.endswith("; n = 100)")
