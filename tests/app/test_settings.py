"""The sources of settings, and the rejection of invalid ones."""

from pathlib import Path

import pytest

from model_server.errors import SettingsError
from model_server.settings import Settings, load_settings, render


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "server.yaml"
    path.write_text("threads: 2\nport: 1111\nmodel_version: 3\n")
    return path


def test_precedence_is_flags_environment_file_defaults(file: Path) -> None:
    environ = {"MODEL_SERVER_CONFIG": str(file), "MODEL_SERVER_PORT": "2222", "MODEL_SERVER_THREADS": "3"}
    loaded = load_settings({"threads": "4"}, environ)
    assert loaded.values == Settings(threads=4, port=2222, model_version="3")
    assert [loaded.sources[key] for key in ("threads", "port", "model_version", "host")] == [
        "--threads",
        "MODEL_SERVER_PORT",
        str(file),
        "default",
    ]


def test_output_of_print_config_is_valid_input(tmp_path: Path) -> None:
    loaded = load_settings({"model_version": "07", "drain_seconds": "0.5"}, {})
    path = tmp_path / "printed.yaml"
    path.write_text(render(loaded))
    assert load_settings({"config": str(path)}, {}).values == loaded.values


def test_empty_variable_counts_as_unset(file: Path) -> None:
    loaded = load_settings({"config": str(file)}, {"MODEL_SERVER_THREADS": "", "MODEL_SERVER_MODEL_VERSION": ""})
    assert (loaded.values.threads, loaded.values.model_version) == (2, "3")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MODEL_SERVER_SERVICE_HOST", "10.0.0.1"),
        ("MODEL_SERVER_SERVICE_PORT", "80"),
        ("MODEL_SERVER_SERVICE_PORT_HTTP_ADMIN", "8081"),
        ("MODEL_SERVER_PORT", "tcp://10.0.0.1:80"),
        ("MODEL_SERVER_PORT_80_TCP", "tcp://10.0.0.1:80"),
        ("MODEL_SERVER_PORT_80_TCP_ADDR", "10.0.0.1"),
        ("MODEL_SERVER_ADMIN_PORT", "tcp://10.0.0.2:8081"),
        ("MODEL_SERVER_CANARY_SERVICE_HOST", "10.0.0.3"),
    ],
)
def test_service_link_variables_are_not_settings(name: str, value: str) -> None:
    assert load_settings({}, {name: value}).values == Settings()


@pytest.mark.parametrize(
    ("environ", "content", "message"),
    [
        ({"MODEL_SERVER_TREADS": "2"}, "", "environment variable MODEL_SERVER_TREADS is not a setting."),
        ({}, "treads: 2", "key 'treads' is not a setting."),
        ({}, "threads: true", "threads: True is not a int."),
        ({}, "threads: 1.5", "threads: 1.5 is not a number. Remedy: give one whole number"),
        ({}, "threads: 0", "threads: 0 is out of range. Remedy: give a number between 1 and 1024"),
        ({}, "drain_seconds: .nan", "drain_seconds: nan is out of range."),
        ({}, "log_level: loud", "'loud' is not allowed. Remedy: use one of debug, info, warning, error"),
        ({}, "- threads", "does not hold keys."),
        ({}, "threads: [", "is not YAML:"),
        ({"MODEL_SERVER_PORT": "http"}, "", "MODEL_SERVER_PORT: 'http' is not a number."),
    ],
)
def test_invalid_setting_is_rejected_with_its_source(
    tmp_path: Path, environ: dict[str, str], content: str, message: str
) -> None:
    path = tmp_path / "server.yaml"
    path.write_text(content)
    with pytest.raises(SettingsError) as caught:
        load_settings({"config": str(path)}, environ)
    assert message in str(caught.value)
