{{/*
Guards validate combinations of values, which the schema cannot. Each message names the key, the problem and the
remedy. All messages are reported together.
*/}}

{{/*
monitoring.validationErrors: the validation errors of all guards.
*/}}
{{- define "monitoring.validationErrors" -}}
{{- range list "Names" "Pods" "Mode" "Rules" "Intervals" "Storage" "Prometheus" "Alertmanager" "Routes" "Egress" "Web" "Grafana" "Dashboards" "Adapter" -}}
{{- include (printf "monitoring.guard%s" .) $ -}}
{{- end -}}
{{- end -}}

{{- define "monitoring.guardNames" -}}
{{- include "monitoring.guardFullname" . }}
{{- include "monitoring.guardCommonLabels" . }}
{{- include "monitoring.guardAnnotations" (dict "at" "commonAnnotations" "annotations" .Values.commonAnnotations) }}
{{- end -}}

{{/*
monitoring.guardMode: values that do not apply to the mode.
*/}}
{{- define "monitoring.guardMode" -}}
{{- $receivers := .Values.alertmanager.receivers }}
{{- if and $receivers (eq .Values.mode "rules-only") }}
- alertmanager.receivers: is set, but mode "rules-only" installs no Alertmanager. Remove it, or set mode to "standalone" or "operator".
{{- end }}
{{- if and $receivers (eq .Values.mode "operator") (not .Values.operator.alertmanagerConfig.enabled) }}
- alertmanager.receivers: is set, but mode "operator" ignores it while operator.alertmanagerConfig.enabled is false. Set operator.alertmanagerConfig.enabled to true, or remove the receivers.
{{- end }}
{{- if and (ne .Values.mode "standalone") .Values.adapter.enabled }}
- adapter.enabled: is true, but mode {{ .Values.mode | quote }} installs no Prometheus for it to query. Set mode to "standalone", or adapter.enabled to false.
{{- end }}
{{- range $key := list "kubeStateMetrics" "nodeExporter" }}
{{- if and (eq $.Values.mode "rules-only") (get $.Values $key).enabled }}
- {{ $key }}.enabled: is true, but mode "rules-only" installs no workloads. Set it to null, or set mode to "standalone" or "operator".
{{- end }}
{{- end }}
{{- end -}}
