{{/*
Containers and volumes of Alertmanager.
*/}}

{{/*
monitoring.alertmanagerPod: the pod template of Alertmanager.
*/}}
{{- define "monitoring.alertmanagerPod" -}}
{{- $scope := dict "context" . "component" "alertmanager" "values" .Values.alertmanager "user" 65534 -}}
{{- if .Values.alertmanager.auth.existingSecret -}}
{{- /* The reloader cannot authenticate, so a new configuration replaces the pods. */ -}}
{{- $_ := set $scope "checksums" (dict "checksum/config" (include "monitoring.alertmanagerConfig" . | sha256sum)) -}}
{{- else -}}
{{- $_ := set $scope "sidecar" (include "monitoring.reloaderContainer" .) -}}
{{- end -}}
{{- $container := include "monitoring.alertmanagerContainer" $scope -}}
{{- $volumes := include "monitoring.alertmanagerVolumes" . -}}
{{- include "monitoring.podTemplate" (merge (dict "container" $container "volumes" $volumes) $scope) -}}
{{- end -}}

{{/*
monitoring.alertmanagerContainer: the container of Alertmanager.
Takes a scope.
*/}}
{{- define "monitoring.alertmanagerContainer" -}}
name: alertmanager
{{ include "monitoring.containerImage" (dict "context" .context "image" .values.image) }}
args:
  {{- include "monitoring.alertmanagerFlags" .context | nindent 2 }}
  {{- with include "monitoring.extraArgs" . }}
  {{- . | nindent 2 }}
  {{- end }}
{{- include "monitoring.environment" . }}
ports:
  - name: http
    containerPort: 9093
    protocol: TCP
  - name: cluster
    containerPort: 9094
    protocol: TCP
{{ include "monitoring.webProbes" (dict "auth" .values.auth "startupSeconds" 60) }}
{{ include "monitoring.containerSettings" (dict "context" .context "resources" .values.resources) | trim }}
{{- include "monitoring.volumeMounts" (merge (dict "mounts" (include "monitoring.alertmanagerMounts" .)) .) }}
{{- end -}}

{{/*
monitoring.alertmanagerMounts: the chart's volume mounts of this container.
Takes a scope.
*/}}
{{- define "monitoring.alertmanagerMounts" -}}
- name: config
  mountPath: /etc/alertmanager/config
  readOnly: true
- name: data
  mountPath: /alertmanager
{{- if .values.auth.existingSecret }}
- name: login
  mountPath: /etc/alertmanager/login
  readOnly: true
{{- end }}
{{- include "monitoring.secretMounts" (dict "names" (include "monitoring.receiverSecrets" .context | fromJsonArray) "directory" "/etc/alertmanager/secrets") }}
{{- end -}}

{{/*
monitoring.reloaderContainer: a sidecar that makes Alertmanager reload its configuration after a change. Alertmanager
rejects an invalid configuration and keeps the current one.
*/}}
{{- define "monitoring.reloaderContainer" -}}
{{- with .Values.alertmanager.reloader -}}
name: reloader
{{ include "monitoring.containerImage" (dict "context" $ "image" .image) }}
args:
  - --config-file=/etc/alertmanager/config/alertmanager.yml
  - --watched-dir=/etc/alertmanager/config
  - --reload-url=http://127.0.0.1:9093/-/reload
  - --watch-interval=30s
  - --listen-address=:8080
ports:
  - name: reloader
    containerPort: 8080
    protocol: TCP
{{ include "monitoring.containerSettings" (dict "context" $ "resources" .resources) | trim }}
{{- end }}
volumeMounts:
  - name: config
    mountPath: /etc/alertmanager/config
    readOnly: true
{{- end -}}

{{/*
monitoring.alertmanagerVolumes: volumes for configuration, credentials and, without a claim template, data.
*/}}
{{- define "monitoring.alertmanagerVolumes" -}}
- name: config
  configMap:
    name: {{ include "monitoring.fullnameWithSuffix" (dict "context" . "suffix" "alertmanager") | quote }}
{{- include "monitoring.dataVolume" .Values.alertmanager.persistence }}
{{- include "monitoring.credentialsVolume" (dict "name" "login" "auth" .Values.alertmanager.auth) }}
{{- include "monitoring.secretVolumes" (include "monitoring.receiverSecrets" . | fromJsonArray) }}
{{- end -}}
