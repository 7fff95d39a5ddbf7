{{/*
Guards for receivers.
*/}}

{{- define "monitoring.guardAlertmanager" -}}
{{- with .Values.alertmanager.receivers }}
{{- $table := $.Files.Get "files/integrations.yaml" | fromYaml }}
{{- $null := include "monitoring.nullReceiver" . }}
{{- $names := list $null }}
{{- range $number, $receiver := . }}
{{- $at := printf "alertmanager.receivers[%d]" $number }}
{{- if has .name $names }}
- {{ $at }}.name: {{ ternary (printf "%q is reserved by the chart" $null) (printf "the receiver name %q is already in use" .name) (eq .name $null) }}. Rename the receiver, and name it in alertmanager.route or alertmanager.routes.
{{- end }}
{{- $names = append $names .name }}
{{- $found := 0 }}
{{- range $kind, $integrations := omit . "name" }}
{{- range $index, $values := $integrations }}
{{- $found = add1 $found }}
{{- include "monitoring.guardIntegration" (dict "at" (printf "%s.%s[%d]" $at $kind $index) "kind" $kind "values" . "required" (get $table $kind).required) }}
{{- end }}
{{- end }}
{{- if not $found }}
- {{ $at }}: {{ .name | quote }} has no integration. Add webhook, slack, msteamsv2, email, pagerduty, opsgenie, discord, telegram or sns.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardIntegration: validates an integration of a receiver.
Takes a dict of at, its path, kind, values and required, what each required Secret contains.
*/}}
{{- define "monitoring.guardIntegration" -}}
{{- $at := .at }}
{{- range $key, $content := .required }}
{{- if not (get $.values $key) }}
- {{ $at }}.{{ $key }}: is required. Put {{ $content }} into a Secret and refer to it: {name: SECRET, key: KEY}.
{{- end }}
{{- end }}
{{- /* with skips an empty map. */}}
{{- with merge (dict "kind" .kind) .values }}
{{- if and (eq $.kind "webhook") (eq (empty .url) (empty .urlSecret)) }}
- {{ $at }}: {{ ternary "neither url nor urlSecret is set" "url and urlSecret are both set" (empty .url) }}. Set one of them, but not both.
{{- end }}
{{- if and (eq $.kind "email") (ne (empty .username) (empty .passwordSecret)) }}
- {{ $at }}: {{ ternary "passwordSecret is set, but username is not" "username is set, but passwordSecret is not" (empty .username) }}. Set both, or remove both.
{{- end }}
{{- if and (eq $.kind "telegram") (eq (int64 .chatId) 0) }}
- {{ $at }}.chatId: must be the ID of a chat, got 0. Set it to the ID of a user, a group or a channel.
{{- end }}
{{- if eq $.kind "sns" }}
{{- $targets := list .topicArn .targetArn .phoneNumber | compact | len }}
{{- if ne $targets 1 }}
- {{ $at }}: {{ ternary "neither topicArn, targetArn nor phoneNumber is set" "more than one of topicArn, targetArn and phoneNumber is set" (eq $targets 0) }}. Set one of them, and only one.
{{- end }}
{{- end }}
{{- range $number, $responder := .responders }}
{{- if not (or .id .name .username) }}
- {{ $at }}.responders[{{ $number }}]: none of id, name and username is set. Set one of them.
{{- end }}
{{- end }}
{{- $tls := .tlsConfig }}
{{- $tlsAt := printf "%s.tlsConfig" $at }}
{{- with .httpConfig }}
{{- $tls = .tlsConfig }}
{{- $tlsAt = printf "%s.httpConfig.tlsConfig" $at }}
{{- $logins := list .authorization .basicAuth $.values.bearerTokenSecret | compact | len }}
{{- if gt $logins 1 }}
- {{ $at }}.httpConfig: more than one of {{ ternary "bearerTokenSecret, " "" (eq $.kind "webhook") }}authorization and basicAuth is set. Set only one of them.
{{- end }}
{{- if .authorization }}
{{- if eq (lower (default "" .authorization.type)) "basic" }}
- {{ $at }}.httpConfig.authorization.type: must not be Basic, which Alertmanager rejects. Remove authorization, and use basicAuth.
{{- end }}
{{- end }}
{{- if and .noProxy (not .proxyUrl) }}
- {{ $at }}.httpConfig.noProxy: is set, but proxyUrl is not. Set proxyUrl, or remove noProxy.
{{- end }}
{{- end }}
{{- with $tls }}
{{- if ne (empty .certSecret) (empty .keySecret) }}
- {{ $tlsAt }}: {{ ternary "keySecret is set, but certSecret is not" "certSecret is set, but keySecret is not" (empty .certSecret) }}. Set both, or remove it.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
