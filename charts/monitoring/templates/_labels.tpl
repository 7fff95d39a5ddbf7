{{/*
Labels. Selectors hold what never changes; pods hold nothing that a new chart version changes.
*/}}

{{/*
monitoring.releaseSelectorLabels: everything of a release.
*/}}
{{- define "monitoring.releaseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "monitoring.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
monitoring.selectorLabels: the pods of a component, for its life. Takes a scope.
*/}}
{{- define "monitoring.selectorLabels" -}}
{{ include "monitoring.releaseSelectorLabels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/*
monitoring.labels: the labels of objects that belong to no component.
*/}}
{{- define "monitoring.labels" -}}
{{ include "monitoring.releaseSelectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: model-serving
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
monitoring.componentLabels: the labels of a component's objects but the pods. Takes a scope.
*/}}
{{- define "monitoring.componentLabels" -}}
{{ include "monitoring.labels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/*
monitoring.podLabels: the selector's and the user's. Takes a scope.
*/}}
{{- define "monitoring.podLabels" -}}
{{ include "monitoring.selectorLabels" . }}
{{- with merge (dict) .values.podLabels .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
monitoring.metadata: name, namespace and labels of a component's object. Takes a scope.
*/}}
{{- define "monitoring.metadata" -}}
name: {{ include "monitoring.componentName" . | quote }}
namespace: {{ include "monitoring.namespace" .root | quote }}
labels:
  {{- include "monitoring.componentLabels" . | nindent 2 }}
{{- end -}}

{{/*
monitoring.clusterMetadata: the same of an object that belongs to no namespace. Takes a scope.
*/}}
{{- define "monitoring.clusterMetadata" -}}
name: {{ include "monitoring.clusterName" . | quote }}
labels:
  {{- include "monitoring.componentLabels" . | nindent 2 }}
{{- end -}}
