{{/*
Alertmanager's configuration. What is secret is read from files: it is in no ConfigMap and on no command line.
*/}}

{{/*
monitoring.alertmanagerConfig: alertmanager.yml.
*/}}
{{- define "monitoring.alertmanagerConfig" -}}
{{- $alertmanager := .Values.alertmanager -}}
route:
  receiver: {{ default "nobody" $alertmanager.route.receiver | quote }}
  group_by: {{ toJson $alertmanager.route.groupBy }}
  group_wait: {{ $alertmanager.route.groupWait }}
  group_interval: {{ $alertmanager.route.groupInterval }}
  repeat_interval: {{ $alertmanager.route.repeatInterval }}
  routes:
    # It always fires; where somebody waits for it, silence means that alerting is broken.
    - receiver: {{ default "nobody" $alertmanager.deadMansSwitchReceiver | quote }}
      matchers: ['alertname = "Watchdog"']
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 1m
    {{- range $alertmanager.routes }}
    - receiver: {{ .receiver | quote }}
      matchers:
        {{- toYaml .matchers | nindent 8 }}
      {{- with .continue }}
      continue: {{ . }}
      {{- end }}
      {{- with .groupWait }}
      group_wait: {{ . }}
      {{- end }}
      {{- with .groupInterval }}
      group_interval: {{ . }}
      {{- end }}
      {{- with .repeatInterval }}
      repeat_interval: {{ . }}
      {{- end }}
    {{- end }}
inhibit_rules:
  {{- include "monitoring.inhibitions" . | nindent 2 }}
templates:
  - /etc/alertmanager/config/*.tmpl
receivers:
  - name: nobody
  {{- range $alertmanager.receivers }}
  - {{ include "monitoring.receiver" . | nindent 4 | trim }}
  {{- end }}
{{- end -}}

{{/*
monitoring.inhibitions: what need not be said beside something worse.
*/}}
{{- define "monitoring.inhibitions" -}}
- source_matchers: ['severity = "critical"']
  target_matchers: ['severity =~ "warning|info"']
  equal: [alertname, namespace, model, node, pod]
# A node that is gone takes what runs on it along.
- source_matchers: ['alertname = "NodeNotReady"']
  target_matchers: ['alertname =~ "PodNotReady|ModelNotLoaded|TargetDown|ExporterMissing"']
  equal: [node]
{{- end -}}

{{/*
monitoring.receiver: one receiver. Takes its values.
*/}}
{{- define "monitoring.receiver" -}}
name: {{ .name | quote }}
{{- with .webhook }}
webhook_configs:
  {{- range . }}
  - send_resolved: {{ include "monitoring.orTrue" .sendResolved }}
    {{- if .url }}
    url: {{ .url | quote }}
    {{- else }}
    url_file: {{ include "monitoring.secretFile" .urlSecret }}
    {{- end }}
    {{- with .bearerTokenSecret }}
    http_config:
      authorization:
        credentials_file: {{ include "monitoring.secretFile" . }}
    {{- end }}
  {{- end }}
{{- end }}
{{- with .slack }}
slack_configs:
  {{- range . }}
  - send_resolved: {{ include "monitoring.orTrue" .sendResolved }}
    channel: {{ .channel | quote }}
    api_url_file: {{ include "monitoring.secretFile" .urlSecret }}
    title: '{{ `{{ template "monitoring.title" . }}` }}'
    text: '{{ `{{ template "monitoring.text" . }}` }}'
  {{- end }}
{{- end }}
{{- with .email }}
email_configs:
  {{- range . }}
  - send_resolved: {{ default false .sendResolved }}
    to: {{ .to | quote }}
    from: {{ .from | quote }}
    smarthost: {{ .smarthost | quote }}
    require_tls: {{ include "monitoring.orTrue" .requireTLS }}
    {{- with .username }}
    auth_username: {{ . | quote }}
    {{- end }}
    {{- with .passwordSecret }}
    auth_password_file: {{ include "monitoring.secretFile" . }}
    {{- end }}
    headers:
      Subject: '{{ `{{ template "monitoring.title" . }}` }}'
    text: '{{ `{{ template "monitoring.text" . }}` }}'
  {{- end }}
{{- end }}
{{- with .pagerduty }}
pagerduty_configs:
  {{- range . }}
  - send_resolved: {{ include "monitoring.orTrue" .sendResolved }}
    routing_key_file: {{ include "monitoring.secretFile" .routingKeySecret }}
    description: '{{ `{{ template "monitoring.title" . }}` }}'
  {{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.orTrue: what is said, else true.
*/}}
{{- define "monitoring.orTrue" -}}
{{- ternary true . (kindIs "invalid" .) -}}
{{- end -}}

{{/*
monitoring.secretFile: where a key of a Secret lies in Alertmanager's pods. Takes a dict of name and key.
*/}}
{{- define "monitoring.secretFile" -}}
{{- printf "/etc/alertmanager/secrets/%s/%s" .name .key | quote -}}
{{- end -}}

{{/*
monitoring.receiverSecrets: the names of all Secrets that receivers read, as a list.
*/}}
{{- define "monitoring.receiverSecrets" -}}
{{- $names := list -}}
{{- range .Values.alertmanager.receivers -}}
{{- range .webhook -}}
{{- range list .urlSecret .bearerTokenSecret | compact -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- end -}}
{{- range .slack -}}
{{- with .urlSecret -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- end -}}
{{- range .email -}}
{{- with .passwordSecret -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- end -}}
{{- range .pagerduty -}}
{{- with .routingKeySecret -}}
{{- $names = append $names .name -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/*
monitoring.alertmanagerFlags: the command line.
*/}}
{{- define "monitoring.alertmanagerFlags" -}}
{{- $scope := dict "context" . "component" "alertmanager" -}}
{{- with .Values.alertmanager -}}
- --config.file=/etc/alertmanager/config/alertmanager.yml
- --storage.path=/alertmanager
- --web.listen-address=:9093
{{- if .externalUrl }}
- {{ printf "--web.external-url=%s" .externalUrl | quote }}
- --web.route-prefix=/
{{- end }}
{{- if .auth.existingSecret }}
- --web.config.file=/etc/alertmanager/login/web.yml
{{- end }}
{{- if gt (int64 .replicaCount) 1 }}
- --cluster.listen-address=0.0.0.0:9094
{{- range $number, $_ := until (int .replicaCount) }}
- --cluster.peer={{ include "monitoring.componentName" $scope }}-{{ $number }}.{{ include "monitoring.peersName" $ }}:9094
{{- end }}
{{- else }}
- --cluster.listen-address=
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.peersName: the Service by which the pods of Alertmanager find each other.
*/}}
{{- define "monitoring.peersName" -}}
{{- include "monitoring.fullnameWithSuffix" (dict "context" . "suffix" "alertmanager-peers") -}}
{{- end -}}
