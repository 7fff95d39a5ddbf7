{{/*
Labels.
*/}}

{{/*
istio-routing.labels: those of every object.
*/}}
{{- define "istio-routing.labels" -}}
app.kubernetes.io/name: {{ include "istio-routing.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: model-serving
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
istio-routing.metadata: the metadata of an object.
Takes a dict of context and, where they differ, name, namespace and annotations.
*/}}
{{- define "istio-routing.metadata" -}}
name: {{ default (include "istio-routing.fullname" .context) .name | quote }}
namespace: {{ default (include "istio-routing.namespace" .context) .namespace | quote }}
labels:
  {{- include "istio-routing.labels" .context | nindent 2 }}
{{- with .annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
istio-routing.podLabels: the model server's pods, of all versions.
*/}}
{{- define "istio-routing.podLabels" -}}
{{- toYaml (default (dict "app" .Values.service.name) .Values.service.podLabels) -}}
{{- end -}}
