{{/*
Warnings: what works, and may surprise. Shown by NOTES.txt.
*/}}

{{- define "monitoring.warnings" -}}
{{- if include "monitoring.isStandalone" . }}
{{- if not .Values.alertmanager.receivers }}
WARNING: alertmanager.receivers is empty: alerts fire, and nobody is told.
{{- else if not .Values.alertmanager.watchdogReceiver }}
WARNING: alertmanager.watchdogReceiver is empty: if Prometheus or Alertmanager stops, nobody is told.
{{- end }}
{{- range $name := list "prometheus" "alertmanager" "grafana" }}
{{- if and (not (get $.Values $name).persistence.enabled) (or (ne $name "grafana") $.Values.grafana.enabled) }}
WARNING: {{ $name }}.persistence.enabled is false: what {{ title $name }} knows is gone with its pod.
{{- end }}
{{- end }}
{{- if and .Values.nodeExporter.hostNetwork (include "monitoring.hasNodeExporter" .) }}
WARNING: nodeExporter.hostNetwork is true: whoever reaches a node reads its figures at port {{ int64 .Values.nodeExporter.port }}.
{{- end }}
{{- end }}
{{- end -}}
