{{/*
Labels. Selectors hold what never changes; pods hold nothing that a new chart version changes.
*/}}

{{/*
model-server.selectorLabels: name and instance, for the life of a release.
*/}}
{{- define "model-server.selectorLabels" -}}
app.kubernetes.io/name: {{ include "model-server.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
model-server.releaseLabels: what every object says of the release it belongs to, less its name.
*/}}
{{- define "model-server.releaseLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: model-serving
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
model-server.labels: the labels of every object but the pods.
*/}}
{{- define "model-server.labels" -}}
{{ include "model-server.selectorLabels" . }}
{{ include "model-server.releaseLabels" . }}
{{- end -}}

{{/*
model-server.podLabels: the selector's, what Istio's subsets and metrics per version use, and the user's.
*/}}
{{- define "model-server.podLabels" -}}
{{ include "model-server.selectorLabels" . }}
app: {{ include "model-server.fullname" . | quote }}
version: {{ include "model-server.versionName" . | quote }}
{{- with merge (dict) .Values.podLabels .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}
