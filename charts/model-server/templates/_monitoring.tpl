{{/*
How Prometheus reads the pods' metrics.
*/}}

{{/*
model-server.scrape: the part that a PodMonitor and a ServiceMonitor share.
Takes the monitor's values.
*/}}
{{- define "model-server.scrape" -}}
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
