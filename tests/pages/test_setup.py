"""The page New comparison."""

from pathlib import Path

import pytest

from tests.support.ui_jobs import ended_job
from tests.support.ui_runs import app_on, said
from trust_core.domain.demo import demo_spec
from trust_core.domain.preflight import DataCheck, PreflightReport
from trust_core.pipeline.command import reproducing_command
from trust_core.settings import settings_from
from trust_core.wiring.web import Web, workplace

pytestmark = pytest.mark.slow


def _jobs(home: Path):
    return workplace(settings_from({"TRUST_HOME": str(home), "TRUST_START_WORKER": "0"})).queue.jobs()


def _command(app) -> str:
    return next(code.value for code in app.code if code.value.startswith("python -m trust_core"))


def test_page_begins_with_the_demo(home: Path, repository: Path) -> None:
    """The command line that is shown is that of the demo."""
    app = app_on("setup", repository, run="")
    assert not app.exception
    assert _command(app) == reproducing_command(demo_spec("nli"))


def test_one_click_asks_for_the_demo(home: Path, repository: Path) -> None:
    """Run puts the demo into the queue, once, however often it is clicked."""
    app = app_on("setup", repository, run="")
    app.button(key="setup-run").click().run()
    assert not app.exception
    (job,) = _jobs(home)
    assert job.state == "queued"
    again = app_on("setup", repository, run="")
    again.button(key="setup-run").click().run()
    assert len(_jobs(home)) == 1


def test_what_was_run_before_is_offered_with_its_date(home: Path, repository: Path) -> None:
    """Run says how old the report is that is there; it is opened, or run again beside it, as users like."""
    job = ended_job(home, "done", spec=demo_spec("nli"))
    job.folder.mkdir(parents=True)
    (job.folder / "report.json").write_text("{}")
    app = app_on("setup", repository, run="")
    assert "setup-again" not in {one.key for one in app.button}
    app.button(key="setup-run").click().run()
    assert not app.exception
    assert job.finished is not None
    assert f"its report is of {job.finished:%Y-%m-%d %H:%M} UTC" in said(app)
    assert _jobs(home) == [job]
    app.number_input(key="setup-seed").set_value(50).run()
    assert "setup-again" not in {one.key for one in app.button}
    app.number_input(key="setup-seed").set_value(0).run()
    app.button(key="setup-open").click().run()
    assert app.session_state["run"] == job.id
    app.switch_page("../../pages/setup.py").run()
    app.button(key="setup-run").click().run()
    app.button(key="setup-again").click().run()
    assert not app.exception
    assert [one.state for one in _jobs(home)] == ["queued", "done"]
    assert app.session_state["run"] == _jobs(home)[0].id


def test_a_file_that_has_changed_is_read_again(home: Path, repository: Path) -> None:
    """What the form says of a file on the server is what the file says now."""
    file = home / "data" / "mine.csv"
    file.parent.mkdir()
    file.write_text("text,label\nA dog runs.,yes\n", "utf-8")
    app = app_on("setup", repository, run="")
    app.segmented_control(key="setup-data-kind").set_value("File on the server").run()
    app.text_input(key="setup-server-file").set_value(str(file)).run()
    assert "1 texts can be read. Labels: yes: 1" in said(app)
    file.write_text("text,label\nA cat sits.,no\nA cat.,no\n", "utf-8")
    app.run()
    assert "2 texts can be read. Labels: no: 2" in said(app)


def test_candidate_made_from_the_reference_is_added(home: Path, repository: Path) -> None:
    """A recipe that is put together on the page becomes a candidate."""
    app = app_on("setup", repository, run="")
    app.selectbox(key="setup-method").select("low-rank").run()
    app.button(key="setup-add").click().run()
    assert not app.exception
    assert "ref:low-rank=0.5" in _command(app)


def test_wrong_column_is_mended_by_choosing_another(home: Path, repository: Path) -> None:
    """A file whose columns have unusual names is read as soon as they are named; it stays as it is."""
    folder = home / "data"
    folder.mkdir()
    (folder / "mine.csv").write_text("left,right,verdict\nA dog runs.,A dog moves.,entailment\n" * 1, "utf-8")
    app = app_on("setup", repository, run="")
    app.segmented_control(key="setup-data-kind").set_value("File on the server").run()
    source = str(folder / "mine.csv")
    app.text_input(key="setup-server-file").set_value(source).run()
    assert not app.exception
    assert not any(button.key == "setup-run" for button in app.button)
    for role, column in (("text_a", "left"), ("text_b", "right"), ("label", "verdict")):
        app.selectbox(key=f"setup-column-{role}-{source}").select(column).run()
    assert not app.exception
    assert any(button.key == "setup-run" for button in app.button)
    assert "--text-a left --text-b right --label verdict" in _command(app)


def test_broken_rows_are_listed(home: Path, repository: Path) -> None:
    """Rows that cannot be read are named with their column and the reason."""
    folder = home / "data"
    folder.mkdir()
    (folder / "mine.csv").write_text("text,label\nA dog runs.,yes\nA cat.,\n", "utf-8")
    app = app_on("setup", repository, run="")
    app.segmented_control(key="setup-data-kind").set_value("File on the server").run()
    app.text_input(key="setup-server-file").set_value(str(folder / "mine.csv")).run()
    problems = next(one.value for one in app.dataframe if "Problem" in one.value)
    assert problems["Row"].tolist() == [2]
    assert problems["Column"].tolist() == ["label"]


def test_file_outside_the_folders_is_refused(home: Path, repository: Path, tmp_path_factory) -> None:
    """A path outside the folders for data is refused on the server."""
    outside = tmp_path_factory.mktemp("outside") / "secret.csv"
    outside.write_text("text,label\nA dog runs.,yes\n", "utf-8")
    app = app_on("setup", repository, run="")
    app.segmented_control(key="setup-data-kind").set_value("File on the server").run()
    app.text_input(key="setup-server-file").set_value(str(outside)).run()
    assert not app.exception
    assert not any(button.key == "setup-run" for button in app.button)
    assert not any("A dog runs." in str(one.value) for one in app.dataframe)


def test_read_only_server_runs_nothing(home: Path, repository: Path, monkeypatch) -> None:
    """On a read-only server the form is there, and its button is not to be pressed."""
    monkeypatch.setenv("TRUST_READ_ONLY", "1")
    app = app_on("setup", repository, run="")
    assert not app.exception
    assert app.button(key="setup-run").disabled


def test_without_candidates_the_page_says_what_is_missing(home: Path, repository: Path) -> None:
    """Nothing can be run before there is a candidate; that is a step to take, and no error."""
    app = app_on("setup", repository, run="")
    app.multiselect(key="setup-candidates").set_value([]).run()
    assert not app.exception
    assert not any(button.key == "setup-run" for button in app.button)
    assert "Choose at least one candidate." in [one.value for one in app.info]
    assert not app.error


def test_saved_predictions_without_a_candidate_ask_for_one(home: Path, repository: Path) -> None:
    """With the reference's predictions alone the next step is said, and nothing is refused."""
    app = app_on("setup", repository, run="")
    app.segmented_control(key="setup-data-kind").set_value("Saved predictions").run()
    saved = b"id,label,p_no,p_yes\nt0,yes,0.4,0.6\n"
    app.file_uploader(key="setup-saved-reference").upload("saved.csv", saved).run()
    assert not app.exception
    assert "Choose the predictions of at least one candidate." in [one.value for one in app.info]
    assert not app.error
    assert not any(button.key == "setup-run" for button in app.button)
    assert str(home / "uploads") not in said(app)


def test_other_task_brings_its_own_texts(home: Path, repository: Path) -> None:
    """A paraphrase model begins with the paraphrase texts."""
    app = app_on("setup", repository, run="")
    app.selectbox(key="setup-reference").select("pi-reference").run()
    assert not app.exception
    assert "--data bundled:pi" in _command(app)


def test_hostile_file_and_columns_stay_text(home: Path, repository: Path) -> None:
    """Hostile column names and cells break nothing."""
    folder = home / "data"
    folder.mkdir()
    (folder / "h.csv").write_text(
        "<script>alert(1)</script>,![x](http://e.example)\n$x$,<img onerror=a>\n", "utf-8"
    )
    app = app_on("setup", repository, run="")
    app.segmented_control(key="setup-data-kind").set_value("File on the server").run()
    app.text_input(key="setup-server-file").set_value(str(folder / "h.csv")).run()
    assert not app.exception
    assert not any("<script>" in one.value for one in (*app.markdown, *app.caption))


def test_the_twin_is_chosen_or_left_out(home: Path, repository: Path) -> None:
    """A bundled reference begins with its own twin; another one, or none, stands in the command."""
    app = app_on("setup", repository, run="")
    assert app.selectbox(key="setup-twin-nli-twin").value == "nli-twin"
    app.selectbox(key="setup-twin-nli-twin").select("none").run()
    assert "--twin none" in _command(app)
    app.selectbox(key="setup-twin-nli-twin").select("nli-tiny").run()
    assert "--twin nli-tiny" in _command(app)


def test_margins_may_come_from_the_twin(home: Path, repository: Path) -> None:
    """The switch is there where there is a twin, and not for a reference that has none."""
    app = app_on("setup", repository, run="")
    app.toggle(key="setup-from-twin").set_value(True).run()
    assert "--margins from-twin" in _command(app)
    app.selectbox(key="setup-reference").select("pi-reference").run()
    assert not app.exception
    assert not any(toggle.key == "setup-from-twin" for toggle in app.toggle)
    assert "from-twin" not in _command(app)


def test_the_plan_follows_its_assumption(home: Path, repository: Path, monkeypatch) -> None:
    """After a check the page says what the texts settle; more disagreement takes more texts."""
    data = DataCheck(
        source="bundled:nli",
        n=306,
        predicted=306,
        explained=24,
        labelled=True,
        labels=("no", "yes"),
        class_counts={"no": 153, "yes": 153},
        notes=(),
    )
    monkeypatch.setattr(Web, "check", lambda *_, **__: PreflightReport(problems=(), data=data))
    app = app_on("setup", repository, run="")
    app.button(key="setup-check").click().run()
    assert not app.exception

    def needed() -> list[str]:
        (plan,) = [one.value for one in app.dataframe if "That needs" in one.value]
        return plan[plan["Figure"] == "Accuracy"]["That needs"].tolist()

    assert needed() == ["910"]
    app.number_input(key="setup-discordance").set_value(20.0).run()
    assert needed() == ["2,500"]
    assert any("20" in one.value and "right for one model" in one.value for one in app.caption)


def test_parts_of_the_texts_are_chosen(home: Path, repository: Path) -> None:
    """Known cuts, the data's further columns and lines of searches become the slices of the command."""
    app = app_on("setup", repository, run="")
    field = app.multiselect(key="setup-slices-bundled:nli")
    assert field.value == ["auto"]
    assert field.help
    assert "column:phenomenon" in field.options
    field.set_value(["label", "column:phenomenon"]).run()
    app.text_area(key="setup-searches").set_value("not  only\n\nevery one").run()
    assert not app.exception
    assert "--slices 'label,column:phenomenon,text:not only,text:every one'" in _command(app)
    app.multiselect(key="setup-slices-bundled:nli").set_value([]).run()
    app.text_area(key="setup-searches").set_value("").run()
    assert "--slices none" in _command(app)


def test_a_cut_that_does_not_exist_is_refused_as_on_the_command_line(home: Path, repository: Path) -> None:
    """A name that was typed and means nothing stops the form, with the nearest one that exists."""
    app = app_on("setup", repository, run="")
    for typed, problem, nearest in (
        ("lenght", "there is no 'lenght'", "length"),
        ("column:topics", "no column 'topics'", "topic"),
    ):
        app.multiselect(key="setup-slices-bundled:nli").set_value([typed]).run()
        assert not app.exception
        assert not any(button.key == "setup-run" for button in app.button)
        said = " ".join(one.value for one in (*app.text, *app.error, *app.warning))
        assert problem in said
        assert nearest in said.replace(typed, "")


def test_further_columns_of_a_file_can_be_cut_by(home: Path, repository: Path) -> None:
    """Columns that are neither text, label nor id are offered; hostile names stay text."""
    folder = home / "data"
    folder.mkdir()
    (folder / "m.csv").write_text("text,label,genre,<b>x</b>\nA dog runs.,yes,news,1\n", "utf-8")
    app = app_on("setup", repository, run="")
    app.segmented_control(key="setup-data-kind").set_value("File on the server").run()
    source = str(folder / "m.csv")
    app.text_input(key="setup-server-file").set_value(source).run()
    field = app.multiselect(key=f"setup-slices-{source}")
    assert [one for one in field.options if one.startswith("column:")] == ["column:genre", "column:<b>x</b>"]
    field.set_value(["auto", "column:<b>x</b>"]).run()
    assert not app.exception
    assert "--slices 'auto,column:<b>x</b>'" in _command(app)
