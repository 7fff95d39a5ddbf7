{{/*
Configuration of Alertmanager. Secrets are read from files, so that no ConfigMap and no command line contains them.
*/}}

{{/*
monitoring.alertmanagerConfig: alertmanager.yml.
*/}}
{{- define "monitoring.alertmanagerConfig" -}}
{{- $alertmanager := .Values.alertmanager -}}
route:
  receiver: {{ default (include "monitoring.nullReceiver" .) $alertmanager.route.receiver | quote }}
  group_by: {{ toJson $alertmanager.route.groupBy }}
  group_wait: {{ $alertmanager.route.groupWait }}
  group_interval: {{ $alertmanager.route.groupInterval }}
  repeat_interval: {{ $alertmanager.route.repeatInterval }}
  routes:
    # Watchdog always fires: a dead man's switch raises an alarm when it stops.
    - receiver: {{ default (include "monitoring.nullReceiver" .) $alertmanager.deadMansSwitchReceiver | quote }}
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
  {{- include "monitoring.inhibitRules" . | nindent 2 }}
templates:
  - /etc/alertmanager/config/*.tmpl
receivers:
  - name: {{ include "monitoring.nullReceiver" . }}
  {{- range $alertmanager.receivers }}
  - {{ include "monitoring.receiver" . | nindent 4 | trim }}
  {{- end }}
{{- end -}}

{{/*
monitoring.nullReceiver: the name of the receiver without integrations.
*/}}
{{- define "monitoring.nullReceiver" -}}
nobody
{{- end -}}

{{/*
monitoring.inhibitRules: inhibition rules: alerts that a more severe alert makes redundant.
*/}}
{{- define "monitoring.inhibitRules" -}}
- source_matchers: ['severity = "critical"']
  target_matchers: ['severity =~ "warning|info"']
  equal: [alertname, namespace, model, node, pod]
# A node that is not ready explains the alerts on its pods.
- source_matchers: ['alertname = "NodeNotReady"']
  target_matchers: ['alertname =~ "PodNotReady|ModelNotLoaded|TargetDown|ExporterMissing"']
  equal: [node]
{{- end -}}

{{/*
monitoring.receiver: a receiver in alertmanager.yml.
Takes its values.
*/}}
{{- define "monitoring.receiver" -}}
name: {{ .name | quote }}
{{- with .webhook }}
webhook_configs:
  {{- range . }}
  - send_resolved: {{ include "monitoring.defaultTrue" .sendResolved }}
    {{- if .url }}
    url: {{ .url | quote }}
    {{- else }}
    url_file: {{ include "monitoring.secretFilePath" .urlSecret }}
    {{- end }}
    {{- with .bearerTokenSecret }}
    http_config:
      authorization:
        credentials_file: {{ include "monitoring.secretFilePath" . }}
    {{- end }}
  {{- end }}
{{- end }}
{{- with .slack }}
slack_configs:
  {{- range . }}
  - send_resolved: {{ include "monitoring.defaultTrue" .sendResolved }}
    channel: {{ .channel | quote }}
    api_url_file: {{ include "monitoring.secretFilePath" .urlSecret }}
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
    require_tls: {{ include "monitoring.defaultTrue" .requireTLS }}
    {{- with .username }}
    auth_username: {{ . | quote }}
    {{- end }}
    {{- with .passwordSecret }}
    auth_password_file: {{ include "monitoring.secretFilePath" . }}
    {{- end }}
    headers:
      Subject: '{{ `{{ template "monitoring.title" . }}` }}'
    text: '{{ `{{ template "monitoring.text" . }}` }}'
  {{- end }}
{{- end }}
{{- with .pagerduty }}
pagerduty_configs:
  {{- range . }}
  - send_resolved: {{ include "monitoring.defaultTrue" .sendResolved }}
    routing_key_file: {{ include "monitoring.secretFilePath" .routingKeySecret }}
    description: '{{ `{{ template "monitoring.title" . }}` }}'
  {{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.defaultTrue: the value, or true if it is not set.
*/}}
{{- define "monitoring.defaultTrue" -}}
{{- ternary true . (kindIs "invalid" .) -}}
{{- end -}}

{{/*
monitoring.secretFilePath: the path of a Secret's key in Alertmanager's pods.
Takes a dict of name and key.
*/}}
{{- define "monitoring.secretFilePath" -}}
{{- printf "/etc/alertmanager/secrets/%s/%s" .name .key | quote -}}
{{- end -}}

{{/*
monitoring.receiverSecrets: a list of the Secrets that receivers refer to.
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
monitoring.alertmanagerFlags: the command line of Alertmanager.
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
- --cluster.peer={{ include "monitoring.componentName" $scope }}-{{ $number }}.{{ include "monitoring.peersServiceName" $ }}:9094
{{- end }}
{{- else }}
- --cluster.listen-address=
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.peersServiceName: the headless Service through which the replicas of Alertmanager find each other.
*/}}
{{- define "monitoring.peersServiceName" -}}
{{- include "monitoring.fullnameWithSuffix" (dict "context" . "suffix" "alertmanager-peers") -}}
{{- end -}}
