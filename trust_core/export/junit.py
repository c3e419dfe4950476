"""junit.xml: every test of a report as CI systems read it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from trust_core.domain.report import CandidateReport, Report, TestRow
from trust_core.report.choice import chosen_dimensions
from trust_core.report.controls import CONTROLS, control_sentence, failed
from trust_core.report.criteria import label
from trust_core.report.verdict import WORDS, held_back

NAME: Final = "TrustEq gate"

_LONGEST: Final = 4000


def junit_xml(report: Report) -> bytes:
    """One suite for the controls and one a candidate; one case a test, and one for the verdict.

    Whatever is not settled fails, as it does in the exit code: a gate lets through what is shown to be
    equivalent. What has no vote is skipped. The last case of a candidate is its verdict, so that the file has
    a failure exactly where the gate does not pass.
    """
    root = Element("testsuites", name=NAME)
    _controls(root, report)
    for candidate in report.candidates:
        _candidate(root, candidate, chosen_dimensions(report))
    seconds = report.timing.get("total_s")
    if isinstance(seconds, int | float):
        root.set("time", f"{seconds:.3f}")
    return _written(root)


def junit_of_error(message: str) -> bytes:
    """The file of a gate that could not be run: one case with the error."""
    root = Element("testsuites", name=NAME)
    suite = SubElement(root, "testsuite", name="gate")
    case = SubElement(suite, "testcase", classname="gate", name="The evaluation runs")
    _outcome(case, "error", "could not be run", message)
    return _written(root)


def _controls(root: Element, report: Report) -> None:
    suite = SubElement(root, "testsuite", name="controls")
    wrong = failed(report.controls)
    for name, control in report.controls.items():
        case = SubElement(
            suite, "testcase", classname="controls", name=_clean(f"{name}: {CONTROLS.get(name, name)}")
        )
        if name in wrong:
            _outcome(case, "failure", "came out wrong", control.why)
        elif control.held is not True:
            # A near-lossless variant that is called different is a warning: it decides nothing.
            _outcome(case, "skipped", control_sentence(control))


def _candidate(root: Element, candidate: CandidateReport, chosen: Collection[str]) -> None:
    suite = SubElement(root, "testsuite", name=_clean(candidate.name))
    verdict = candidate.verdict
    for dimension, part in verdict.dimensions.items():
        classname = _clean(f"{candidate.name}.{WORDS[dimension]}")
        for test in part.tests:
            case = SubElement(suite, "testcase", classname=classname, name=_clean(label(test)))
            if dimension not in chosen:
                _outcome(case, "skipped", "no vote")
            elif test.status != "equivalent":
                _outcome(case, "failure", _said(test), test.why)
    case = SubElement(suite, "testcase", classname=_clean(candidate.name), name="verdict")
    if verdict.overall != "equivalent":
        _outcome(case, "failure", verdict.overall, verdict.why)


def _said(test: TestRow) -> str:
    """The outcome of a test; one that the correction for all tests holds back is not called different."""
    return "inconclusive" if held_back(test) else test.status.replace("_", " ")


def _outcome(case: Element, kind: str, message: str, text: str | None = None) -> None:
    """A child of a test case: failure, error or skipped."""
    child = SubElement(case, kind, message=_clean(message))
    if kind != "skipped":
        child.set("type", _clean(message))
    if text is not None:
        child.text = _clean(text)


def _written(root: Element) -> bytes:
    """The file, with each suite's counts and the sums over all of them."""
    kinds = {"tests": "testcase", "failures": "failure", "errors": "error", "skipped": "skipped"}
    for suite in root:
        for name, kind in kinds.items():
            suite.set(name, str(sum(1 for _ in suite.iter(kind))))
    for name, kind in kinds.items():
        if name != "skipped":
            root.set(name, str(sum(1 for _ in root.iter(kind))))
    indent(root)
    content: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def _clean(text: str) -> str:
    """Text without what XML 1.0 does not know at all, and cut to a length; the rest is escaped."""
    known = "".join(
        character
        if character in "\t\n"
        or " " <= character < "\ud800"
        or "\ue000" <= character < "\ufffe"
        or character > "\uffff"
        else "\ufffd"
        for character in text[: _LONGEST + 1]
    )
    return known if len(text) <= _LONGEST else known[:_LONGEST] + "…"
