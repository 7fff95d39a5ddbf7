"""The declaration of a file format, which an entry point of the group `model_server.runtimes` names."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Format:
    """A file format: how to recognize its files and what loads them. It must not import the library itself.

    The name of the entry point is the name of the format in manifests.
    """

    module: str
    """The module that has `load`; see `base.Runtime`. It is imported when a model of the format is loaded."""

    suffix: str
    """The suffix of the model file, such as `.pkl`."""

    magic: bytes
    """The first bytes of every file of the format, at most 8; empty if files have no common beginning."""

    description: str
    """A noun phrase for error messages, such as "an HDF5 file, as Keras's .h5 is"."""

    libraries: Mapping[str, int] = field(default_factory=dict)
    """The distributions that must be installed, each with the number of leading parts of its version that must equal
    the manifest's `framework_versions`: 2 accepts 1.9.3 for a model that 1.9.0 wrote, 0 accepts any version."""

    thread_variables: tuple[str, ...] = ()
    """The environment variables that the library reads its number of threads from."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """Other environment variables of the library. The user's own values take precedence."""
