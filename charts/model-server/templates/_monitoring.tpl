{{/*
How Prometheus reads the pods' metrics.
*/}}

{{/*
model-server.monitorLabels: a monitor's own labels, and those of every object where it has none of that name.
Takes a dict of context and monitor, the monitor's values.
*/}}
{{- define "model-server.monitorLabels" -}}
{{- merge (dict) .monitor.labels (include "model-server.labels" .context | fromYaml) | toYaml -}}
{{- end -}}

{{/*
model-server.scrapeEndpoint: the part that a PodMonitor and a ServiceMonitor share.
Takes the monitor's values.
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
