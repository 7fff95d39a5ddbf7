"""A small chart for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import helm_python

from charttool import comments, schema
from charttool.kubernetes import Schema
from charttool.problems import ChartError
from devkit import versions

VALUES = """\
# @section Image

# The image.
image:
  # Tag; empty means the chart's appVersion.
  # @schema {$ref: imageTag}
  tag: ""

# @section Pods

# Number of pods.
# @schema {minimum: 0, nullable: true}
replicas: 3
# CPU and memory.
# @schema {kubernetes: core.v1.ResourceRequirements}
resources:
  limits:
    memory: 1Gi
# Hosts.
# @schema
#   items:
#     required: [host]
#     properties:
#       host: {description: Name of the host., $ref: hostName}
hosts: []
# Further versions.
# @schema
#   items:
#     sections: [image, replicas]
#     properties:
#       name: {description: Name of the version., type: string}
versions: []
"""
TEMPLATE = """\
{{- range .Values.hosts }}{{ .host }}{{ end }}
tag: {{ .Values.image.tag }}
replicas: {{ .Values.replicas }}
{{- with .Values.resources }}
resources: {{- toYaml . | nindent 2 }}
{{- end }}
{{- range .Values.versions }}
# {{ .name }}
{{- end }}
"""
README = "# sample\n\n## Values\n<!-- values: begin -->\n<!-- values: end -->\n\nThe end.\n"


def chart(folder: Path, values: str = VALUES, **files: str) -> Path:
    """Write a chart. Keywords name more files, with `__` for a slash and `_` before the suffix: templates__a_yaml."""
    folder.mkdir(exist_ok=True)
    (folder / "templates").mkdir(exist_ok=True)
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: sample\nversion: 0.1.0\n", encoding="utf-8")
    (folder / "values.yaml").write_text(values, encoding="utf-8")
    for name, text in {"templates__a_yaml": TEMPLATE, "README_md": README, **files}.items():
        stem, _, suffix = name.replace("__", "/").rpartition("_")
        path = folder / f"{stem}.{suffix}"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def read(folder: Path, values: str) -> comments.Values:
    """Parse values from a text."""
    file = folder / "values.yaml"
    file.write_text(values, encoding="utf-8")
    return comments.read(file)


def built(folder: Path, values: str) -> Schema:
    """Return the schema of values in a text."""
    return schema.build("sample", read(folder, values))


def message_of(error: ChartError, folder: Path) -> str:
    """Return the message of an error, with paths relative to a folder."""
    return str(error).replace(f"{folder}/", "")


def rendered(folder: Path, values: dict[str, Any]) -> str:
    """Return Helm's output of the template a.yaml; raises HelmError if the schema rejects the values."""
    loaded = helm_python.Chart.load(str(folder))
    release = {"name": "demo", "namespace": "serving", "kube_version": versions.get("kubernetes")}
    answer = helm_python._native.call_string("helm_render", loaded._raw(), json.dumps(values), json.dumps(release))
    return str(json.loads(answer)["sample/templates/a.yaml"])
