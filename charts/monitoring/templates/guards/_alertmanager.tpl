{{/*
Guards over receivers and routes.
*/}}

{{- define "monitoring.guardAlertmanager" -}}
{{- $names := list "nobody" }}
{{- range $number, $receiver := .Values.alertmanager.receivers }}
{{- $at := printf "alertmanager.receivers[%d]" $number }}
{{- if has .name $names }}
- {{ $at }}.name: {{ ternary "\"nobody\" is the chart's own receiver" (printf "there is another receiver named %q" .name) (eq .name "nobody") }}. Give it another name.
{{- end }}
{{- $names = append $names .name }}
{{- if not (or .webhook .slack .email .pagerduty) }}
- {{ $at }}: {{ .name | quote }} has no way to tell anybody. Add webhook, slack, email or pagerduty.
{{- end }}
{{- include "monitoring.guardReceiver" (dict "at" $at "receiver" .) }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardReceiver: the ways of one receiver. Takes a dict of at, its place, and receiver.
*/}}
{{- define "monitoring.guardReceiver" -}}
{{- range $number, $way := .receiver.webhook }}
{{- if eq (hasKey . "url") (hasKey . "urlSecret") }}
- {{ $.at }}.webhook[{{ $number }}]: {{ ternary "url and urlSecret are both set" "neither url nor urlSecret is set" (hasKey . "url") }}. Set one of the two.
{{- end }}
{{- end }}
{{- range $number, $way := .receiver.slack }}
{{- if not .urlSecret }}
- {{ $.at }}.slack[{{ $number }}].urlSecret: it is missing. Put the incoming webhook into a Secret and name it: {name: SECRET, key: KEY}.
{{- end }}
{{- end }}
{{- range $number, $way := .receiver.pagerduty }}
{{- if not .routingKeySecret }}
- {{ $.at }}.pagerduty[{{ $number }}].routingKeySecret: it is missing. Put the integration key into a Secret and name it: {name: SECRET, key: KEY}.
{{- end }}
{{- end }}
{{- range $number, $way := .receiver.email }}
{{- if ne (hasKey . "username") (hasKey . "passwordSecret") }}
- {{ $.at }}.email[{{ $number }}]: {{ ternary "username is set, and passwordSecret is not" "passwordSecret is set, and username is not" (hasKey . "username") }}. A login needs both.
{{- end }}
{{- end }}
{{- end -}}

{{- define "monitoring.guardRoutes" -}}
{{- $names := list "" }}
{{- range .Values.alertmanager.receivers }}
{{- $names = append $names .name }}
{{- end }}
{{- with .Values.alertmanager }}
{{- if not (has .route.receiver $names) }}
- alertmanager.route.receiver: there is no receiver named {{ .route.receiver | quote }}. Add it to alertmanager.receivers, or name one of them.
{{- end }}
{{- if not (has .watchdogReceiver $names) }}
- alertmanager.watchdogReceiver: there is no receiver named {{ .watchdogReceiver | quote }}. Add it to alertmanager.receivers, or name one of them.
{{- end }}
{{- range $number, $route := .routes }}
{{- if not (has .receiver $names) }}
- alertmanager.routes[{{ $number }}].receiver: there is no receiver named {{ .receiver | quote }}. Add it to alertmanager.receivers, or name one of them.
{{- end }}
{{- end }}
{{- $used := list .route.receiver .watchdogReceiver }}
{{- range .routes }}
{{- $used = append $used .receiver }}
{{- end }}
{{- range $number, $receiver := .receivers }}
{{- if not (has .name $used) }}
- alertmanager.receivers[{{ $number }}].name: no route leads to {{ .name | quote }}: it would never be told. Name it in alertmanager.route.receiver, alertmanager.routes or alertmanager.watchdogReceiver.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
