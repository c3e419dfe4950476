"""Runs for the tests of pages: a folder with report and tables, entered in the registry of a home."""

from __future__ import annotations

from pathlib import Path

from streamlit.testing.v1 import AppTest

from tests.support.export_tables import run_tables, text_set
from tests.support.report_samples import hostile_report, sample_report
from trust_core.domain.report import Report
from trust_core.export.frames import parquet_bytes
from trust_core.export.report_json import report_json
from trust_core.export.worked_texts import RunTables
from trust_core.store.folder import open_run
from trust_core.store.registry import Registry

FINGERPRINT = "c0ffee" + "0" * 58

RUN = FINGERPRINT[:12]
"""The id of the run in the address."""


def write_run(
    home: Path, report: Report | None = None, tables: RunTables | None = None, *, partial: bool = False
) -> Path:
    """A run of the sample report on a few texts, finished or still on its way; returns its folder."""
    report = sample_report() if report is None else report
    models = report.resolved.models
    if tables is None:
        tables = run_tables(
            models[0].name,
            tuple(model.name for model in models[1:]),
            texts=text_set(classes=report.resolved.data.classes),
        )
    run = open_run(home / "runs" / "sample", fingerprint=FINGERPRINT, spec=report.spec, name="sample")
    files = {
        "report.json": report_json(report),
        "texts.parquet": parquet_bytes(tables.texts),
        "predictions.parquet": parquet_bytes(tables.predictions),
        "pairs.parquet": parquet_bytes(tables.pairs),
        "attributions.parquet": parquet_bytes(tables.attributions),
    }
    if partial:
        with run.claimed():
            run.write_partial(files)
    else:
        for name, content in files.items():
            run.write(name, content)
    state = "running" if partial else "done"
    Registry(home).record(run.path, fingerprint=FINGERPRINT, name="sample", state=state)
    return run.path


def write_hostile_run(home: Path) -> Path:
    """The same with hostile names, labels, texts and notes."""
    return write_run(home, hostile_report())


def said(app: AppTest) -> str:
    """Every word on the page as a reader sees it: no backslashes of Markdown, no joiners."""
    parts = (
        app.title,
        app.header,
        app.markdown,
        app.caption,
        app.text,
        app.error,
        app.warning,
        app.info,
        app.code,
    )
    words = " ".join(str(element.value) for kind in parts for element in kind)
    return words.replace("\\", "").replace("\u2060", "")


def app_on(page: str, repository: Path, *, run: str = RUN, candidate: str = "", **address: str) -> AppTest:
    """The app on a page of a run; the environment says where the home is.

    `address` is what else the address carries, such as the bin.
    """
    # Beside app.py lies pages/, so that a test of app.py would run the page alone, without the frame, from
    # its second run on: every run of a test is as cold as a server's first.
    app = AppTest.from_file(str(repository / "trust_core" / "ui" / "entry.py"), default_timeout=60)
    app.query_params["run"] = run
    if candidate:
        app.query_params["candidate"] = candidate
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page(f"../../pages/{page}.py").run()
