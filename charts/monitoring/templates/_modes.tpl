{{/*
What is rendered in which mode. Each answers "true" or nothing.
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
{{- include "monitoring.isWanted" (dict "context" . "enabled" .Values.kubeStateMetrics.enabled) -}}
{{- end -}}

{{- define "monitoring.hasNodeExporter" -}}
{{- include "monitoring.isWanted" (dict "context" . "enabled" .Values.nodeExporter.enabled) -}}
{{- end -}}

{{/*
monitoring.isWanted: what is said; where nothing is, whether the mode is standalone. Takes a dict of context and enabled.
*/}}
{{- define "monitoring.isWanted" -}}
{{- if kindIs "invalid" .enabled -}}
{{- include "monitoring.isStandalone" .context -}}
{{- else if and .enabled (ne .context.Values.mode "rules-only") -}}
true
{{- end -}}
{{- end -}}
