"""The errors that users see. Each has a cause and, where possible, a remedy."""


class ModelServerError(Exception):
    """An error for the user: the cause, then the remedy."""

    def __init__(self, cause: str, remedy: str = "") -> None:
        self.cause = cause
        self.remedy = remedy
        super().__init__(f"{cause} Remedy: {remedy}" if remedy else cause)


class SettingsError(ModelServerError):
    """The settings are invalid. The server does not start."""


class RepositoryError(ModelServerError):
    """A model, a version or a manifest is missing or malformed."""


class ModelLoadError(ModelServerError):
    """A model file is unsafe, damaged or incompatible with the installed libraries."""


class BadRequestError(ModelServerError):
    """The request is invalid (HTTP 400)."""
