"""Names of uploads."""

from pathlib import Path

import pytest

from trust_core.datasets.limits import Limits
from trust_core.datasets.predictions_file import saved_predictions
from trust_core.datasets.sources import texts_from
from trust_core.domain.spec import DataSpec, Spec
from trust_core.domain.spec_reading import read_part
from trust_core.domain.uploads import all_called, called, distinct
from trust_core.errors import DataError, SpecError
from trust_core.pipeline.command import reproducing_command
from trust_core.pipeline.saved import plan_saved
from trust_core.store.uploads import Uploads

ANYTHING = Limits(10**7, 10**5)

SAVED = b"id,label,p_no,p_yes\n" + b"".join(
    b"t%d,yes,0.4,0.6\nu%d,no,0.7,0.3\n" % (at, at) for at in range(20)
)


@pytest.fixture
def uploads(tmp_path: Path) -> Uploads:
    """The uploads of an empty home."""
    return Uploads(tmp_path, max_bytes=10**6)


@pytest.mark.parametrize("owner", ["", "somebody@example.org"])
def test_an_upload_is_called_by_its_name(uploads: Uploads, owner: str) -> None:
    """Whoever brought it, the place on the server is no part of its name."""
    path = uploads.save(owner, "mine.csv", b"text,label\na,b\n")
    assert called(str(path)) == "mine.csv"


@pytest.mark.parametrize(
    "path", ["mine.csv", "/data/uploads/mine.csv", "uploads/everyone/mine.csv", "hub:a/b"]
)
def test_other_paths_stay(path: str) -> None:
    """A folder that only looks a little like it is shown as it was given."""
    assert called(path) == path


def test_texts_are_called_by_their_name(uploads: Uploads) -> None:
    """What a report says of the data is the name of the upload."""
    path = uploads.save("", "mine.csv", b"text,label\nA dog.,yes\nA cat.,no\n")
    assert texts_from(DataSpec(source=str(path)), ANYTHING).source == "mine.csv"


def test_a_lost_upload_is_called_by_its_name(uploads: Uploads) -> None:
    """The message names the file and what to do, not the folders of the server."""
    path = uploads.save("", "mine.csv", b"text,label\nA dog.,yes\n")
    uploads.delete("", path)
    with pytest.raises(DataError, match=r"There is no file mine\.csv") as refused:
        texts_from(DataSpec(source=str(path)), ANYTHING)
    assert refused.value.remedy == "Upload it again."
    assert str(uploads.folder("")) not in str(refused.value)


def test_an_upload_that_cannot_be_unpacked_is_called_by_its_name(uploads: Uploads) -> None:
    """What the system says of a broken file is shown without the place of the file."""
    path = uploads.save("", "mine.csv.gz", b"no gzip at all")
    with pytest.raises(DataError, match=r"mine\.csv\.gz cannot be unpacked") as refused:
        texts_from(DataSpec(source=str(path)), ANYTHING)
    assert str(uploads.folder("")) not in str(refused.value)


def test_an_upload_of_somebody_else_is_called_by_its_name(uploads: Uploads, tmp_path: Path) -> None:
    """A refused file is named, not where it lies."""
    path = uploads.save("somebody", "mine.csv", b"text,label\nA dog.,yes\n")
    with pytest.raises(DataError) as refused:
        texts_from(DataSpec(source=str(path)), Limits(10**7, 10**5, (tmp_path / "data",)))
    assert refused.value.problem == "mine.csv lies outside the folders that data may come from."


def test_one_upload_as_both_sides_is_refused_by_its_name(uploads: Uploads) -> None:
    """What cannot be compared is named as its owner knows it, also where a spec is put together."""
    path = str(uploads.save("", "saved.csv", SAVED))
    content = {
        "reference_predictions": path,
        "candidate_predictions": [path, path],
        "twin_predictions": path,
    }
    with pytest.raises(SpecError) as refused:
        read_part(Spec, content, source="This comparison")
    assert "candidate saved.csv is the reference itself" in str(refused.value)
    assert "names something twice: saved.csv, saved.csv" in str(refused.value)
    assert "twin saved.csv is the reference itself" in str(refused.value)
    assert str(uploads.folder("")) not in str(refused.value)


def test_what_a_report_keeps_of_a_spec_names_no_place(uploads: Uploads) -> None:
    """Every upload of a spec is called by its name, at any depth; all else stays."""
    path = str(uploads.save("", "saved.csv", SAVED))
    mine = path.replace("saved", "mine")
    spec = Spec(
        reference_predictions=path,
        candidate_predictions=(mine, "other.csv"),
        data=DataSpec(source=path.replace("saved", "texts")),
    ).model_dump(mode="json", by_alias=True)
    found = all_called(spec)
    assert found["reference_predictions"] == "saved.csv"
    assert found["candidate_predictions"] == ["mine.csv", "other.csv"]
    assert found["data"]["source"] == "texts.csv"
    changed = {"reference_predictions", "candidate_predictions", "data"}
    assert {name: value for name, value in found.items() if name not in changed} == {
        name: value for name, value in spec.items() if name not in changed
    }


def test_two_uploads_of_one_name_are_told_apart(uploads: Uploads) -> None:
    """Models are known by the names of their files, so that no two may have the same one."""
    paths = [str(uploads.save("", "saved.csv", SAVED + b"v%d,no,0.9,0.1\n" % at)) for at in range(2)]
    same = SAVED.replace(b"0.4,0.6", b"0.2,0.8") + b"v0,no,0.9,0.1\n"
    other = str(uploads.save("", "saved.csv", same))
    plan = plan_saved(Spec(reference_predictions=paths[0], candidate_predictions=(other,)), limits=ANYTHING)
    assert [file.source for file in plan.files] == ["saved.csv", "saved.csv (2)"]
    assert plan.name == "saved.csv (2) against saved.csv"
    assert saved_predictions(paths[1], ANYTHING).source == "saved.csv"


def test_names_stay_distinct_whatever_they_are() -> None:
    """Also where a name looks like one that was numbered."""
    assert distinct(["a", "a (2)", "a", "b"]) == ["a", "a (2)", "a (3)", "b"]


def test_the_command_calls_an_upload_by_its_name(uploads: Uploads) -> None:
    """The command is for the machine of whoever has the file."""
    path = str(uploads.save("", "saved.csv", SAVED))
    command = reproducing_command(
        Spec(
            reference_predictions=path,
            candidate_predictions=("other.csv",),
            data=DataSpec(source=path.replace("saved", "texts")),
        )
    )
    assert "--reference-predictions saved.csv" in command
    assert "--data texts.csv" in command
