"""Thread counts follow the container's CPU limit, on both kinds of cgroup."""

from pathlib import Path

import pytest

from model_server.cpu import cpu_quota_cores, cpu_threads, limit_library_threads
from model_server.runtimes.keras import H5
from model_server.runtimes.registry import set_library_environment


def _tree(root: Path, files: dict[str, str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return root


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        ("0::/\n", {"cpu.max": "150000 100000\n"}, 1.5),
        ("0::/\n", {"cpu.max": "max 100000\n"}, None),
        ("0::/pod/app\n", {"pod/cpu.max": "50000 100000", "pod/app/cpu.max": "max 100000"}, 0.5),
        ("0::/../../host/only\n", {"cpu.max": "200000 100000"}, 2.0),
        ("4:cpu,cpuacct:/pod\n", {"cpu,cpuacct/pod/cpu.cfs_quota_us": "300000",
                                  "cpu,cpuacct/pod/cpu.cfs_period_us": "100000"}, 3.0),
        ("4:cpu,cpuacct:/host/only\n", {"cpu/cpu.cfs_quota_us": "100000", "cpu/cpu.cfs_period_us": "100000"}, 1.0),
        ("4:cpu:/\n", {"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, None),
        ("4:memory:/\n", {}, None),
        ("", {}, None),
    ],
)  # fmt: skip
def test_lowest_limit_of_all_ancestors_applies(
    tmp_path: Path, own: str, files: dict[str, str], cores: float | None
) -> None:
    root = _tree(tmp_path / "cgroup", files)
    (tmp_path / "own").write_text(own)
    assert cpu_quota_cores(root, tmp_path / "own") == cores


def test_variables_of_the_user_take_precedence() -> None:
    environ = {"OMP_NUM_THREADS": "7"}
    threads = limit_library_threads(environ)
    assert environ["OMP_NUM_THREADS"] == "7"
    assert environ["OPENBLAS_NUM_THREADS"] == str(threads)


def test_a_format_sets_the_variables_of_its_library() -> None:
    environ = {"TF_CPP_MIN_LOG_LEVEL": "0"}
    set_library_environment(H5, environ)
    assert environ == {
        "TF_NUM_INTRAOP_THREADS": str(cpu_threads()),
        "TF_NUM_INTEROP_THREADS": "1",
        "KERAS_BACKEND": "tensorflow",
        "TF_CPP_MIN_LOG_LEVEL": "0",
    }
