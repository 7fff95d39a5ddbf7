{{/*
Guards validate combinations of values, which the schema cannot. Each message names the key, the problem and the
remedy. All messages are reported together.
*/}}

{{/*
monitoring.validationErrors: the validation errors of all guards.
*/}}
{{- define "monitoring.validationErrors" -}}
{{- range list "Names" "Scope" "Pods" "Mode" "Rules" "Intervals" "Storage" "Prometheus" "Alertmanager" "Routes" "Expressions" "Egress" "Web" "Grafana" "Dashboards" "Adapter" -}}
{{- include (printf "monitoring.guard%s" .) $ -}}
{{- end -}}
{{- end -}}

{{- define "monitoring.guardNames" -}}
{{- include "monitoring.guardFullname" . }}
{{- include "monitoring.guardCommonLabels" . }}
{{- include "monitoring.guardAnnotations" (dict "at" "commonAnnotations" "annotations" .Values.commonAnnotations) }}
{{- include "monitoring.guardPodSpec" (dict "at" "tests.podSpec" "patch" .Values.tests.podSpec "instead" dict) }}
{{- end -}}

{{/*
monitoring.guardMode: values that do not apply to the mode.
*/}}
{{- define "monitoring.guardMode" -}}
{{- include "monitoring.guardModes" (dict "context" . "key" "mode" "modes" (list .Values.mode)) }}
{{- if and .Values.alertmanager.receivers (eq .Values.mode "operator") (not .Values.operator.alertmanagerConfig.enabled) }}
- alertmanager.receivers: is set, but mode "operator" ignores it while operator.alertmanagerConfig.enabled is false. Set operator.alertmanagerConfig.enabled to true, or remove alertmanager.receivers and their names in alertmanager.route and alertmanager.routes.
{{- end }}
{{- end -}}
