{{/*
Warnings about valid values with surprising consequences. NOTES.txt prints them.
*/}}

{{- define "monitoring.warnings" -}}
{{- if include "monitoring.isStandalone" . }}
{{- if not .Values.alertmanager.enabled }}
{{- if not .Values.prometheus.externalAlertmanagers }}
WARNING: alertmanager.enabled is false and prometheus.externalAlertmanagers is empty: alerts fire, but no notifications are sent.
{{- end }}
{{- else if not .Values.alertmanager.receivers }}
WARNING: alertmanager.receivers is empty: alerts fire, but no notifications are sent.
{{- else if not .Values.alertmanager.deadMansSwitchReceiver }}
WARNING: alertmanager.deadMansSwitchReceiver is empty: an outage of Prometheus or Alertmanager goes unnoticed.
{{- end }}
{{- if and .Values.alertmanager.receivers (not .Values.alertmanager.route.receiver) }}
WARNING: alertmanager.route.receiver is empty: alerts that match no entry of alertmanager.routes are dropped.
{{- end }}
{{- if and .Values.alertmanager.receivers (not (contains "://" .Values.runbookUrl)) }}
WARNING: runbookUrl {{ .Values.runbookUrl }} is not a URL, so the runbook links in notifications do not work. Set it to the URL at which docs/runbooks is published.
{{- end }}
{{- if not (include "monitoring.hasKubeStateMetrics" .) }}
WARNING: kubeStateMetrics.enabled is false: without kube-state-metrics, alerts on nodes, pods and Deployments cannot fire.
{{- end }}
{{- range $name := list "prometheus" "alertmanager" "grafana" }}
{{- if and (not (get $.Values $name).persistence.enabled) (or (eq $name "prometheus") (get $.Values $name).enabled) }}
WARNING: {{ $name }}.persistence.enabled is false: the data of {{ title $name }} is lost with its pod.
{{- end }}
{{- end }}
{{- if and .Values.nodeExporter.hostNetwork (include "monitoring.hasNodeExporter" .) }}
WARNING: nodeExporter.hostNetwork is true: every client that reaches a node can read its metrics at port {{ int64 .Values.nodeExporter.port }}.
{{- end }}
{{- end }}
{{- end -}}
