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
monitoring.metadata: name, namespace, labels and annotations of a component's object.
Takes a scope with annotations, those of the object.
*/}}
{{- define "monitoring.metadata" -}}
name: {{ include "monitoring.componentName" . | quote }}
namespace: {{ include "monitoring.namespace" .context | quote }}
{{ include "monitoring.objectLabels" . }}
{{- end -}}

{{/*
monitoring.clusterMetadata: name, labels and annotations of a component's cluster-scoped object.
Takes a scope.
*/}}
{{- define "monitoring.clusterMetadata" -}}
name: {{ include "monitoring.clusterObjectName" . | quote }}
{{ include "monitoring.objectLabels" . }}
{{- end -}}

{{/*
monitoring.objectLabels: labels and annotations of an object, including those that all objects have.
Takes a scope with labels and annotations, those of the object.
*/}}
{{- define "monitoring.objectLabels" -}}
labels:
  {{- include "monitoring.componentLabels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with include "monitoring.annotations" . }}
{{ . }}
{{- end }}
{{- end -}}
