{{/*
CHART.releaseSelectorLabels: the labels that select all objects of a release, which never change.
*/}}
{{- define "CHART.releaseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "CHART.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
CHART.releaseLabels: the common labels without the selector labels. They change with the chart version, so no pod has
them.
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
CHART.labels: the labels of every object except pods.
*/}}
{{- define "CHART.labels" -}}
{{ include "CHART.releaseSelectorLabels" . }}
{{ include "CHART.releaseLabels" . }}
{{- end -}}

{{/*
CHART.annotations: the annotations of an object, and those of all objects.
Takes a dict of context and, optionally, annotations.
*/}}
{{- define "CHART.annotations" -}}
{{- with merge (dict) (default (dict) .annotations) .context.Values.commonAnnotations -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
