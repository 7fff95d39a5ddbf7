{{/*
Container and volumes of Prometheus.
*/}}

{{/*
monitoring.prometheusPod: the pod template of Prometheus.
*/}}
{{- define "monitoring.prometheusPod" -}}
{{- $scope := dict "context" . "component" "prometheus" "values" .Values.prometheus "user" 65534 -}}
{{- /* Time to flush the in-memory data to the volume. */ -}}
{{- $settings := dict "terminationGracePeriodSeconds" 120 -}}
{{- $container := include "monitoring.prometheusContainer" $scope -}}
{{- $volumes := include "monitoring.prometheusVolumes" . -}}
{{- include "monitoring.podTemplate" (merge (dict "settings" $settings "container" $container "volumes" $volumes) $scope) -}}
{{- end -}}

{{/*
monitoring.prometheusContainer: the container of Prometheus.
Takes a scope.
*/}}
{{- define "monitoring.prometheusContainer" -}}
name: prometheus
{{ include "monitoring.containerImage" (dict "context" .context "image" .values.image) }}
args:
  {{- include "monitoring.prometheusFlags" .context | nindent 2 }}
  {{- with include "monitoring.extraArgs" . }}
  {{- . | nindent 2 }}
  {{- end }}
{{- include "monitoring.environment" (merge (dict "env" (include "monitoring.prometheusEnv" .)) .) }}
ports:
  - name: http
    containerPort: 9090
    protocol: TCP
{{- /* Replaying a large write-ahead log takes minutes. */}}
{{ include "monitoring.webProbes" (dict "auth" .values.auth "startupSeconds" 900) }}
{{ include "monitoring.containerSettings" (dict "context" .context "resources" .values.resources) | trim }}
{{- include "monitoring.volumeMounts" (merge (dict "mounts" (include "monitoring.prometheusMounts" .)) .) }}
{{- end -}}

{{/*
monitoring.prometheusEnv: the chart's environment variables of this container.
*/}}
{{- define "monitoring.prometheusEnv" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
{{- end -}}

{{/*
monitoring.prometheusMounts: the chart's volume mounts of this container.
Takes a scope.
*/}}
{{- define "monitoring.prometheusMounts" -}}
- name: config
  mountPath: /etc/prometheus/config
  readOnly: true
- name: rules
  mountPath: /etc/prometheus/rules
  readOnly: true
- name: data
  mountPath: /prometheus
{{- if .values.auth.existingSecret }}
- name: login
  mountPath: /etc/prometheus/login
  readOnly: true
{{- end }}
{{- if .context.Values.alertmanager.auth.existingSecret }}
- name: alertmanager-login
  mountPath: /etc/prometheus/alertmanager-login
  readOnly: true
{{- end }}
{{- include "monitoring.secretMounts" (dict "names" .values.secrets "directory" "/etc/prometheus/secrets") }}
{{- end -}}

{{/*
monitoring.prometheusVolumes: volumes for configuration, rules, credentials and, without a claim template, data.
*/}}
{{- define "monitoring.prometheusVolumes" -}}
- name: config
  configMap:
    name: {{ include "monitoring.fullnameWithSuffix" (dict "context" . "suffix" "prometheus") | quote }}
- name: rules
  configMap:
    name: {{ include "monitoring.fullnameWithSuffix" (dict "context" . "suffix" "rules") | quote }}
{{- include "monitoring.dataVolume" .Values.prometheus.persistence }}
{{- include "monitoring.credentialsVolume" (dict "name" "login" "auth" .Values.prometheus.auth) }}
{{- include "monitoring.credentialsVolume" (dict "name" "alertmanager-login" "auth" .Values.alertmanager.auth) }}
{{- include "monitoring.secretVolumes" .Values.prometheus.secrets }}
{{- end -}}
