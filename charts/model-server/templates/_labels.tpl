{{/*
Labels. Selectors hold what never changes; pods hold nothing that a new chart version changes.
*/}}

{{/*
model-server.selectorLabels: all servers of a release, for its life.
*/}}
{{- define "model-server.selectorLabels" -}}
{{ include "model-server.releaseSelectorLabels" . }}
{{- end -}}

{{/*
model-server.workloadSelectorLabels: the servers of one version. The release without versions has none of its own, so
the component tells the others' pods from its.
*/}}
{{- define "model-server.workloadSelectorLabels" -}}
{{ include "model-server.selectorLabels" . }}
{{- if .version }}
app.kubernetes.io/component: version
version: {{ .version | quote }}
{{- end }}
{{- end -}}

{{/*
model-server.workloadSelector: the same as a label selector that never takes the pods of another version, which two
budgets over one pod would forbid.
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
model-server.serviceSelectorLabels: the pods that the stable Service sends to: all of them, or those of service.version.
*/}}
{{- define "model-server.serviceSelectorLabels" -}}
{{ include "model-server.selectorLabels" . }}
{{- with .Values.service.version }}
version: {{ include "model-server.intOrString" . | quote }}
{{- end }}
{{- end -}}

{{/*
model-server.versionLabels: the labels of the objects that there is one of for each version.
*/}}
{{- define "model-server.versionLabels" -}}
{{ include "model-server.labels" . }}
{{- with .version }}
version: {{ . | quote }}
{{- end }}
{{- end -}}

{{/*
model-server.podLabels: the selector's, what Istio's subsets and metrics per version use, and the user's.
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
model-server.componentSelectorLabels: what runs beside the servers, such as the load balancer and the test. It has another
name than the servers, so that no Service, budget or policy of theirs takes it for one.
Takes a dict of context, name and component.
*/}}
{{- define "model-server.componentSelectorLabels" -}}
app.kubernetes.io/name: {{ .name | quote }}
app.kubernetes.io/instance: {{ .context.Release.Name | quote }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/*
model-server.nginxSelectorLabels: the pods of the load balancer.
*/}}
{{- define "model-server.nginxSelectorLabels" -}}
{{ include "model-server.componentSelectorLabels" (dict "context" . "name" (include "model-server.nginxName" .) "component" "nginx") }}
{{- end -}}

{{/*
model-server.testSelectorLabels: the pod of the test.
*/}}
{{- define "model-server.testSelectorLabels" -}}
{{ include "model-server.componentSelectorLabels" (dict "context" . "name" (include "model-server.testName" .) "component" "test") }}
{{- end -}}
