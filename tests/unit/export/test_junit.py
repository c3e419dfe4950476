"""What CI systems read of a report."""

import re
from xml.etree.ElementTree import Element, fromstring

import pytest

from tests.support.report_evidence import same_everywhere
from tests.support.report_samples import DIMENSIONS, HOSTILE, hostile_report, sample_report
from trust_core.cli.evaluate import exit_code
from trust_core.domain.measures import Findings, Vote
from trust_core.domain.report import CandidateReport, Report
from trust_core.domain.spec import Margins
from trust_core.export.gate_summary import error_summary, gate_summary
from trust_core.export.junit import junit_of_error, junit_xml
from trust_core.report.criteria import METHOD
from trust_core.report.verdict import verdict
from trust_core.stats.intervals import paired_difference_evidence

CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testcase", "properties", "system-out", "system-err"},
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
    "failure": set(),
    "error": set(),
    "skipped": set(),
}
"""What the common JUnit schema lets stand in each element."""

ATTRIBUTES = {
    "testsuites": ({"name"}, {"name", "time", "tests", "failures", "errors", "disabled"}),
    "testsuite": (
        {"name", "tests"},
        {"name", "tests", "failures", "errors", "skipped", "disabled", "time", "timestamp", "id", "package"},
    ),
    "testcase": ({"name", "classname"}, {"name", "classname", "time", "status", "assertions"}),
    "failure": (set(), {"type", "message"}),
    "error": (set(), {"type", "message"}),
    "skipped": (set(), {"type", "message"}),
}
"""Attributes that must and that may be there."""


def read(content: bytes) -> Element:
    """The file's root, held against the schema."""
    root = fromstring(content)
    assert root.tag == "testsuites"
    for element in root.iter():
        assert {child.tag for child in element} <= CHILDREN[element.tag]
        must, may = ATTRIBUTES[element.tag]
        assert must <= set(element.attrib) <= may
        if element.tag == "testsuite":
            for name, tag in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
                assert int(element.attrib[name]) == sum(1 for _ in element.iter(tag))
        if element.tag == "testcase":
            assert len([child for child in element if child.tag in ("failure", "error", "skipped")]) <= 1
    return root


def equivalent_report() -> Report:
    """The sample report with every candidate equivalent."""
    report = sample_report()
    good = verdict(same_everywhere(), Margins(), DIMENSIONS)
    return report.model_copy(
        update={
            "candidates": tuple(
                CandidateReport(name=one.name, verdict=good, measures=one.measures)
                for one in report.candidates
            )
        }
    )


def test_every_test_of_every_candidate_is_a_case() -> None:
    """A suite for the controls and one a candidate, with a case for each test and one for the verdict."""
    report = sample_report()
    suites = list(read(junit_xml(report)))
    assert [suite.get("name") for suite in suites] == ["controls", *(one.name for one in report.candidates)]
    for suite, candidate in zip(suites[1:], report.candidates, strict=True):
        tests = [test for part in candidate.verdict.dimensions.values() for test in part.tests]
        assert len(suite) == len(tests) + 1
        assert suite[-1].get("name") == "verdict"


@pytest.mark.parametrize("report", [sample_report(), equivalent_report()])
def test_a_failure_stands_exactly_where_the_gate_does_not_pass(report: Report) -> None:
    """The file has a failure if and only if the exit code is not 0."""
    root = read(junit_xml(report))
    assert (int(root.attrib["failures"]) > 0) == (exit_code(report) != 0)


def test_a_control_that_failed_is_a_failure() -> None:
    """A control that came out wrong fails its case, whatever the candidates say."""
    report = equivalent_report()
    controls = {
        name: control.model_copy(update={"held": name != "C0"}) for name, control in report.controls.items()
    }
    report = report.model_copy(update={"controls": controls})
    suite = read(junit_xml(report))[0]
    assert [case.get("name", "")[:2] for case in suite if case.find("failure") is not None] == ["C0"]
    assert exit_code(report) == 2


def test_what_has_no_vote_is_skipped() -> None:
    """Tests of a dimension that was not chosen neither pass nor fail."""
    report = equivalent_report()
    alone = verdict(same_everywhere(), Margins(), ("answers",))
    report = report.model_copy(
        update={
            "spec": {**report.spec, "dimensions": ["answers"]},
            "candidates": (report.candidates[0].model_copy(update={"verdict": alone}),),
        }
    )
    suite = read(junit_xml(report))[1]
    skipped = [case for case in suite if case.find("skipped") is not None]
    assert len(skipped) == 5
    assert not list(suite.iter("failure"))


def test_a_test_held_back_by_the_correction_is_not_called_different() -> None:
    """28 answers lost and 5 gained of 1,000 decide nothing, in the file and in the summary."""
    found = same_everywhere()
    lost = Vote("accuracy", paired_difference_evidence(28, 5, 1000))
    found["answers"] = Findings((), (lost, *found["answers"].votes[1:]))
    held = verdict(found, Margins(), ("answers", "reasons", "reliability"))
    report = sample_report()
    candidate = report.candidates[0].model_copy(update={"verdict": held})
    report = report.model_copy(update={"candidates": (candidate,)})
    assert exit_code(report) == 2
    failures = list(read(junit_xml(report)).iter("failure"))
    assert {failure.get("message") for failure in failures} == {"inconclusive"}
    assert "different alone, not after correction for 7 tests" in (failures[0].text or "")
    said = gate_summary(report, 2)
    assert "| ❔ different alone, not after correction for 7 tests |" in said
    assert "❌" not in said


def test_hostile_names_are_read_back_as_text() -> None:
    """Names with markup and control characters make no elements, and the file stays well-formed."""
    root = read(junit_xml(hostile_report()))
    said = " ".join(element.get("name", "") for element in root.iter())
    assert "<script>alert(1)</script>" in said
    assert "\x1b" not in said


def test_an_error_is_a_case_of_its_own() -> None:
    """Where the evaluation could not be run, the file has one error with its message."""
    root = read(junit_of_error("no model \x00 <here>\ud800"))
    (case,) = root.iter("testcase")
    error = case.find("error")
    assert error is not None
    assert error.text == "no model \ufffd <here>\ufffd"


def test_summary_says_the_answer_and_every_test() -> None:
    """The Markdown summary has a row for each test, with interval, n and margin."""
    report = sample_report()
    said = gate_summary(report, exit_code(report))
    assert said.startswith("## TrustEq gate: ❌ failed: a candidate is different")
    rows = [line for line in said.splitlines() if line.startswith("| ")]
    tests = [
        test for one in report.candidates for part in one.verdict.dimensions.values() for test in part.tests
    ]
    assert len(rows) == len(tests) + 2 * len(report.candidates)
    assert "is the smallest candidate inside all margins" in said
    assert "margin ±1 point" in said


def test_summary_lets_nothing_hostile_through() -> None:
    """Names from outside are neither HTML nor links nor table cells in the summary."""
    said = gate_summary(hostile_report(), 2)
    for line in said.splitlines():
        assert "<script" not in line
        assert "<img" not in line
        assert re.search(r"(?<!\\)\]\(", line) is None
        assert "://" not in line


def test_summary_says_what_holds_for_the_whole_run() -> None:
    """A note, such as one on margins that the twin widened, stands before the candidates."""
    said = gate_summary(sample_report().model_copy(update={"notes": (METHOD, "Wide | margins.")}), 0)
    assert "\n\nWide \\| margins.\n" in said.split("###")[0]
    assert METHOD not in said


def test_summary_of_an_error_keeps_its_lines_in_a_fence() -> None:
    """A message of several lines stays one block of code, which nothing in it can close."""
    message = "cannot be used:\n  - <b>a</b> | b\n```\n" + HOSTILE[0] + "\x1b\r````"
    _, empty, opened, *lines, closed, end = error_summary(message).split("\n")
    assert (empty, opened, closed, end) == ("", "`````text", "`````", "")
    assert "\n".join(lines) == message.replace("\x1b", "\ufffd").replace("\r", "\ufffd")


def test_a_control_that_only_warns_is_no_failure() -> None:
    """C2 that came out wrong is skipped with its words: exit code and file say the same."""
    report = sample_report()
    wrong = report.controls["C2"].model_copy(update={"held": False, "why": "Called different."})
    report = report.model_copy(update={"controls": {**report.controls, "C2": wrong}})
    suite = next(one for one in read(junit_xml(report)) if one.get("name") == "controls")
    (case,) = [one for one in suite if one.get("name", "").startswith("C2")]
    assert [child.tag for child in case] == ["skipped"]
    assert "Called different." in (case[0].get("message") or "")
