{{/*
Guards for receivers and routes.
*/}}

{{- define "monitoring.guardAlertmanager" -}}
{{- $null := include "monitoring.nullReceiver" . }}
{{- $names := list $null }}
{{- range $number, $receiver := .Values.alertmanager.receivers }}
{{- $at := printf "alertmanager.receivers[%d]" $number }}
{{- if has .name $names }}
- {{ $at }}.name: {{ ternary (printf "%q is reserved by the chart" $null) (printf "the receiver name %q is already in use" .name) (eq .name $null) }}. Rename the receiver.
{{- end }}
{{- $names = append $names .name }}
{{- if not (or .webhook .slack .email .pagerduty) }}
- {{ $at }}: {{ .name | quote }} has no integration. Add webhook, slack, email or pagerduty.
{{- end }}
{{- include "monitoring.guardReceiver" (dict "at" $at "receiver" .) }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardReceiver: validates the integrations of a receiver.
Takes a dict of at, its path, and receiver.
*/}}
{{- define "monitoring.guardReceiver" -}}
{{- range $number, $integration := .receiver.webhook }}
{{- if eq (hasKey . "url") (hasKey . "urlSecret") }}
- {{ $.at }}.webhook[{{ $number }}]: {{ ternary "url and urlSecret are both set" "neither url nor urlSecret is set" (hasKey . "url") }}. Set exactly one of them.
{{- end }}
{{- end }}
{{- range $number, $integration := .receiver.slack }}
{{- if not .urlSecret }}
- {{ $.at }}.slack[{{ $number }}].urlSecret: is required. Put the URL of the incoming webhook into a Secret and refer to it: {name: SECRET, key: KEY}.
{{- end }}
{{- end }}
{{- range $number, $integration := .receiver.pagerduty }}
{{- if not .routingKeySecret }}
- {{ $.at }}.pagerduty[{{ $number }}].routingKeySecret: is required. Put the integration key into a Secret and refer to it: {name: SECRET, key: KEY}.
{{- end }}
{{- end }}
{{- range $number, $integration := .receiver.email }}
{{- if ne (hasKey . "username") (hasKey . "passwordSecret") }}
- {{ $.at }}.email[{{ $number }}]: {{ ternary "username is set, but passwordSecret is not" "passwordSecret is set, but username is not" (hasKey . "username") }}. Set both, or neither.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.urlPort: the port of a URL.
Takes the URL.
*/}}
{{- define "monitoring.urlPort" -}}
{{- $host := regexReplaceAll "^[a-z]+://([^/]*).*$" . "${1}" -}}
{{- $port := regexFind ":[0-9]+$" $host | trimPrefix ":" -}}
{{- default (ternary "80" "443" (hasPrefix "http://" .)) $port -}}
{{- end -}}

{{/*
monitoring.egressAllowsPort: whether egress rules allow a port, to any or some address.
Takes a dict of rules and port.
*/}}
{{- define "monitoring.egressAllowsPort" -}}
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
monitoring.guardEgress: destinations that the NetworkPolicies would block.
*/}}
{{- define "monitoring.guardEgress" -}}
{{- if and .Values.networkPolicy.enabled (include "monitoring.isStandalone" .) }}
{{- $ports := dict }}
{{- range $number, $receiver := .Values.alertmanager.receivers }}
{{- range $index, $_ := .webhook }}
{{- with .url }}
{{- $_ := set $ports (printf "alertmanager.receivers[%d].webhook[%d].url" $number $index) (include "monitoring.urlPort" .) }}
{{- end }}
{{- end }}
{{- range $index, $_ := .email }}
{{- $_ := set $ports (printf "alertmanager.receivers[%d].email[%d].smarthost" $number $index) (regexFind "[0-9]+$" .smarthost) }}
{{- end }}
{{- end }}
{{- range $key, $port := $ports }}
{{- if not (include "monitoring.egressAllowsPort" (dict "rules" $.Values.alertmanager.egress "port" $port)) }}
- {{ $key }}: uses port {{ $port }}, which alertmanager.egress does not allow. Add {ports: [{port: {{ $port }}, protocol: TCP}]} to it; for a Service, use the port of its pods.
{{- end }}
{{- end }}
{{- if and .Values.grafana.enabled .Values.grafana.oidc.enabled (not .Values.grafana.egress) }}
- grafana.egress: is empty, but grafana.oidc.enabled is true, so Grafana could not reach the identity provider. Add {ports: [{port: 443, protocol: TCP}]}.
{{- end }}
{{- if and .Values.grafana.enabled .Values.grafana.plugins (not .Values.grafana.egress) }}
- grafana.egress: is empty, but grafana.plugins is set, so Grafana could not download them. Add {ports: [{port: 443, protocol: TCP}]}.
{{- end }}
{{- if and .Values.grafana.enabled .Values.grafana.extraDataSources (not .Values.grafana.egress) }}
- grafana.egress: is empty, but grafana.extraDataSources is set, so Grafana could not reach them. Add their peers, for example {to: [{namespaceSelector: {}}], ports: [{port: 16686, protocol: TCP}]}.
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
- alertmanager.route.receiver: the receiver {{ .route.receiver | quote }} is not defined. Add it to alertmanager.receivers, or name an existing one.
{{- end }}
{{- if not (has .deadMansSwitchReceiver $names) }}
- alertmanager.deadMansSwitchReceiver: the receiver {{ .deadMansSwitchReceiver | quote }} is not defined. Add it to alertmanager.receivers, or name an existing one.
{{- end }}
{{- range $number, $route := .routes }}
{{- if not (has .receiver $names) }}
- alertmanager.routes[{{ $number }}].receiver: the receiver {{ .receiver | quote }} is not defined. Add it to alertmanager.receivers, or name an existing one.
{{- end }}
{{- end }}
{{- $used := list .route.receiver .deadMansSwitchReceiver }}
{{- range .routes }}
{{- $used = append $used .receiver }}
{{- end }}
{{- range $number, $receiver := .receivers }}
{{- if not (has .name $used) }}
- alertmanager.receivers[{{ $number }}].name: no route uses the receiver {{ .name | quote }}. Name it in alertmanager.route.receiver, alertmanager.routes or alertmanager.deadMansSwitchReceiver, or remove it.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
