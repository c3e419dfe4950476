"""The image and the compose file name what is there."""

import re
from pathlib import Path

import pytest
import yaml

from trust_core.cli.main import main


def _copied(repository: Path) -> list[str]:
    content = (repository / "Dockerfile").read_text("utf-8")
    lines = re.findall(r"^COPY (?!--from)(.+)$", content, re.MULTILINE)
    return [source for line in lines for source in line.split()[:-1]]


def test_image_copies_what_exists_and_is_not_ignored(repository: Path) -> None:
    """Every source of a COPY is in the repository, and .dockerignore lets it through."""
    allowed = {
        line[1:] for line in (repository / ".dockerignore").read_text("utf-8").splitlines() if line[:1] == "!"
    }
    copied = _copied(repository)
    assert copied
    for source in copied:
        assert (repository / source).exists(), source
        assert source.removeprefix("./") in allowed, source


def test_image_does_not_run_as_root(repository: Path) -> None:
    """The last user of the image is not root."""
    users = re.findall(r"^USER (\S+)$", (repository / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    assert users[-1:] == ["trusteq"]


def test_services_run_commands_that_exist(repository: Path) -> None:
    """Web and worker are commands of the command line, and the web starts no worker of its own."""
    compose = yaml.safe_load((repository / "compose.yaml").read_text("utf-8"))
    assert set(compose["services"]) == {"web", "worker"}
    worker = compose["services"]["worker"]["command"]
    web = re.findall(r"^CMD (\[.+\])$", (repository / "Dockerfile").read_text("utf-8"), re.MULTILINE)
    for command in (worker, yaml.safe_load(web[-1])):
        assert command[:3] == ["python", "-m", "trust_core"]
        with pytest.raises(SystemExit) as asked:
            main([command[3], "--help"])
        assert asked.value.code == 0
    assert compose["services"]["web"]["environment"]["TRUST_START_WORKER"] == "0"


def test_ports_are_published_on_this_machine_alone(repository: Path) -> None:
    """No service is reachable from another machine unless somebody changes the file."""
    compose = yaml.safe_load((repository / "compose.yaml").read_text("utf-8"))
    ports = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)
