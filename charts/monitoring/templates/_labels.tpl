{{/*
Labels. Selectors contain only labels that never change; pods have no label that a new chart version changes.
*/}}

{{/*
monitoring.selectorLabels: the selector labels of a component's pods, which never change.
Takes a scope.
*/}}
{{- define "monitoring.selectorLabels" -}}
{{ include "monitoring.releaseSelectorLabels" .context }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/*
monitoring.componentLabels: the labels of a component's objects except its pods.
Takes a scope.
*/}}
{{- define "monitoring.componentLabels" -}}
{{ include "monitoring.labels" .context }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/*
monitoring.podLabels: the labels of a component's pods: selector labels and the user's labels.
Takes a scope.
*/}}
{{- define "monitoring.podLabels" -}}
{{ include "monitoring.selectorLabels" . }}
{{- with merge (dict) .values.podLabels .context.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
monitoring.metadata: name, namespace and labels of a component's object.
Takes a scope.
*/}}
{{- define "monitoring.metadata" -}}
name: {{ include "monitoring.componentName" . | quote }}
namespace: {{ include "monitoring.namespace" .context | quote }}
labels:
  {{- include "monitoring.componentLabels" . | nindent 2 }}
{{- end -}}

{{/*
monitoring.clusterMetadata: name and labels of a component's cluster-scoped object.
Takes a scope.
*/}}
{{- define "monitoring.clusterMetadata" -}}
name: {{ include "monitoring.clusterObjectName" . | quote }}
labels:
  {{- include "monitoring.componentLabels" . | nindent 2 }}
{{- end -}}
