"""The remedies for secrets in plain text."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.charts.monitoring.guard_cases_secrets import DISCOVERED
from tests.charts.remedies.changes import Change, every, to
from tests.charts.remedies.editor import Editor
from tests.charts.remedies.mistakes import Mistake
from tests.charts.remedies.rules import Alternatives, Reading, Rule

SECRET = {"name": "login", "key": "secret"}
FILE = "/etc/prometheus/secrets/login/secret"
GRAFANA_FILE = "$__file{/etc/grafana-secrets/login/secret}"
Fields = dict[str, Any]


def with_fields(change: Callable[[Fields], Fields]) -> Change:
    """Change every map below the key of the message."""

    def changed(part: Any) -> Any:
        if isinstance(part, dict):
            return change({key: changed(value) for key, value in part.items()})
        return [changed(item) for item in part] if isinstance(part, list) else part

    return lambda editor, mistake: editor.set(mistake.key, changed(editor.get(mistake.key)))


def without(*names: str) -> Change:
    return with_fields(lambda fields: {key: value for key, value in fields.items() if key not in names})


def replaced(name: str, new: str, value: Any) -> Change:
    """Replace a field by another one."""
    return with_fields(
        lambda fields: {(new if key == name else key): (value if key == name else old) for key, old in fields.items()}
    )


def listed(component: str) -> Change:
    return to(f"{component}.secrets", ["login"])


def from_environment(*names: str) -> Change:
    """Set environment variables of Prometheus from a Secret."""
    return to("prometheus.extraEnv", [{"name": name, "valueFrom": {"secretKeyRef": SECRET}} for name in names])


AWS = from_environment("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
AZURE = from_environment("AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET")
ANNOTATED = to("prometheus.serviceAccount.annotations", {"example.org/role": "own"})
ID = "11111111-1111-1111-1111-111111111111"


def from_file(match: Reading) -> Alternatives:
    name = match["name"]
    return [every(replaced(name, f"{name}_file", FILE), listed("prometheus"))]


def header_from_file(match: Reading) -> Alternatives:
    def do(editor: Editor, mistake: Mistake) -> None:
        entry = {key: value for key, value in editor.get(mistake.key).items() if key != "headers"}
        editor.set(mistake.key, {**entry, "http_headers": {match["name"]: {"files": [FILE]}}})

    return [every(do, listed("prometheus"))]


def grafana_from_file(editor: Editor, mistake: Mistake) -> None:
    name = mistake.problem.partition(" ")[0]
    if isinstance(editor.get(mistake.key), dict):
        replaced(name, name, GRAFANA_FILE)(editor, mistake)
    else:
        editor.set(mistake.key, GRAFANA_FILE)


def list_secret(editor: Editor, mistake: Mistake) -> None:
    editor.append("prometheus.secrets", mistake.things[0])


def write(match: Reading) -> Alternatives:
    return [lambda editor, mistake: editor.rename(mistake.key, match["name"])]


PUT_IT = r"Put (?:it|the URL) into a Secret, list the Secret in \S+, and use "
KEYS_GONE = without("access_key", "secret_key")
RULES = [
    Rule(rf"{PUT_IT}(?P<name>\w+)_file", from_file),
    Rule(rf"{PUT_IT}http_headers\.(?P<name>[\w-]+)\.files", header_from_file),
    Rule(rf"{PUT_IT}\$__file.+", [every(grafana_from_file, listed("grafana"))]),
    Rule("Add it there", [list_secret], at="prometheus.*"),
    Rule(r"Write (?P<name>\w+)", write),
    Rule(
        "Put it into a Secret, and use valueFrom.secretKeyRef",
        [to("alertmanager.extraEnv[0]", {"name": "AWS_SECRET_ACCESS_KEY", "valueFrom": {"secretKeyRef": SECRET}})],
    ),
    Rule(
        "Put the .+ into a Secret and refer to it: {name: SECRET, key: KEY}",
        [to("", SECRET)],
    ),
    Rule("Remove access_key and secret_key, and .+ for an IAM role", [every(KEYS_GONE, ANNOTATED)]),
    Rule("AWS_ACCESS_KEY_ID and .+", [every(KEYS_GONE, AWS)]),
    Rule(
        "Use azuread.workload_identity, with .+",
        [
            every(
                replaced("oauth", "workload_identity", {"client_id": ID, "tenant_id": ID}),
                ANNOTATED,
                to("prometheus.podLabels", {"azure.workload.identity/use": "true"}),
            )
        ],
    ),
    Rule("azuread.sdk, with .+", [every(replaced("oauth", "sdk", {"tenant_id": ID}), AZURE)]),
    Rule(
        "Remove it, set authentication_method to SDK, and .+",
        [every(replaced("client_secret", "authentication_method", "SDK"), AZURE)],
    ),
    Rule(
        "Remove it, and use authorization.credentials_file or basic_auth.password_file",
        [
            replaced("token", "authorization", {"credentials_file": FILE}),
            replaced("token", "basic_auth", {"username": "a", "password_file": FILE}),
        ],
    ),
    Rule(
        "Use http_sd_configs in its place, .+",
        [to("prometheus.extraScrapeConfigs", [{"job_name": "shop", **DISCOVERED}])],
    ),
]
