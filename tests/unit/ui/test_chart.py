"""Charts on a page: themes, data, and what a click says."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def page() -> None:
    """A page with one chart whose points can be chosen, and one without."""
    import plotly.graph_objects as go
    import streamlit as st

    from trust_core.charts.table import Table
    from trust_core.charts.theme import Theme
    from trust_core.ui import chart

    def draw(theme: Theme) -> go.Figure:
        return go.Figure(go.Scatter(x=[1, 2], y=[3, 4], marker={"color": theme.ink}))

    def chosen(points: tuple[int, ...]) -> None:
        st.session_state["points"] = points

    table = Table(("bin", "texts"), (("=1+1", "3"), ("−0.5", "4")))
    chart.show(draw, alt="Two points.", table=table, key="still")
    chart.show(draw, alt="Two points.", table=table, key="lively", on_select=chosen, trace=0)
    # What the browser sends when a point is clicked; a test cannot click.
    event = {
        "selection": {
            "points": [{"point_index": 1, "curve_number": 0}, {"point_index": 0, "curve_number": 3}]
        }
    }
    st.session_state["read"] = chart._points(event, 0), chart._points(event, None), chart._points(None, 0)


def test_a_chart_has_its_sentence_and_its_data() -> None:
    """Who cannot see a chart finds what it shows, and its numbers as a table to take along."""
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    assert len(app.get("plotly_chart")) == 2
    assert all(element.proto.alt == "Two points." for element in app.get("plotly_chart"))
    assert app.dataframe[0].value.to_dict("list") == {"bin": ["=1+1", "−0.5"], "texts": ["3", "4"]}


def test_a_click_is_read_as_points_of_one_trace() -> None:
    """Indices count the points of the trace that matters; no choice is no point."""
    app = AppTest.from_function(page, default_timeout=60).run()
    assert app.session_state["read"] == ((1,), (1, 0), ())


def long_table() -> None:
    """A page with a chart of very many points."""
    import plotly.graph_objects as go

    from trust_core.charts.table import Table
    from trust_core.ui import chart

    rows = tuple((str(number),) for number in range(501))
    chart.show(lambda theme: go.Figure(), alt="Many.", table=Table(("x",), rows), key="many")


def test_a_long_table_waits_until_it_is_wanted() -> None:
    """The rows of a chart with very many points are sent when somebody opens them, not before."""
    app = AppTest.from_function(long_table, default_timeout=60).run()
    assert not app.exception
    assert len(app.dataframe) == 0
    app.session_state["many-open"] = True
    app.run()
    assert len(app.dataframe[0].value) == 501
