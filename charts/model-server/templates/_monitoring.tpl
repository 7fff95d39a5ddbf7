{{/*
PodMonitor and ServiceMonitor.
*/}}

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
  {{- include "model-server.relabelings" . | trim | nindent 2 }}
{{- end }}
{{- with .metricRelabelings }}
metricRelabelings:
  {{- include "model-server.relabelings" . | trim | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.relabelings: relabeling rules with their defaults.
Takes a list of RelabelConfig.
*/}}
{{- define "model-server.relabelings" -}}
{{- include "model-server.withDefaults" (dict "items" . "defaults" (dict "action" "replace")) -}}
{{- end -}}
