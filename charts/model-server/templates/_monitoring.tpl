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
