"""report.html: the whole report as one file that needs no network and runs no script but its own."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from typing import Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from trust_core.charts.forest_plot import CAPTION as FOREST_CAPTION
from trust_core.charts.offline import plotly_script
from trust_core.domain.report import Report
from trust_core.export.choice_text import CORRECTION
from trust_core.export.figure_text import MINUS, NO_FIGURE
from trust_core.export.foreign_text import visible
from trust_core.export.page import TWO_LEVELS, lay_out
from trust_core.export.page_slices import CAPTION as SLICE_CAPTION
from trust_core.export.planning_text import MISSING_CAPTION, MISSING_COLUMNS
from trust_core.export.worked_texts import RunTables
from trust_core.report.criteria import explainer_title

OUTCOMES: Final = {
    "equivalent": "equivalent",
    "different": "different",
    "inconclusive": "not settled",
    "not_measured": "not measured",
    "information": "no vote",
}

_STYLES: Final = "style-src 'unsafe-inline'"
"""Charts set styles on their elements. Without any address to load from, a style can do no harm."""


def report_html(report: Report, tables: RunTables | None = None) -> str:
    """The page of a report.

    Everything that came from outside is escaped; the policy in its head lets only the page's two scripts run,
    by their hashes, and lets nothing be loaded from anywhere.

    Args:
        report: the report.
        tables: the run's tables, for explained texts; without them (or with `no_texts`) these are left out.
    """
    templates = files("trust_core.export") / "templates"
    page_script = (templates / "report.js").read_text("utf-8")
    style = (templates / "report.css").read_text("utf-8")
    environment = Environment(
        loader=PackageLoader("trust_core.export"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )
    environment.filters["weight"] = _weight
    environment.filters["explainer"] = explainer_title
    environment.filters["unbroken"] = _unbroken
    template = environment.get_template("report.html.j2")
    scripts = (plotly_script(), page_script)
    return template.render(
        page=lay_out(report, tables),
        policy=content_policy(scripts),
        # Both are ours, not the user's: they may stand as they are.
        plotly_script=Markup(scripts[0]),  # noqa: S704
        page_script=Markup(scripts[1]),  # noqa: S704
        style=Markup(style),  # noqa: S704
        outcomes=OUTCOMES,
        dash=NO_FIGURE,
        forest_caption=FOREST_CAPTION,
        two_levels=TWO_LEVELS,
        slice_caption=SLICE_CAPTION,
        correction=CORRECTION,
        missing_columns=MISSING_COLUMNS,
        missing_caption=MISSING_CAPTION,
    )


def content_policy(scripts: tuple[str, ...]) -> str:
    """The content policy of the page: nothing from outside, no script but these."""
    hashes = " ".join(
        "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"
        for script in scripts
    )
    return (
        f"default-src 'none'; script-src {hashes}; {_STYLES}; img-src data:; base-uri 'none'; "
        "form-action 'none'"
    )


def _shown(value: object) -> object:
    """What an expression of the template shows: foreign text without control characters."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return visible(value)


def _unbroken(sentence: str) -> str:
    """A sentence in which no line ends between a number and its percent sign."""
    return sentence.replace(" %", "\u00a0%").replace("n = ", "n\u00a0=\u00a0")


def _weight(value: float) -> str:
    return f"{MINUS if value < 0 else '+'}{abs(value):.3f}"
