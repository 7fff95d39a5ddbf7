{{/*
Labels. Selectors contain only labels that never change, and pods have no label that changes with the chart version.
*/}}

{{/*
model-server.selectorLabels: the labels of all servers of a release, which never change.
*/}}
{{- define "model-server.selectorLabels" -}}
{{ include "model-server.releaseSelectorLabels" . }}
{{- end -}}

{{/*
model-server.workloadSelectorLabels: the labels of the servers of one version. The unversioned pods have no additional
label, so the component label distinguishes the pods of versions from them.
*/}}
{{- define "model-server.workloadSelectorLabels" -}}
{{ include "model-server.selectorLabels" . }}
{{- if .version }}
app.kubernetes.io/component: version
version: {{ .version | quote }}
{{- end }}
{{- end -}}

{{/*
model-server.workloadSelector: the same as a label selector that never matches the pods of another version. Kubernetes
refuses to evict a pod that two PodDisruptionBudgets select.
*/}}
{{- define "model-server.workloadSelector" -}}
matchLabels:
  {{- include "model-server.workloadSelectorLabels" . | nindent 2 }}
{{- if and .Values.keepUnversioned (not .version) }}
matchExpressions:
  - key: app.kubernetes.io/component
    operator: DoesNotExist
{{- end }}
{{- end -}}

{{/*
model-server.serviceSelectorLabels: the labels of the pods behind the stable Service: all servers, or those of
service.version.
*/}}
{{- define "model-server.serviceSelectorLabels" -}}
{{ include "model-server.selectorLabels" . }}
{{- with .Values.service.version }}
version: {{ include "model-server.intOrString" . | quote }}
{{- end }}
{{- end -}}

{{/*
model-server.versionLabels: the labels of the objects of one version.
*/}}
{{- define "model-server.versionLabels" -}}
{{ include "model-server.labels" . }}
{{- with .version }}
version: {{ . | quote }}
{{- end }}
{{- end -}}

{{/*
model-server.podLabels: the selector labels, the labels for Istio's subsets and metrics, and the user's labels.
*/}}
{{- define "model-server.podLabels" -}}
{{ include "model-server.workloadSelectorLabels" . }}
app: {{ include "model-server.fullname" . | quote }}
{{- if not .version }}
version: {{ include "model-server.versionName" . | quote }}
{{- end }}
{{- with merge (dict) .Values.podLabels .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
model-server.componentSelectorLabels: the labels of pods other than the servers, such as nginx and the test. Their
app.kubernetes.io/name differs, so that no Service, PodDisruptionBudget or NetworkPolicy of the servers selects them.
Takes a dict of context, name and component.
*/}}
{{- define "model-server.componentSelectorLabels" -}}
app.kubernetes.io/name: {{ .name | quote }}
app.kubernetes.io/instance: {{ .context.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/*
model-server.nginxSelectorLabels: the labels of the nginx pods.
*/}}
{{- define "model-server.nginxSelectorLabels" -}}
{{ include "model-server.componentSelectorLabels" (dict "context" . "name" (include "model-server.nginxName" .) "component" "nginx") }}
{{- end -}}

{{/*
model-server.testSelectorLabels: the labels of the test pod.
*/}}
{{- define "model-server.testSelectorLabels" -}}
{{ include "model-server.componentSelectorLabels" (dict "context" . "name" (include "model-server.testName" .) "component" "test") }}
{{- end -}}

{{/*
model-server.metadata: the metadata of an object.
Takes a dict of context, name and, optionally, labels and annotations in addition to those of all objects.
*/}}
{{- define "model-server.metadata" -}}
name: {{ .name | quote }}
namespace: {{ include "model-server.namespace" .context | quote }}
labels:
  {{- if .labels }}
  {{- merge (dict) .labels (include "model-server.versionLabels" .context | fromYaml) | toYaml | nindent 2 }}
  {{- else }}
  {{- include "model-server.versionLabels" .context | nindent 2 }}
  {{- end }}
{{- with include "model-server.annotations" . }}
{{ . }}
{{- end }}
{{- end -}}
