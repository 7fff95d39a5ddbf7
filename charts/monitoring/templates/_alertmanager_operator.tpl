{{/*
The receivers and routes as a custom resource of the Prometheus operator.
*/}}

{{/*
monitoring.alertmanagerConfigSpec: the spec of an AlertmanagerConfig.
*/}}
{{- define "monitoring.alertmanagerConfigSpec" -}}
{{- $alertmanager := .Values.alertmanager -}}
route:
  receiver: {{ default (include "monitoring.nullReceiver" .) $alertmanager.route.receiver | quote }}
  groupBy: {{ toJson $alertmanager.route.groupBy }}
  groupWait: {{ $alertmanager.route.groupWait }}
  groupInterval: {{ $alertmanager.route.groupInterval }}
  repeatInterval: {{ $alertmanager.route.repeatInterval }}
  routes:
    - receiver: {{ default (include "monitoring.nullReceiver" .) $alertmanager.deadMansSwitchReceiver | quote }}
      matchers:
        - {name: alertname, value: Watchdog, matchType: "="}
      groupInterval: 1m
      repeatInterval: 1m
    {{- range $alertmanager.routes }}
    - receiver: {{ .receiver | quote }}
      matchers:
        {{- range .matchers }}
        - {{ include "monitoring.alertmanagerConfigMatcher" . }}
        {{- end }}
      {{- with .continue }}
      continue: {{ . }}
      {{- end }}
      {{- with .groupWait }}
      groupWait: {{ . }}
      {{- end }}
      {{- with .groupInterval }}
      groupInterval: {{ . }}
      {{- end }}
      {{- with .repeatInterval }}
      repeatInterval: {{ . }}
      {{- end }}
    {{- end }}
inhibitRules:
  - sourceMatch:
      - {name: severity, value: critical, matchType: "="}
    targetMatch:
      - {name: severity, value: warning|info, matchType: "=~"}
    equal: [alertname, namespace, model, node, pod]
  - sourceMatch:
      - {name: alertname, value: NodeNotReady, matchType: "="}
    targetMatch:
      - {name: alertname, value: PodNotReady|ModelNotLoaded|TargetDown|ExporterMissing, matchType: "=~"}
    equal: [node]
receivers:
  - name: {{ include "monitoring.nullReceiver" . }}
  {{- range $alertmanager.receivers }}
  - {{ include "monitoring.alertmanagerConfigReceiver" (dict "context" $ "receiver" .) | nindent 4 | trim }}
  {{- end }}
{{- end -}}

{{/*
monitoring.alertmanagerConfigMatcher: a matcher in the structured form of an AlertmanagerConfig.
Takes its text.
*/}}
{{- define "monitoring.alertmanagerConfigMatcher" -}}
{{- $name := regexFind "^[a-zA-Z_][a-zA-Z0-9_]*" . -}}
{{- $rest := trimPrefix $name . | trim -}}
{{- $type := regexFind "^(=~|!~|!=|=)" $rest -}}
{{- $value := trimPrefix $type $rest | trim | trimPrefix "\"" | trimSuffix "\"" | replace "\\\"" "\"" -}}
{{- dict "name" $name "matchType" $type "value" $value | toJson -}}
{{- end -}}

{{/*
monitoring.alertmanagerConfigReceiver: a receiver in an AlertmanagerConfig. The operator's Alertmanager does not load
this chart's templates, so each text includes them.
Takes a dict of context and receiver.
*/}}
{{- define "monitoring.alertmanagerConfigReceiver" -}}
{{- $templates := .context.Files.Get "files/notification.tmpl" | trim -}}
{{- $title := printf "%s{{ template \"monitoring.title\" . }}" $templates | quote -}}
{{- $text := printf "%s{{ template \"monitoring.text\" . }}" $templates | quote -}}
{{- with .receiver -}}
name: {{ .name | quote }}
{{- with .webhook }}
webhookConfigs:
  {{- range . }}
  - sendResolved: {{ include "monitoring.defaultTrue" .sendResolved }}
    {{- if .url }}
    url: {{ .url | quote }}
    {{- else }}
    urlSecret: {{ toJson .urlSecret }}
    {{- end }}
    {{- with .bearerTokenSecret }}
    httpConfig:
      authorization:
        credentials: {{ toJson . }}
    {{- end }}
  {{- end }}
{{- end }}
{{- with .slack }}
slackConfigs:
  {{- range . }}
  - sendResolved: {{ include "monitoring.defaultTrue" .sendResolved }}
    channel: {{ .channel | quote }}
    apiURL: {{ toJson .urlSecret }}
    title: {{ $title }}
    text: {{ $text }}
  {{- end }}
{{- end }}
{{- with .email }}
emailConfigs:
  {{- range . }}
  - sendResolved: {{ default false .sendResolved }}
    to: {{ .to | quote }}
    from: {{ .from | quote }}
    smarthost: {{ .smarthost | quote }}
    requireTLS: {{ include "monitoring.defaultTrue" .requireTLS }}
    {{- with .username }}
    authUsername: {{ . | quote }}
    {{- end }}
    {{- with .passwordSecret }}
    authPassword: {{ toJson . }}
    {{- end }}
    headers:
      - key: Subject
        value: {{ $title }}
    text: {{ $text }}
  {{- end }}
{{- end }}
{{- with .pagerduty }}
pagerdutyConfigs:
  {{- range . }}
  - sendResolved: {{ include "monitoring.defaultTrue" .sendResolved }}
    routingKey: {{ toJson .routingKeySecret }}
    description: {{ $title }}
  {{- end }}
{{- end }}
{{- end }}
{{- end -}}
