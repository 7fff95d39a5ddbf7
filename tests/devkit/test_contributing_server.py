"""The pages about the model server in docs/contributing work step by step in a scratch copy."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from devkit import paths
from tests.devkit.scratch import Scratch

pytestmark = pytest.mark.depends_on_files(
    *("app", "charts", "charttool", "devkit", "docs", "pyproject.toml", "versions.yaml", "tests/devkit"),
)

BLOCK = re.compile(r"^ *```\w*\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def scratch(tmp_path: Path) -> Scratch:
    return Scratch(tmp_path / "copy")


def blocks(page: str) -> list[str]:
    """Return the code blocks of a page, without the indentation of their list items."""
    text = (paths.DOCS / "contributing" / page).read_text(encoding="utf-8")
    return ["".join(line.removeprefix("   ") for line in one.splitlines(True)) for one in BLOCK.findall(text)]


def insert(path: Path, place: str, text: str) -> None:
    """Insert `text` before the only occurrence of `place`."""
    content = path.read_text(encoding="utf-8")
    assert content.count(place) == 1, f"{path} has {place!r} {content.count(place)} times"
    path.write_text(content.replace(place, text + place), encoding="utf-8")


def run_check(scratch: Scratch, script: str) -> None:
    """Run a script in the scratch copy."""
    (scratch.root / "check_recipe.py").write_text(textwrap.dedent(script), encoding="utf-8")
    scratch.succeed("check_recipe")


def test_add_a_runtime(scratch: Scratch) -> None:
    declaration, module, entry = blocks("add-a-runtime.md")
    package = scratch.root / "app/src/model_server/runtimes/weights"
    package.mkdir()
    (package / "__init__.py").write_text(declaration, encoding="utf-8")
    (package / "model.py").write_text(module, encoding="utf-8")
    pyproject = scratch.root / "app/pyproject.toml"
    insert(pyproject, 'sklearn_joblib = "', entry)
    # As the installation of the distribution does, but in front of the one in the virtual environment.
    scratch.succeed("app.write_metadata", str(pyproject), str(scratch.root / "app/src"))
    run_check(
        scratch,
        """
        from pathlib import Path

        import numpy as np

        from model_server.repository.versions import read_version
        from model_server.runtimes.compatibility import installed_version
        from model_server.serving.loader import load_version, warm_up
        from tests.app.models import write_file

        versions = {"numpy": installed_version("numpy")}
        options = {"format": "weights_json", "framework_versions": versions}
        found = read_version(write_file(Path("models"), "sums", "model.json", b"[1, 10]", **options))
        model = load_version(found)
        warm_up(found, model)
        assert model.predict(np.array([[1.0, 2.0]])).prediction.tolist() == [21.0]
        """,
    )


def test_add_a_protocol(scratch: Scratch) -> None:
    module, registry = blocks("add-a-protocol.md")
    protocols = scratch.root / "app/src/model_server/protocols"
    (protocols / "v1.py").write_text(module, encoding="utf-8")
    content = (protocols / "registry.py").read_text(encoding="utf-8")
    changed = re.sub(r"^PROTOCOLS: .*\n", registry, content, flags=re.MULTILINE)
    assert changed != content
    imported = "from model_server.protocols.v1 import V1Protocol\n\nPROTOCOLS"
    (protocols / "registry.py").write_text(changed.replace("\nPROTOCOLS", imported), encoding="utf-8")
    run_check(
        scratch,
        """
        from pathlib import Path

        from model_server.http.inference import create_inference_app
        from model_server.observability.metrics import Metrics
        from model_server.serving.lifecycle import Lifecycle
        from model_server.serving.loader import load_and_warm
        from model_server.settings import Settings
        from tests.app.gated_estimator import GatedEstimator
        from tests.app.models import write_pickle

        write_pickle(Path("models"), "sums", GatedEstimator())
        settings, metrics, lifecycle = Settings(repository="models"), Metrics(), Lifecycle()
        client = create_inference_app(lifecycle, metrics, settings).test_client()
        loading = client.post("/v1/models/sums:predict", json={"instances": [[1, 2]]})
        assert loading.status_code == 503, loading.data
        load_and_warm(settings, lifecycle, metrics)

        def answer(path, **document):
            response = client.post(path, json=document)
            return response.status_code, response.json

        assert answer("/v1/models/sums:predict", instances=[[1, 2]]) == (200, {"predictions": [3.0]})
        assert answer("/predict", input_data=[[1, 2]]) == (200, {"prediction": [3.0]})
        status, document = answer("/v1/models/sums:predict", instances=[[1]])
        assert status == 400 and document["error"].startswith("instances: row 0 has 1 features"), document
        expected = (404, {"error": "not found: this server serves sums/1"})
        assert answer("/v1/models/other:predict", instances=[[1, 2]]) == expected
        labels = {"model": "sums", "version": "1", "protocol": "v1"}
        for code, count in (("200", 1), ("400", 1), ("500", 0)):
            found = metrics.registry.get_sample_value("model_server_requests_total", labels | {"code": code})
            assert found == count, (code, found)
        """,
    )


def test_add_a_setting(scratch: Scratch) -> None:
    setting, _command, value, template, effect = blocks("add-a-setting.md")
    insert(scratch.root / "app/src/model_server/settings.py", "    max_rows: int", textwrap.indent(setting, "    "))
    printed = scratch.succeed("model_server", "--retry-after-seconds", "7", "--print-config")
    assert "retry_after_seconds: 7  # --retry-after-seconds\n" in printed
    assert "between 1 and 3600" in scratch.run("model_server", "--retry-after-seconds", "0").stderr
    chart = scratch.root / "charts/model-server"
    insert(chart / "values.yaml", "  # Maximum size of a request body in bytes.", value)
    assert "server.retryAfterSeconds" in scratch.run("charttool", "check", "charts/model-server").stderr
    insert(chart / "templates/_config.tpl", "log_level:", template)
    scratch.succeed("charttool", "generate")
    scratch.succeed("charttool", "check")
    scratch.succeed("devkit", "reference")
    for page in ("docs/reference/settings.md", "charts/model-server/README.md"):
        text = (scratch.root / page).read_text(encoding="utf-8")
        assert "Retry-After of responses while the model is not loaded" in text, f"{page} lacks the setting"
    assert "  at: data[config.yaml].retry_after_seconds\n" in effect
