{{/*
Receivers, in alertmanager.yml and in an AlertmanagerConfig. files/integrations.yaml describes how they differ.
*/}}

{{/*
monitoring.receivers: the receivers as a list.
Takes a dict of context and operator, which selects the format of an AlertmanagerConfig.
*/}}
{{- define "monitoring.receivers" -}}
- name: {{ include "monitoring.nullReceiver" .context }}
{{- with .context.Values.alertmanager.receivers -}}
{{- $table := $.context.Files.Get "files/integrations.yaml" | fromYaml -}}
{{- $templates := ternary (include "monitoring.notificationTemplates" $.context) "" $.operator -}}
{{- range . }}
- name: {{ .name | quote }}
{{- range $kind, $integrations := omit . "name" -}}
{{- $format := get $table $kind -}}
{{- $entries := list -}}
{{- range $integrations -}}
{{- $names := merge (dict) (default (dict) $format.names) $table.shared -}}
{{- $entry := dict -}}
{{- include "monitoring.addFields" (dict "into" $entry "fields" (include "monitoring.integration" (dict "kind" $kind "values" . "texts" $format.texts) | fromYaml) "names" $names "operator" $.operator "templates" $templates) -}}
{{- $entries = append $entries $entry -}}
{{- end -}}
{{- with $entries }}
  {{ ternary $format.resource $format.file $.operator }}:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.integration: the values of an integration with all defaults, and without abbreviations.
Takes a dict of kind, values and texts, the default texts by field.
*/}}
{{- define "monitoring.integration" -}}
{{- $fields := merge (dict) (omit .values "bearerTokenSecret") (default (dict) .texts) -}}
{{- $_ := set $fields "sendResolved" (ne .kind "email") -}}
{{- if eq .kind "email" -}}
{{- $fields = merge (dict "headers" (dict "Subject" $fields.subject) "requireTLS" true) (omit $fields "subject") -}}
{{- end -}}
{{- /* merge takes false for a value that is not set. */ -}}
{{- range $key := list "sendResolved" "requireTLS" -}}
{{- if hasKey $.values $key -}}
{{- $_ := set $fields $key (get $.values $key) -}}
{{- end -}}
{{- end -}}
{{- with .values.bearerTokenSecret -}}
{{- $_ := set $fields "httpConfig" (merge (dict "authorization" (dict "credentialsSecret" .)) (default (dict) $.values.httpConfig)) -}}
{{- end -}}
{{- toYaml $fields -}}
{{- end -}}

{{/*
monitoring.addFields: adds the fields of an integration to a map.
Takes a dict of into, fields, names, operator and templates.
*/}}
{{- define "monitoring.addFields" -}}
{{- range $key, $value := .fields -}}
{{- $name := default (dict) (get $.names $key) -}}
{{- if kindIs "invalid" $value -}}
{{- else if hasSuffix "Secret" $key -}}
{{- $short := trimSuffix "Secret" $key -}}
{{- if $.operator -}}
{{- $_ := set $.into (default $short $name.resource) (ternary (dict "secret" $value) $value (hasKey $name "source")) -}}
{{- else -}}
{{- $_ := set $.into (default (printf "%s_file" (snakecase $short)) $name.file) (include "monitoring.secretFilePath" $value) -}}
{{- end -}}
{{- else -}}
{{- $into := ternary (default $key $name.resource) (default (snakecase $key) $name.file) $.operator -}}
{{- if and (kindIs "map" $value) $name.verbatim -}}
{{- $texts := dict -}}
{{- $pairs := list -}}
{{- range $label, $text := $value -}}
{{- $text = include "monitoring.notificationText" (dict "text" $text "templates" $.templates) -}}
{{- $_ := set $texts $label $text -}}
{{- $pairs = append $pairs (dict "key" $label "value" $text) -}}
{{- end -}}
{{- if and $.operator $name.pairs -}}
{{- $_ := set $.into $into $pairs -}}
{{- else -}}
{{- $_ := set $.into $into $texts -}}
{{- end -}}
{{- else if kindIs "map" $value -}}
{{- $below := dict -}}
{{- include "monitoring.addFields" (merge (dict "into" $below "fields" $value) (omit $ "into" "fields")) -}}
{{- $_ := set $.into $into $below -}}
{{- else if kindIs "string" $value -}}
{{- $_ := set $.into $into (include "monitoring.notificationText" (dict "text" $value "templates" $.templates)) -}}
{{- else -}}
{{- $_ := set $.into $into $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.notificationTemplates: the templates of the chart and of the user. The operator's Alertmanager loads none of
them, so each text that uses one includes them. White space between them would be part of the text.
*/}}
{{- define "monitoring.notificationTemplates" -}}
{{- regexReplaceAll "end }}\\s+{{ define" (.Files.Get "files/notification.tmpl" | trim) "end }}{{ define" -}}
{{- range .Values.alertmanager.templates -}}
{{- trim . -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.notificationText: a text of a notification.
Takes a dict of text and templates, which precede a text that uses a template.
*/}}
{{- define "monitoring.notificationText" -}}
{{- if regexMatch "\\{\\{-? *template " .text -}}
{{- .templates -}}
{{- end -}}
{{- .text -}}
{{- end -}}

{{/*
monitoring.secretFilePath: the path of a Secret's key in Alertmanager's pods.
Takes a dict of name and key.
*/}}
{{- define "monitoring.secretFilePath" -}}
{{- printf "/etc/alertmanager/secrets/%s/%s" .name .key -}}
{{- end -}}

{{/*
monitoring.receiverSecrets: a list of the Secrets that receivers refer to.
*/}}
{{- define "monitoring.receiverSecrets" -}}
{{- $found := dict -}}
{{- range .Values.alertmanager.receivers -}}
{{- range omit . "name" -}}
{{- range . -}}
{{- include "monitoring.addSecrets" (dict "found" $found "values" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- keys $found | sortAlpha | toJson -}}
{{- end -}}

{{/*
monitoring.addSecrets: adds the names of the Secrets that values refer to.
Takes a dict of found, a map whose keys are the names, and values.
*/}}
{{- define "monitoring.addSecrets" -}}
{{- range $key, $value := .values -}}
{{- if and (kindIs "map" $value) (hasSuffix "Secret" $key) -}}
{{- $_ := set $.found $value.name true -}}
{{- else if kindIs "map" $value -}}
{{- include "monitoring.addSecrets" (dict "found" $.found "values" $value) -}}
{{- end -}}
{{- end -}}
{{- end -}}
