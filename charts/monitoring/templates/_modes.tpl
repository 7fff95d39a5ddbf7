{{/*
Conditions of the modes. Each helper returns "true" or nothing.
*/}}

{{- define "monitoring.isStandalone" -}}
{{- if eq .Values.mode "standalone" -}}
true
{{- end -}}
{{- end -}}

{{- define "monitoring.isOperator" -}}
{{- if eq .Values.mode "operator" -}}
true
{{- end -}}
{{- end -}}

{{- define "monitoring.hasAlertmanager" -}}
{{- if and (include "monitoring.isStandalone" .) .Values.alertmanager.enabled -}}
true
{{- end -}}
{{- end -}}

{{- define "monitoring.hasGrafana" -}}
{{- if and (include "monitoring.isStandalone" .) .Values.grafana.enabled -}}
true
{{- end -}}
{{- end -}}

{{- define "monitoring.hasAdapter" -}}
{{- if and (include "monitoring.isStandalone" .) .Values.adapter.enabled -}}
true
{{- end -}}
{{- end -}}

{{- define "monitoring.hasKubeStateMetrics" -}}
{{- include "monitoring.isExporterEnabled" (dict "context" . "enabled" .Values.kubeStateMetrics.enabled) -}}
{{- end -}}

{{- define "monitoring.hasNodeExporter" -}}
{{- if not (include "monitoring.isNamespaced" .) -}}
{{- include "monitoring.isExporterEnabled" (dict "context" . "enabled" .Values.nodeExporter.enabled) -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.isExporterEnabled: whether an exporter is deployed: null deploys it in mode standalone only.
Takes a dict of context and enabled.
*/}}
{{- define "monitoring.isExporterEnabled" -}}
{{- if kindIs "invalid" .enabled -}}
{{- include "monitoring.isStandalone" .context -}}
{{- else if and .enabled (ne .context.Values.mode "rules-only") -}}
true
{{- end -}}
{{- end -}}
