"""What a page needs to draw charts without a network: plotly's own script, and figures as JSON."""

from __future__ import annotations

from functools import cache

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs


@cache
def plotly_script() -> str:
    """The source of plotly.js, as its Python package brings it (about 4.8 MB)."""
    return str(get_plotlyjs())


def figure_json(figure: go.Figure) -> str:
    """Data and layout of a figure as JSON that may stand inside a <script> element."""
    text = str(figure.to_json())
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
