{{/*
Prometheus' configuration.
*/}}

{{/*
monitoring.prometheusConfig: prometheus.yml. It holds no secret: logins are in files.
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
  # The label that tells the replicas apart would make one alert two.
  alert_relabel_configs:
    - action: labeldrop
      regex: prometheus_replica
  {{- end }}
  alertmanagers:
    - kubernetes_sd_configs:
        {{- include "monitoring.ownPods" (dict "context" . "component" "alertmanager") | nindent 8 }}
      relabel_configs:
        {{- include "monitoring.keepPort" "http" | nindent 8 }}
        {{- include "monitoring.dropEnded" . | nindent 8 }}
      {{- include "monitoring.loginOf" (dict "auth" .Values.alertmanager.auth "folder" "/etc/prometheus/alertmanager-login") | nindent 6 }}
{{- with $prometheus.remoteWrite }}
remote_write:
  {{- toYaml . | nindent 2 }}
{{- end }}
scrape_configs:
  {{- include "monitoring.scrapeModels" . | nindent 2 }}
  {{- include "monitoring.scrapeNodes" . | nindent 2 }}
  {{- include "monitoring.scrapeOwn" . | nindent 2 }}
  {{- if $prometheus.scrape.annotatedPods }}
  {{- include "monitoring.scrapeAnnotated" . | nindent 2 }}
  {{- end }}
  {{- with $prometheus.extraScrapeConfigs }}
  {{- include "monitoring.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
monitoring.externalLabels: the user's, and what tells the replicas apart; Prometheus reads the name from its environment.
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
monitoring.loginOf: the files of a login, if there is one. Takes a dict of auth and folder.
*/}}
{{- define "monitoring.loginOf" -}}
{{- if .auth.existingSecret }}
basic_auth:
  username_file: {{ .folder }}/username
  password_file: {{ .folder }}/password
{{- end }}
{{- end -}}

{{/*
monitoring.prometheusFlags: the command line.
*/}}
{{- define "monitoring.prometheusFlags" -}}
{{- with .Values.prometheus -}}
- --config.file=/etc/prometheus/config/prometheus.yml
- --storage.tsdb.path=/prometheus
- --storage.tsdb.retention.time={{ .retention.time }}
- --storage.tsdb.retention.size={{ .retention.size }}
- --web.listen-address=:9090
{{- /* Read again when a file has changed; what cannot be read is refused, and the old goes on. */}}
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
