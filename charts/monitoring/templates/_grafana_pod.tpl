{{/*
Containers and volumes of Grafana.
*/}}

{{/*
monitoring.grafanaPod: the pod template of Grafana.
*/}}
{{- define "monitoring.grafanaPod" -}}
{{- $config := printf "%s%s" (include "monitoring.grafanaIni" .) (include "monitoring.grafanaDataSources" .) | sha256sum -}}
{{- $scope := dict "context" . "component" "grafana" "values" .Values.grafana "user" 472 "checksums" (dict "checksum/config" $config) -}}
{{- if not .Values.grafana.admin.existingSecret -}}
{{- $_ := set $scope "initContainer" (include "monitoring.passwordContainer" $scope) -}}
{{- end -}}
{{- $container := include "monitoring.grafanaContainer" $scope -}}
{{- $volumes := include "monitoring.grafanaVolumes" $scope -}}
{{- include "monitoring.podTemplate" (merge (dict "container" $container "volumes" $volumes) $scope) -}}
{{- end -}}

{{/*
monitoring.grafanaContainer: the container of Grafana.
Takes a scope.
*/}}
{{- define "monitoring.grafanaContainer" -}}
name: grafana
{{ include "monitoring.containerImage" (dict "context" .context "image" .values.image) }}
{{- with include "monitoring.extraArgs" . }}
args:
  {{- . | nindent 2 }}
{{- end }}
{{- include "monitoring.environment" (merge (dict "env" (include "monitoring.grafanaEnv" .)) .) }}
ports:
  - name: http
    containerPort: 3000
    protocol: TCP
startupProbe:
  httpGet: {path: /api/health, port: http, scheme: HTTP}
  periodSeconds: 5
  failureThreshold: 36
livenessProbe:
  httpGet: {path: /api/health, port: http, scheme: HTTP}
  periodSeconds: 15
  timeoutSeconds: 10
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /api/health, port: http, scheme: HTTP}
  periodSeconds: 5
  timeoutSeconds: 4
{{ include "monitoring.containerSettings" (dict "context" .context "resources" .values.resources) | trim }}
{{- include "monitoring.volumeMounts" (merge (dict "mounts" (include "monitoring.grafanaMounts" .)) .) }}
{{- end -}}

{{/*
monitoring.grafanaEnv: the chart's environment variables of this container.
*/}}
{{- define "monitoring.grafanaEnv" -}}
- name: GF_PATHS_CONFIG
  value: /etc/grafana/grafana.ini
{{- end -}}

{{/*
monitoring.grafanaMounts: the chart's volume mounts of this container.
Takes a scope.
*/}}
{{- define "monitoring.grafanaMounts" -}}
- name: config
  mountPath: /etc/grafana
  readOnly: true
{{- if .context.Values.dashboards.enabled }}
- name: dashboards
  mountPath: /etc/grafana-dashboards
  readOnly: true
{{- end }}
- name: data
  mountPath: /var/lib/grafana
- name: tmp
  mountPath: /tmp
{{- with .values.admin.existingSecret }}
- name: admin
  mountPath: /etc/grafana-admin
  readOnly: true
{{- end }}
{{- if .values.oidc.enabled }}
- name: oidc
  mountPath: /etc/grafana-oidc
  readOnly: true
{{- end }}
{{- range $name := list "prometheus" "alertmanager" }}
{{- if (get $.context.Values $name).auth.existingSecret }}
- name: {{ $name }}-login
  mountPath: /etc/grafana-login/{{ $name }}
  readOnly: true
{{- end }}
{{- end }}
{{- include "monitoring.secretMounts" (dict "names" .values.secrets "directory" "/etc/grafana-secrets") }}
{{- end -}}

{{/*
monitoring.passwordContainer: an init container that generates the administrator's password on a new volume. The
password never leaves the volume: no release and no Secret contains it, and no account needs permission to write
Secrets.
Takes a scope.
*/}}
{{- define "monitoring.passwordContainer" -}}
name: make-password
{{ include "monitoring.containerImage" (dict "context" .context "image" .values.image) }}
command: [sh, -euc]
args:
  - |
    {{- .context.Files.Get "files/make-password.sh" | nindent 4 }}
{{ include "monitoring.containerSettings" (dict "context" .context "resources" .values.resources) | trim }}
volumeMounts:
  - name: data
    mountPath: /var/lib/grafana
{{- end -}}

{{/*
monitoring.grafanaVolumes: volumes for configuration, dashboards, credentials and, without a claim template, data.
Takes a scope.
*/}}
{{- define "monitoring.grafanaVolumes" -}}
- name: config
  configMap:
    name: {{ include "monitoring.componentName" . | quote }}
    items:
      - {key: grafana.ini, path: grafana.ini}
      - {key: datasources.yaml, path: provisioning/datasources/monitoring.yaml}
      - {key: dashboards.yaml, path: provisioning/dashboards/monitoring.yaml}
{{- if .context.Values.dashboards.enabled }}
- name: dashboards
  projected:
    sources:
      {{- range include "monitoring.dashboardNames" .context | fromJsonArray }}
      - configMap:
          name: {{ include "monitoring.fullnameWithSuffix" (dict "context" $.context "suffix" (printf "dashboard-%s" .)) | quote }}
      {{- end }}
{{- end }}
- name: tmp
  emptyDir:
    sizeLimit: 256Mi
{{- include "monitoring.dataVolume" .values.persistence }}
{{- include "monitoring.credentialsVolume" (dict "name" "admin" "auth" .values.admin) }}
{{- if .values.oidc.enabled }}
- name: oidc
  secret:
    secretName: {{ .values.oidc.clientSecret.name | quote }}
    defaultMode: 0440
{{- end }}
{{- include "monitoring.credentialsVolume" (dict "name" "prometheus-login" "auth" .context.Values.prometheus.auth) }}
{{- include "monitoring.credentialsVolume" (dict "name" "alertmanager-login" "auth" .context.Values.alertmanager.auth) }}
{{- include "monitoring.secretVolumes" .values.secrets }}
{{- end -}}
