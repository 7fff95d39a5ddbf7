{{/*
Alertmanager's containers and what they bring along.
*/}}

{{/*
monitoring.alertmanagerContainer: Alertmanager itself. Takes a scope.
*/}}
{{- define "monitoring.alertmanagerContainer" -}}
name: alertmanager
{{ include "monitoring.containerImage" (dict "context" .context "image" .values.image) }}
args:
  {{- include "monitoring.alertmanagerFlags" .context | nindent 2 }}
ports:
  - name: http
    containerPort: 9093
    protocol: TCP
  - name: cluster
    containerPort: 9094
    protocol: TCP
{{ include "monitoring.webProbes" (dict "auth" .values.auth "startupSeconds" 60) }}
{{ include "monitoring.containerLimits" (dict "context" .context "resources" .values.resources) | trim }}
volumeMounts:
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
  {{- include "monitoring.secretMounts" (dict "names" (include "monitoring.receiverSecrets" .context | fromJsonArray) "folder" "/etc/alertmanager/secrets") | nindent 2 }}
{{- end -}}

{{/*
monitoring.reloaderContainer: has Alertmanager read its configuration again when it has changed. What Alertmanager cannot
read it refuses, and goes on with the old.
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
{{ include "monitoring.containerLimits" (dict "context" $ "resources" .resources) | trim }}
{{- end }}
volumeMounts:
  - name: config
    mountPath: /etc/alertmanager/config
    readOnly: true
{{- end -}}

{{/*
monitoring.alertmanagerVolumes: configuration, logins, and room where there is no claim.
*/}}
{{- define "monitoring.alertmanagerVolumes" -}}
- name: config
  configMap:
    name: {{ include "monitoring.fullnameWithSuffix" (dict "context" . "suffix" "alertmanager") | quote }}
{{- if not .Values.alertmanager.persistence.enabled }}
{{ include "monitoring.dataVolume" .Values.alertmanager.persistence }}
{{- end }}
{{- include "monitoring.loginVolume" (dict "name" "login" "auth" .Values.alertmanager.auth) }}
{{- include "monitoring.secretVolumes" (include "monitoring.receiverSecrets" . | fromJsonArray) }}
{{- end -}}
