{{/*
Labels. Selectors hold what never changes; pods hold nothing that a new chart version changes.
*/}}

{{/*
monitoring.selectorLabels: the pods of a component, for its life. Takes a scope.
*/}}
{{- define "monitoring.selectorLabels" -}}
{{ include "monitoring.releaseSelectorLabels" .context }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/*
monitoring.componentLabels: the labels of a component's objects but the pods. Takes a scope.
*/}}
{{- define "monitoring.componentLabels" -}}
{{ include "monitoring.labels" .context }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/*
monitoring.podLabels: the selector's and the user's. Takes a scope.
*/}}
{{- define "monitoring.podLabels" -}}
{{ include "monitoring.selectorLabels" . }}
{{- with merge (dict) .values.podLabels .context.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
monitoring.metadata: name, namespace and labels of a component's object. Takes a scope.
*/}}
{{- define "monitoring.metadata" -}}
name: {{ include "monitoring.componentName" . | quote }}
namespace: {{ include "monitoring.namespace" .context | quote }}
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
