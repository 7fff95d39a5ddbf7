{{/*
Labels.
*/}}

{{/*
istio-routing.metadata: the metadata of an object.
Takes a dict of context and, optionally, name, namespace and annotations.
*/}}
{{- define "istio-routing.metadata" -}}
name: {{ default (include "istio-routing.fullname" .context) .name | quote }}
namespace: {{ default (include "istio-routing.namespace" .context) .namespace | quote }}
labels:
  {{- include "istio-routing.labels" .context | nindent 2 }}
{{- with include "istio-routing.annotations" . }}
{{ . }}
{{- end }}
{{- end -}}

{{/*
istio-routing.podLabels: labels that match the model server's pods of all versions.
*/}}
{{- define "istio-routing.podLabels" -}}
{{- toYaml (default (dict "app" .Values.service.name) .Values.service.podLabels) -}}
{{- end -}}
