{{/*
Configuration of Prometheus.
*/}}

{{/*
monitoring.prometheusConfig: prometheus.yml. It contains no secrets; credentials are read from files.
*/}}
{{- define "monitoring.prometheusConfig" -}}
{{- $prometheus := .Values.prometheus -}}
global:
  scrape_interval: {{ $prometheus.scrape.interval }}
  scrape_timeout: {{ $prometheus.scrape.timeout }}
  evaluation_interval: {{ $prometheus.evaluationInterval }}
  {{- with $prometheus.scrape.sampleLimit }}
  sample_limit: {{ int64 . }}
  {{- end }}
  {{- with include "monitoring.externalLabels" . | fromYaml }}
  external_labels:
    {{- toYaml . | nindent 4 }}
  {{- end }}
rule_files:
  - /etc/prometheus/rules/*.yaml
alerting:
  {{- if gt (int64 $prometheus.replicaCount) 1 }}
  # With the label that distinguishes the replicas, each alert would exist once per replica.
  alert_relabel_configs:
    - action: labeldrop
      regex: prometheus_replica
  {{- end }}
  alertmanagers:
    {{- if include "monitoring.hasAlertmanager" . }}
    - kubernetes_sd_configs:
        {{- include "monitoring.podDiscovery" (dict "context" . "component" "alertmanager") | nindent 8 }}
      relabel_configs:
        {{- include "monitoring.keepContainerPort" "http" | nindent 8 }}
        {{- include "monitoring.dropInactivePods" . | nindent 8 }}
      {{- include "monitoring.basicAuth" (dict "auth" .Values.alertmanager.auth "directory" "/etc/prometheus/alertmanager-login") | nindent 6 }}
    {{- end }}
    {{- with $prometheus.externalAlertmanagers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- if not (or (include "monitoring.hasAlertmanager" .) $prometheus.externalAlertmanagers) }} []
    {{- end }}
{{- with $prometheus.remoteWrite }}
remote_write:
  {{- toYaml . | nindent 2 }}
{{- end }}
scrape_configs:
  {{- include "monitoring.scrapeModels" . | nindent 2 }}
  {{- if not (include "monitoring.isNamespaced" .) }}
  {{- include "monitoring.scrapeKubelets" . | nindent 2 }}
  {{- end }}
  {{- include "monitoring.scrapeComponents" . | nindent 2 }}
  {{- if $prometheus.scrape.annotatedPods }}
  {{- include "monitoring.scrapeAnnotated" . | nindent 2 }}
  {{- end }}
  {{- with $prometheus.extraScrapeConfigs }}
  {{- include "monitoring.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
monitoring.externalLabels: the user's external labels and, with several replicas, a label that distinguishes them.
Prometheus expands POD_NAME from its environment.
*/}}
{{- define "monitoring.externalLabels" -}}
{{- with .Values.prometheus.externalLabels -}}
{{ toYaml . }}
{{- end }}
{{- if gt (int64 .Values.prometheus.replicaCount) 1 }}
prometheus_replica: ${POD_NAME}
{{- end }}
{{- end -}}

{{/*
monitoring.basicAuth: the basic_auth of a client, if credentials are set.
Takes a dict of auth and directory.
*/}}
{{- define "monitoring.basicAuth" -}}
{{- if .auth.existingSecret }}
basic_auth:
  username_file: {{ .directory }}/username
  password_file: {{ .directory }}/password
{{- end }}
{{- end -}}

{{/*
monitoring.prometheusFlags: the command line of Prometheus.
*/}}
{{- define "monitoring.prometheusFlags" -}}
{{- with .Values.prometheus -}}
- --config.file=/etc/prometheus/config/prometheus.yml
- --storage.tsdb.path=/prometheus
- --storage.tsdb.retention.time={{ .retention.time }}
- --storage.tsdb.retention.size={{ .retention.size }}
- --web.listen-address=:9090
{{- /* Reloads changed files. Prometheus rejects an invalid configuration and keeps the current one. */}}
- --config.auto-reload
- --config.auto-reload-interval=10s
{{- if .externalUrl }}
- {{ printf "--web.external-url=%s" .externalUrl | quote }}
- --web.route-prefix=/
{{- end }}
{{- if .auth.existingSecret }}
- --web.config.file=/etc/prometheus/login/web.yml
{{- end }}
{{- end }}
{{- end -}}
