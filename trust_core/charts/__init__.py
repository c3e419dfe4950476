"""Charts: one builder a chart, record in, plotly figure out; each with a sentence and a table beside it.

Builders draw what they are given and compute nothing that is not about drawing. The same record gives the
same figure, so that a viewer's selection survives a redraw.
"""
