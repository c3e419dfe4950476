import re

from tests.support.report_samples import sample_report
from trust_core.domain.report import ControlReport
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


def test_the_caption_says_what_is_exact_and_on_how_many_calls_latencies_rest():
    """Costs have no interval of texts: what is exact is said, and of latencies the number of calls."""
    report = sample_report()
    own = {"p50_ms_batch_1": 3.25, "p50_ms_batch_1_low": 3.0, "p50_ms_batch_1_high": 3.6}

    def caption(*calls):
        names = [model.name for model in report.resolved.models]
        latency = {name: own | {"p50_ms_batch_1_n": n} for name, n in zip(names, calls, strict=False)}
        return model_table(report.model_copy(update={"timing": {"latency": latency}})).caption

    assert "Parameters and sizes are exact; latency is the median of one text at a time." in caption()
    assert "one text at a time (n = 80 timed calls)." in caption(80, 80)
    assert "one text at a time (n = 40 to 80 timed calls)." in caption(80, 40)


def test_a_figure_that_was_not_measured_has_its_reason():
    """A dash where a figure should be is explained below the table, each reason once."""
    table = model_table(sample_report())
    assert "Not measured: SHAP S of nli-student-3l" in table.caption
    reasons = {
        row.not_measured.rstrip(".")
        for row in sample_report().candidates[0].measures
        if row.key == "alignment" and row.not_measured
    }
    assert len(reasons) == 1
    assert table.caption.count(reasons.pop()) == 1


def with_twin(report, name="nli-twin"):
    """The report with a twin that shows what the second candidate does, on 30 explained texts."""
    rows = tuple(
        row if row.n is None or row.key != "alignment" else row.model_copy(update={"n": 30})
        for row in report.candidates[1].measures
    )
    twin = ControlReport(status="information", why="", other=name, measures=rows)
    return report.model_copy(update={"controls": {**report.controls, "C3": twin}})


def test_the_twin_is_the_last_row_and_marked_as_a_control():
    """The twin has a candidate's figures on its own texts, no costs, no verdict, and is never the best."""
    table = model_table(with_twin(sample_report()))
    assert table.controls == 1
    last = dict(zip(table.columns, table.rows[-1], strict=True))
    other = dict(zip(table.columns, table.rows[-2], strict=True))
    assert last["Model"] == "nli-twin (control C3)"
    assert last["Accuracy (%)"] == other["Accuracy (%)"]
    assert last["LIME S"].endswith("; n = 30)")
    assert last["Size (MB)"] == last["Latency (ms)"] == "–"
    assert last["Verdict"] == "control"
    assert not any(row == len(table.rows) - 1 for row, _ in table.best)
    assert "nli-twin is control C3" in table.caption


def test_a_line_sets_the_twin_off_in_latex():
    """In the LaTeX table a rule stands between candidates and control; without a twin there is only one."""
    lines = latex_table(with_twin(sample_report())).splitlines()
    rules = [at for at, line in enumerate(lines) if line == r"\midrule"]
    assert len(rules) == 2
    assert lines[rules[1] + 1].startswith("nli-twin (control C3) &")
    assert lines[rules[1] + 2] == r"\bottomrule"
    assert latex_table(sample_report()).count(r"\midrule") == 1
    assert "nli-twin (control C3)" in markdown_table(with_twin(sample_report()))


def test_a_twin_that_is_a_candidate_has_one_row():
    """A twin among the candidates stands in its own row, and the caption says what it is."""
    table = model_table(with_twin(sample_report(), name="ref:int8"))
    assert table.controls == 0
    assert [row[0] for row in table.rows].count("ref:int8") == 1
    assert "ref:int8 is control C3" in table.caption
    assert "C3" not in model_table(sample_report()).caption


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
