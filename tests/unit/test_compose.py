"""docker-compose.yml: compose accepts it, its order is right, and no secret has a default."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE_FILE = ROOT / "docker-compose.yml"
PROGRAM_SERVICES = ["migrate", "api", "worker", "demo"]


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    described: dict[str, Any] = yaml.safe_load(COMPOSE_FILE.read_text(encoding="utf-8"))
    services: dict[str, Any] = described["services"]
    return services


def compose_command() -> list[str] | None:
    """The compose program of this machine: Docker's plugin, the older program, or none."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]):
            asked = subprocess.run([*command, "version"], capture_output=True, check=False)
            if asked.returncode == 0:
                return command
    return None


def compose_config(folder: Path, password: str | None) -> subprocess.CompletedProcess[str]:
    command = compose_command()
    if command is None:
        pytest.skip("no docker compose on this machine")
    no_settings = folder / "empty.env"
    no_settings.touch()
    environment = {k: v for k, v in os.environ.items() if k != "POSTGRES_PASSWORD"}
    if password is not None:
        environment["POSTGRES_PASSWORD"] = password
    return subprocess.run(
        [*command, "--env-file", str(no_settings), "-f", str(COMPOSE_FILE), "config"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_compose_accepts_the_file_when_a_password_is_given(tmp_path: Path) -> None:
    accepted = compose_config(tmp_path, password="only-for-this-test")
    assert accepted.returncode == 0, accepted.stderr
    assert set(yaml.safe_load(accepted.stdout)["services"]) >= {"db", "migrate", "api", "worker"}


def test_compose_refuses_to_start_without_a_password(tmp_path: Path) -> None:
    refused = compose_config(tmp_path, password=None)
    assert refused.returncode != 0
    assert "POSTGRES_PASSWORD" in refused.stderr


def test_no_secret_has_a_default(services: dict[str, Any]) -> None:
    secrets = [services["db"]["environment"]["POSTGRES_PASSWORD"]]
    secrets += [services[name]["environment"]["PGPASSWORD"] for name in PROGRAM_SERVICES]
    assert all(secret.startswith("${POSTGRES_PASSWORD:?") for secret in secrets)
    urls = [services[name]["environment"]["SQH_DATABASE_URL"] for name in PROGRAM_SERVICES]
    assert set(urls) == {"postgresql://soquyhoach@db:5432/soquyhoach"}


def test_migration_waits_for_a_healthy_database(services: dict[str, Any]) -> None:
    assert "pg_isready" in services["db"]["healthcheck"]["test"]
    assert services["migrate"]["command"] == ["db", "migrate"]
    assert services["migrate"]["restart"] == "no"
    assert services["migrate"]["depends_on"] == {"db": {"condition": "service_healthy"}}


@pytest.mark.parametrize("name", ["api", "worker", "demo"])
def test_program_waits_for_the_migration(services: dict[str, Any], name: str) -> None:
    assert services[name]["depends_on"] == {
        "db": {"condition": "service_healthy"},
        "migrate": {"condition": "service_completed_successfully"},
    }


def test_api_is_healthy_only_when_it_is_ready_to_answer(services: dict[str, Any]) -> None:
    assert "/health/ready" in " ".join(services["api"]["healthcheck"]["test"])


def test_database_is_reached_from_inside_alone(services: dict[str, Any]) -> None:
    assert "ports" not in services["db"]
    assert services["api"]["ports"] == ["${SQH_BIND:-127.0.0.1}:${SQH_PORT:-8000}:8000"]


def test_sample_city_is_loaded_only_when_asked_for(services: dict[str, Any]) -> None:
    assert services["demo"]["profiles"] == ["demo"]
    assert [name for name, service in services.items() if "profiles" in service] == ["demo"]


def test_image_runs_without_root_and_takes_in_only_the_program() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER soquyhoach" in lines
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert "*" in ignored
    copied = {word for line in lines if line.startswith("COPY ") for word in line.split()[1:-1]}
    assert {word for word in copied if not word.startswith(("/", "-"))} <= {
        line.removeprefix("!") for line in ignored if line.startswith("!")
    }
