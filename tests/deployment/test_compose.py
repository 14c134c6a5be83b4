"""The description of the containers: every process, its health, its settings, and no secret."""

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from understood import assert_understood

from cogep_assist.core.config import Settings
from cogep_assist.core.diagnosis.run import CHECKS

ROOT = Path(__file__).parents[2]
OURS = {"migrate", "api", "worker", "beat"}
SECRETS = re.compile(r"PASSWORD|SECRET|API_KEY|TOKEN")
# What is said anew inside, because .env names the host's places.
PLACES = {"DATABASE_URL", "POSTGRES_HOST", "POSTGRES_PORT", "CELERY_BROKER_URL", "COGEP_DATA_DIR"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return loaded


@pytest.fixture(scope="module")
def services(compose: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose["services"]
    return found


@pytest.fixture(scope="module")
def dockerfile() -> list[tuple[str, str]]:
    """The instructions of the image, as (word, rest)."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(None, 1)[0], line.split(None, 1)[1].strip()) for line in lines]


def test_every_process_is_there_and_answers_for_itself(
    services: dict[str, dict[str, Any]],
) -> None:
    assert set(services) == OURS | {"postgres", "redis"}
    for name, service in services.items():
        assert "healthcheck" in service or name == "migrate", name
        assert service.get("restart") == ("no" if name == "migrate" else "unless-stopped")


def test_nobody_starts_before_what_it_needs(services: dict[str, dict[str, Any]]) -> None:
    assert services["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    for name in OURS - {"migrate"}:
        assert services[name]["depends_on"] == {
            "migrate": {"condition": "service_completed_successfully"},
            "redis": {"condition": "service_healthy"},
        }


def test_what_must_stay_is_in_volumes(compose: dict[str, Any]) -> None:
    used = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
    }
    assert used == set(compose["volumes"]) == {"postgres", "data"}
    # The image of PostgreSQL 18 keeps its data one folder higher than those before it.
    assert "pg18" in compose["services"]["postgres"]["image"]
    assert compose["services"]["postgres"]["volumes"] == ["postgres:/var/lib/postgresql"]


def test_all_our_processes_share_image_settings_and_fetters(
    services: dict[str, dict[str, Any]],
) -> None:
    for name in OURS:
        service = services[name]
        assert (service["image"], service["env_file"]) == ("cogep-assist:latest", ".env")
        assert service["environment"] == services["api"]["environment"]
        assert service["cap_drop"] == ["ALL"]
        assert service["security_opt"] == ["no-new-privileges:true"]
        assert service["init"] is True
        assert service["read_only"] is True
        assert [place.split(":")[0] for place in service["tmpfs"]] == ["/tmp"]
        assert "privileged" not in service


def test_settings_exist_and_places_are_those_inside(services: dict[str, dict[str, Any]]) -> None:
    given = services["api"]["environment"]
    known = {
        str(field.validation_alias or f"COGEP_{name.upper()}")
        for name, field in Settings.model_fields.items()
    }
    assert set(given) <= known
    assert set(given) >= PLACES
    assert given["DATABASE_URL"] == ""
    assert given["POSTGRES_HOST"] in services
    assert given["CELERY_BROKER_URL"] == "redis://redis:6379/0"


def test_no_secret_is_written_down(services: dict[str, dict[str, Any]]) -> None:
    for service in services.values():
        for name, value in service.get("environment", {}).items():
            if SECRETS.search(name):
                # Without one of one's own, nothing starts.
                assert re.fullmatch(r"\$\{\w+:\?[^}]+\}", value), name


def test_only_the_page_is_open_to_the_network(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        for port in service.get("ports", []):
            assert name == "api" or port.startswith("127.0.0.1:"), name


def test_a_worker_is_given_the_time_to_drain(services: dict[str, dict[str, Any]]) -> None:
    seconds = {name: int(services[name]["stop_grace_period"][:-1]) for name in ("api", "worker")}
    assert seconds["worker"] > 30
    assert seconds["api"] > 10


def test_every_command_exists(services: dict[str, dict[str, Any]]) -> None:
    commands = [service["command"] for name, service in services.items() if name in OURS]
    health = (
        service["healthcheck"]["test"] for service in services.values() if "healthcheck" in service
    )
    commands += [test[1:] for test in health if test[0] == "CMD" and test[1] == "cogep"]
    for command in commands:
        arguments = [re.sub(r"\$\{\w+:-(.*?)\}", r"\1", word) for word in command]
        assert_understood(arguments)


@pytest.mark.parametrize(
    "words",
    [
        ["cogep", "doctor", "--apenas", "workers"],
        ["cogep", "dotor"],
        ["celery", "worker", "--conc=2"],
        ["celery", "worker", "beat2"],
    ],
)
def test_a_command_that_does_not_exist_would_be_noticed(words: list[str]) -> None:
    with pytest.raises(Exception, match=r".") as caught:
        assert_understood(words)
    assert type(caught.value).__name__ in {"NoSuchOption", "AssertionError", "UsageError"}


def test_the_workers_health_is_looked_at_by_checks_that_exist(
    services: dict[str, dict[str, Any]],
) -> None:
    test = services["worker"]["healthcheck"]["test"]
    asked = test[test.index("--only") + 1].split(",")
    assert set(asked) <= set(CHECKS)
    assert "workers" in asked
    # A container that hangs is not well because another one works.
    assert "--here" in test


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret(
    dockerfile: list[tuple[str, str]],
) -> None:
    stages = [index for index, (word, _) in enumerate(dockerfile) if word == "FROM"]
    last = dockerfile[stages[-1] :]
    users = [rest for word, rest in last if word == "USER"]
    assert users
    assert users[-1] not in {"root", "0"}
    assert [word for word, _ in last].index("USER") < [word for word, _ in last].index("CMD")
    for word, rest in dockerfile:
        assert word not in {"ADD", "ARG"}
        if word == "ENV":
            assert not SECRETS.search(rest)
    (command,) = [rest for word, rest in last if word == "CMD"]
    assert_understood(yaml.safe_load(command))


def test_the_image_has_the_python_that_the_locks_are_made_for(
    dockerfile: list[tuple[str, str]],
) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lowest = project["project"]["requires-python"].removeprefix(">=")
    images = {rest.split()[0] for word, rest in dockerfile if word == "FROM"}
    assert len(images) == 1
    assert images.pop().startswith(f"python:{lowest}-slim")
    locks = (ROOT / "Makefile").read_text("utf-8")
    assert f"--python-version {lowest} " in locks


def test_the_image_is_built_of_what_is_sent_to_it(dockerfile: list[tuple[str, str]]) -> None:
    sent = {
        line[1:].strip("/")
        for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines()
        if line.startswith("!")
    }
    for word, rest in dockerfile:
        if word == "COPY" and "--from" not in rest:
            *sources, _ = shlex.split(rest)
            for source in sources:
                assert (ROOT / source).exists(), source
                assert source.strip("/").split("/")[0] in sent, source
    commands = "".join(rest for word, rest in dockerfile if word == "RUN")
    assert "--require-hashes" in commands
    # It stops at a locked package's module for Python 2, and with it the build.
    assert "compileall" not in commands
    assert "UV_COMPILE_BYTECODE=1" in "".join(rest for word, rest in dockerfile if word == "ENV")


@pytest.mark.slow
def test_compose_itself_finds_nothing_wrong(tmp_path: Path) -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    command = compose_command()
    if command is None:
        pytest.skip("neither docker compose nor docker-compose is here")
    if command == ["docker-compose"]:
        # The first generation does not know that a file may name its project.
        text = re.sub(r"^name:.*\n", "", text, flags=re.MULTILINE)
    (tmp_path / "docker-compose.yml").write_text(text, "utf-8")
    example = (ROOT / ".env.example").read_text("utf-8")
    assert "COGEP_SECRET_KEY=\n" in example
    (tmp_path / ".env").write_text(
        example.replace("COGEP_SECRET_KEY=\n", f"COGEP_SECRET_KEY={'a' * 40}\n"), "utf-8"
    )
    done = configured(command, tmp_path)
    assert done.returncode == 0, done.stderr
    read = yaml.safe_load(done.stdout)["services"]
    assert set(read) == OURS | {"postgres", "redis"}
    assert read["api"]["environment"]["COGEP_SECRET_KEY"] == "a" * 40
    assert read["api"]["environment"]["POSTGRES_HOST"] == "postgres"
    # Without a secret of one's own it must not start.
    (tmp_path / ".env").write_text(example, "utf-8")
    refused = configured(command, tmp_path)
    assert refused.returncode != 0
    assert "COGEP_SECRET_KEY" in refused.stderr


def configured(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command, "config"], check=False, cwd=folder, capture_output=True, text=True
    )


def compose_command() -> list[str] | None:
    if shutil.which("docker"):
        found = subprocess.run(["docker", "compose", "version"], check=False, capture_output=True)
        if found.returncode == 0:
            return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else None
