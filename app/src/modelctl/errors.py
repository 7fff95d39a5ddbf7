"""The errors that end a command."""

from model_server.errors import ModelServerError


class ModelctlError(ModelServerError):
    """A command failed, and the user can fix the cause; nothing was written."""


class TemporaryError(ModelctlError):
    """A command failed, and a retry may succeed; nothing was written."""
