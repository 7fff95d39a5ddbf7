"""Backends that render charts: the `helm` program, which is the reference, and the library, which is fast."""

from tests.harness.backends.cli import HELM3, HELM4, HelmCli
from tests.harness.backends.protocol import Backend, HelmError
from tests.harness.backends.sdk import SDK, HelmSdk

__all__ = ["HELM3", "HELM4", "SDK", "Backend", "HelmCli", "HelmError", "HelmSdk"]
