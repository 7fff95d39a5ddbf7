{{/*
Warnings: what works, and may surprise. Shown by NOTES.txt.
*/}}

{{- define "monitoring.warnings" -}}
{{- if include "monitoring.isStandalone" . }}
{{- if not .Values.alertmanager.receivers }}
WARNING: alertmanager.receivers is empty: alerts fire, and nobody is told.
{{- else if not .Values.alertmanager.deadMansSwitchReceiver }}
WARNING: alertmanager.deadMansSwitchReceiver is empty: if Prometheus or Alertmanager stops, nobody is told.
{{- end }}
{{- if and .Values.alertmanager.receivers (not .Values.alertmanager.route.receiver) }}
WARNING: alertmanager.route.receiver is empty: of alerts that no entry of alertmanager.routes takes, nobody is told.
{{- end }}
{{- if and .Values.alertmanager.receivers (not (contains "://" .Values.runbookUrl)) }}
WARNING: runbookUrl {{ .Values.runbookUrl }} is no address: whoever is told of an alert cannot follow it. Name where docs/runbooks can be read.
{{- end }}
{{- if not (include "monitoring.hasKubeStateMetrics" .) }}
WARNING: kubeStateMetrics.enabled is false: without kube-state-metrics, alerts on nodes, pods and Deployments stay silent.
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
