{{/*
PodMonitor and ServiceMonitor.
*/}}

{{/*
model-server.monitorLabels: the common labels, overridden by the labels of a monitor.
Takes a dict of context and monitor, the values of the monitor.
*/}}
{{- define "model-server.monitorLabels" -}}
{{- merge (dict) .monitor.labels (include "model-server.labels" .context | fromYaml) | toYaml -}}
{{- end -}}

{{/*
model-server.scrapeEndpoint: the endpoint settings that PodMonitor and ServiceMonitor have in common.
Takes the values of the monitor.
*/}}
{{- define "model-server.scrapeEndpoint" -}}
path: /metrics
{{- with .interval }}
interval: {{ . }}
{{- end }}
{{- with .scrapeTimeout }}
scrapeTimeout: {{ . }}
{{- end }}
{{- with .relabelings }}
relabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
