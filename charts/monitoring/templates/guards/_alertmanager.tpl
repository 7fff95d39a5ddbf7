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

{{/*
monitoring.urlPort: the port of an address. Takes the address.
*/}}
{{- define "monitoring.urlPort" -}}
{{- $host := regexReplaceAll "^[a-z]+://([^/]*).*$" . "${1}" -}}
{{- $port := regexFind ":[0-9]+$" $host | trimPrefix ":" -}}
{{- default (ternary "80" "443" (hasPrefix "http://" .)) $port -}}
{{- end -}}

{{/*
monitoring.lets: whether rules of egress let a port through, to anywhere or somewhere. Takes a dict of rules and port.
*/}}
{{- define "monitoring.lets" -}}
{{- $port := .port -}}
{{- range .rules -}}
{{- if not .ports -}}
true
{{- end -}}
{{- range .ports -}}
{{- if or (not .port) (eq (toString .port) $port) (and .endPort (le (int64 .port) (int64 $port)) (ge (int64 .endPort) (int64 $port))) -}}
true
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.guardEgress: what is to be called, and the network policy would not let through.
*/}}
{{- define "monitoring.guardEgress" -}}
{{- if and .Values.networkPolicy.enabled (include "monitoring.isStandalone" .) }}
{{- $called := dict }}
{{- range $number, $receiver := .Values.alertmanager.receivers }}
{{- range $way, $_ := .webhook }}
{{- with .url }}
{{- $_ := set $called (printf "alertmanager.receivers[%d].webhook[%d].url" $number $way) (include "monitoring.urlPort" .) }}
{{- end }}
{{- end }}
{{- range $way, $_ := .email }}
{{- $_ := set $called (printf "alertmanager.receivers[%d].email[%d].smarthost" $number $way) (regexFind "[0-9]+$" .smarthost) }}
{{- end }}
{{- end }}
{{- range $key, $port := $called }}
{{- if not (include "monitoring.lets" (dict "rules" $.Values.alertmanager.egress "port" $port)) }}
- {{ $key }}: it is at port {{ $port }}, which alertmanager.egress does not let through. Add {ports: [{port: {{ $port }}, protocol: TCP}]} there; of a Service, the port of its pods.
{{- end }}
{{- end }}
{{- if and .Values.grafana.enabled .Values.grafana.oidc.enabled (not .Values.grafana.egress) }}
- grafana.egress: it is empty, and grafana.oidc.enabled is true: Grafana could not reach the provider. Add {ports: [{port: 443, protocol: TCP}]}.
{{- end }}
{{- if and .Values.grafana.enabled .Values.grafana.extraDataSources (not .Values.grafana.egress) }}
- grafana.egress: it is empty, and grafana.extraDataSources is set: Grafana could not reach them. Add where they are, for example {to: [{namespaceSelector: {}}], ports: [{port: 16686, protocol: TCP}]}.
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
{{- if not (has .deadMansSwitchReceiver $names) }}
- alertmanager.deadMansSwitchReceiver: there is no receiver named {{ .deadMansSwitchReceiver | quote }}. Add it to alertmanager.receivers, or name one of them.
{{- end }}
{{- range $number, $route := .routes }}
{{- if not (has .receiver $names) }}
- alertmanager.routes[{{ $number }}].receiver: there is no receiver named {{ .receiver | quote }}. Add it to alertmanager.receivers, or name one of them.
{{- end }}
{{- end }}
{{- $used := list .route.receiver .deadMansSwitchReceiver }}
{{- range .routes }}
{{- $used = append $used .receiver }}
{{- end }}
{{- range $number, $receiver := .receivers }}
{{- if not (has .name $used) }}
- alertmanager.receivers[{{ $number }}].name: no route leads to {{ .name | quote }}: it would never be told. Name it in alertmanager.route.receiver, alertmanager.routes or alertmanager.deadMansSwitchReceiver.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
