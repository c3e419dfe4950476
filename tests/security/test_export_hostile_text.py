"""Hostile names, labels, words and notes: every export shows them as they are and runs none of them."""

import csv
import io
import json
import re
from html.parser import HTMLParser

import pytest

from tests.support.export_tables import run_tables, text_set
from tests.support.report_samples import HOSTILE, hostile_report
from trust_core.export.frames import csv_text
from trust_core.export.html import report_html
from trust_core.export.report_json import report_json
from trust_core.export.tables import latex_table, markdown_table
from trust_core.export.terminal import verdict_lines

REPORT = hostile_report()


def hostile_tables():
    """Tables of a run whose texts, classes, ids and models are hostile."""
    pairs = zip(HOSTILE, HOSTILE[::-1], strict=True)
    texts = text_set(
        [(one, other, at % 3) for at, (one, other) in enumerate(pairs)],
        classes=HOSTILE[5:8],
        ids=[f"{at}{text}" for at, text in enumerate(HOSTILE)],
    )
    return run_tables(HOSTILE[4], HOSTILE[:4], texts=texts)


class _Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.scripts = [], [], []
        self._inside = None

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if tag == "script":
            self._inside = dict(attrs)
            self.scripts.append([self._inside.get("type"), ""])

    def handle_data(self, data):
        if self._inside is not None:
            self.scripts[-1][1] += data

    def handle_endtag(self, tag):
        if tag == "script":
            self._inside = None


@pytest.fixture(scope="module")
def elements():
    """The elements of the hostile page."""
    parser = _Elements()
    parser.feed(report_html(REPORT, hostile_tables()))
    return parser


def test_the_page_has_no_element_or_handler_of_theirs(elements):
    """No hostile string became an element or an attribute that runs anything."""
    assert "img" not in elements.tags
    assert {tag for tag in elements.tags if tag in ("iframe", "object", "embed", "form", "base")} == set()
    assert [name for _, name, _ in elements.attributes if name.startswith("on")] == []
    links = {value for tag, name, value in elements.attributes if tag == "a" and name == "href"}
    assert links
    assert all(link.startswith("#") for link in links)


def test_the_page_runs_its_own_two_scripts_alone(elements):
    """Two scripts run: plotly and ours. All others are data, and are valid JSON."""
    run = [content for kind, content in elements.scripts if kind is None]
    assert len(run) == 2
    assert all("alert(1)" not in content for content in run)
    data = [content for kind, content in elements.scripts if kind == "application/json"]
    assert len(data) == 2 * (1 + 5 * len(REPORT.candidates))
    for content in data:
        assert json.loads(content)["data"]


def test_the_page_shows_hostile_words_as_text():
    """The strings are there, escaped, with control characters made visible; templates are not run."""
    page = report_html(REPORT, hostile_tables())
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "{{ 7 * 7 }} {% raw %}" in page
    assert "\u202e" not in page
    assert "\x1b" not in page
    assert "<script>alert(1)" not in page


def test_charts_hold_no_markup_of_theirs(elements):
    """Labels inside chart data hold no tag but plotly's line breaks and our small type."""
    for kind, content in elements.scripts:
        if kind != "application/json":
            continue
        tags = set(re.findall(r"<[^>]*>", json.dumps(json.loads(content), ensure_ascii=False)))
        assert tags <= {
            "<br>",
            "<extra></extra>",
            "<extra>",
            "</extra>",
            "<span style='font-size:11px'>",
            "</span>",
        }


def test_markdown_has_no_link_image_html_or_extra_cell():
    """In the Markdown table hostile names are text in their cell."""
    table = markdown_table(REPORT)
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert len({len(re.findall(r"(?<!\\)\|", row)) for row in rows}) == 1
    assert len(rows) == 2 + len(REPORT.resolved.models)
    assert "<" not in table
    assert "](" not in table.replace("\\](", "")
    assert "https://" not in table


def test_latex_has_no_command_of_theirs():
    """In the LaTeX table hostile names are text: no command, comment, formula or extra cell."""
    table = latex_table(REPORT)
    body = table.split(r"\midrule")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert len(body) == len(REPORT.resolved.models)
    assert len({len(re.findall(r"(?<!\\)&", row)) for row in body}) == 1
    assert r"\input" not in table
    assert not re.search(r"(?<!\\)%(?! needs)", table)
    commands = set(re.findall(r"\\([a-zA-Z]+)", "\n".join(body)))
    assert commands <= {
        "textbackslash",
        "textasciicircum",
        "textasciitilde",
        "textless",
        "textgreater",
        "textbar",
        "textquotedbl",
        # Ours: the best candidate of a column.
        "textbf",
    }


def test_csv_starts_no_formula():
    """No text cell of any table begins a formula, and every text is still whole behind its apostrophe."""
    tables = hostile_tables()
    for table in (tables.texts, tables.predictions, tables.pairs, tables.attributions):
        numbers = {field.name for field in table.schema if not str(field.type).startswith(("string", "dict"))}
        rows = list(csv.reader(io.StringIO(csv_text(table), newline="")))
        assert all(cell.lstrip()[:1] not in tuple("=+-@") for cell in rows[0])
        for row in rows[1:]:
            for name, cell in zip(table.column_names, row, strict=True):
                assert name in numbers or not cell or cell.lstrip()[0] not in "=+-@"
    texts = list(csv.reader(io.StringIO(csv_text(tables.texts), newline="")))[1:]
    assert [row[1].removeprefix("'") for row in texts] == list(HOSTILE)


def test_the_terminal_gets_no_control_sequence():
    """Lines for the terminal are printable, on one line each."""
    for line in verdict_lines(REPORT):
        assert "\x1b" not in line
        assert "\u202e" not in line
        assert line == "" or all(c.isprintable() or c == "\ufffd" for c in line)


def test_report_json_keeps_them_as_data():
    """report.json holds the strings unchanged, as JSON strings."""
    read = json.loads(report_json(REPORT))
    assert read["notes"][1:] == list(HOSTILE)
