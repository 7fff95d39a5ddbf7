{{/*
Configuration of Grafana.
*/}}

{{/*
monitoring.grafanaIni: grafana.ini. It contains no secrets; they are read from files.
*/}}
{{- define "monitoring.grafanaIni" -}}
{{- $sections := dict -}}
{{- range $name, $settings := include "monitoring.grafanaSections" . | fromYaml -}}
{{- $_ := set $sections $name (merge (dict) (default (dict) (get $.Values.grafana.config $name)) $settings) -}}
{{- end -}}
{{- $sections = merge (dict) $sections .Values.grafana.config -}}
{{- range $name, $settings := $sections }}
[{{ $name }}]
{{- range $key, $value := $settings }}
{{- /* Without toJson, large numbers would have an exponent. */}}
{{ $key }} = {{ ternary (toJson $value) $value (kindIs "float64" $value) }}
{{- end }}
{{ end -}}
{{- end -}}

{{/*
monitoring.grafanaSections: the sections of grafana.ini that the chart sets.
*/}}
{{- define "monitoring.grafanaSections" -}}
paths:
  data: /var/lib/grafana
  logs: /tmp/grafana-logs
  plugins: /var/lib/grafana/plugins
  provisioning: /etc/grafana/provisioning
server:
  http_port: "3000"
  {{- with .Values.grafana.externalUrl }}
  root_url: {{ . | quote }}
  {{- end }}
log:
  mode: console
analytics:
  reporting_enabled: "false"
  check_for_updates: "false"
  check_for_plugin_updates: "false"
{{- with .Values.grafana.plugins }}
plugins:
  preinstall: {{ join "," . | quote }}
{{- end }}
auth.anonymous:
  enabled: "false"
users:
  allow_sign_up: "false"
security:
  {{- if .Values.grafana.admin.existingSecret }}
  admin_user: $__file{/etc/grafana-admin/username}
  admin_password: $__file{/etc/grafana-admin/password}
  {{- else }}
  admin_user: admin
  admin_password: $__file{/var/lib/grafana/admin-password}
  {{- end }}
  disable_gravatar: "true"
  {{- if hasPrefix "https://" .Values.grafana.externalUrl }}
  cookie_secure: "true"
  {{- end }}
{{- if .Values.dashboards.enabled }}
dashboards:
  default_home_dashboard_path: /etc/grafana-dashboards/overview.json
{{- end }}
{{- with .Values.grafana.oidc }}
{{- if .enabled }}
auth.generic_oauth:
  enabled: "true"
  name: {{ .name | quote }}
  client_id: {{ .clientId | quote }}
  client_secret: $__file{/etc/grafana-oidc/{{ .clientSecret.key }}}
  auth_url: {{ .authUrl | quote }}
  token_url: {{ .tokenUrl | quote }}
  {{- with .apiUrl }}
  api_url: {{ . | quote }}
  {{- end }}
  scopes: {{ join " " .scopes | quote }}
  {{- with .roleAttributePath }}
  role_attribute_path: {{ . | quote }}
  {{- end }}
  use_pkce: "true"
  allow_sign_up: "true"
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.grafanaDataSources: the provisioning file of the data sources.
*/}}
{{- define "monitoring.grafanaDataSources" -}}
apiVersion: 1
datasources:
  - name: Prometheus
    uid: prometheus
    type: prometheus
    access: proxy
    {{- $isReplaced := false }}
    {{- range .Values.grafana.extraDataSources }}
    {{- if and .isDefault (eq (default 1 .orgId | int64) 1) }}
    {{- $isReplaced = true }}
    {{- end }}
    {{- end }}
    isDefault: {{ not $isReplaced }}
    editable: false
    {{- $prometheus := dict "context" . "component" "prometheus" }}
    url: http://{{ include "monitoring.serviceHost" $prometheus }}:{{ int64 .Values.prometheus.service.port }}
    jsonData:
      httpMethod: POST
      timeInterval: {{ .Values.prometheus.scrape.interval }}
    {{- include "monitoring.grafanaLogin" (dict "auth" .Values.prometheus.auth "name" "prometheus") | nindent 4 }}
  {{- if .Values.alertmanager.enabled }}
  - name: Alertmanager
    uid: alertmanager
    type: alertmanager
    access: proxy
    editable: false
    {{- $alertmanager := dict "context" . "component" "alertmanager" }}
    url: http://{{ include "monitoring.serviceHost" $alertmanager }}:{{ int64 .Values.alertmanager.service.port }}
    jsonData:
      implementation: prometheus
    {{- include "monitoring.grafanaLogin" (dict "auth" .Values.alertmanager.auth "name" "alertmanager") | nindent 4 }}
  {{- end }}
  {{- with .Values.grafana.extraDataSources }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
monitoring.grafanaLogin: the credentials of a data source.
Takes a dict of auth and name, the directory of the files.
*/}}
{{- define "monitoring.grafanaLogin" -}}
{{- if .auth.existingSecret }}
basicAuth: true
basicAuthUser: $__file{/etc/grafana-login/{{ .name }}/username}
secureJsonData:
  basicAuthPassword: $__file{/etc/grafana-login/{{ .name }}/password}
{{- end }}
{{- end -}}

{{/*
monitoring.grafanaProviders: the provisioning file of the dashboards.
*/}}
{{- define "monitoring.grafanaProviders" -}}
apiVersion: 1
providers:
  - name: monitoring
    folder: Model serving
    type: file
    disableDeletion: true
    allowUiUpdates: false
    options:
      path: /etc/grafana-dashboards
{{- end -}}

{{/*
monitoring.dashboardNames: a list of the names of all dashboards, including the user's.
*/}}
{{- define "monitoring.dashboardNames" -}}
{{- $names := list -}}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" -}}
{{- $names = append $names (base $path | trimSuffix ".json") -}}
{{- end -}}
{{- if include "monitoring.isNamespaced" . -}}
{{- /* It shows the nodes. */ -}}
{{- $names = without $names "cluster" -}}
{{- end -}}
{{- concat $names (keys .Values.dashboards.extra) | uniq | sortAlpha | toJson -}}
{{- end -}}
