{{/*
CHART.releaseSelectorLabels: everything of a release, for its life.
*/}}
{{- define "CHART.releaseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "CHART.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
CHART.releaseLabels: what every object says of the release that it belongs to, less its name. A new chart
version changes them, so no pod has them.
*/}}
{{- define "CHART.releaseLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: model-serving
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
CHART.labels: the labels of every object but the pods.
*/}}
{{- define "CHART.labels" -}}
{{ include "CHART.releaseSelectorLabels" . }}
{{ include "CHART.releaseLabels" . }}
{{- end -}}
