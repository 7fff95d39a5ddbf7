{{/*
Matchers of alerts, as Alertmanager parses them: NAME = VALUE, several separated by commas. A name or a value may be in
quotation marks.
*/}}

{{/*
monitoring.matchers: a list of the matchers in a text, each in the structured form of an AlertmanagerConfig.
Takes the text.
*/}}
{{- define "monitoring.matchers" -}}
{{- $matchers := list -}}
{{- range regexFindAll `("(\\.|[^"\\])*"|[^\s!=~,"]+)\s*(=~|!~|!=|=)\s*("(\\.|[^"\\])*"|[^",]*)` . -1 -}}
{{- $name := regexFind `^("(\\.|[^"\\])*"|[^\s!=~,"]+)` . -}}
{{- $rest := trimPrefix $name . | trim -}}
{{- $type := regexFind "^(=~|!~|!=|=)" $rest -}}
{{- $value := include "monitoring.unquoteMatcher" (trimPrefix $type $rest | trim) -}}
{{- $matchers = append $matchers (dict "name" (include "monitoring.unquoteMatcher" $name) "matchType" $type "value" $value) -}}
{{- end -}}
{{- toJson $matchers -}}
{{- end -}}

{{/*
monitoring.alertmanagerConfigMatchers: matchers as items of a list in an AlertmanagerConfig.
Takes a list of their texts.
*/}}
{{- define "monitoring.alertmanagerConfigMatchers" -}}
{{- range . }}
{{- range include "monitoring.matchers" . | fromJsonArray }}
- {{ toJson . }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.unquoteMatcher: a name or a value of a matcher without its quotation marks and escapes.
Takes the text.
*/}}
{{- define "monitoring.unquoteMatcher" -}}
{{- if hasPrefix "\"" . -}}
{{- $parts := list -}}
{{- range splitList "\\\\" (. | trimPrefix "\"" | trimSuffix "\"") -}}
{{- $parts = append $parts (. | replace "\\\"" "\"" | replace "\\n" "\n") -}}
{{- end -}}
{{- join "\\" $parts -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.isMatcher: whether Alertmanager can parse a text as matchers. It tries two parsers: the classic one allows
any character but a comma, a brace and a quotation mark in a value without quotation marks; the other one allows names
of any characters.
Takes the text.
*/}}
{{- define "monitoring.isMatcher" -}}
{{- $operator := `\s*(=~|!~|!=|=)\s*` -}}
{{- $quoted := `"(\\.|[^"\\])*"` -}}
{{- $classic := printf `\s*[a-zA-Z_:][a-zA-Z0-9_:]*%s(%s|([^",{}\s][^",{}]*)?)\s*` $operator $quoted -}}
{{- $word := "([^\\s{}!=~,\\\\\"'`]+|\"(\\\\[n\"\\\\]|[^\"\\\\\n])*\")" -}}
{{- $any := printf `\s*%s%s%s\s*` $word $operator $word -}}
{{- if regexMatch (printf "^%[1]s(,%[1]s)*$|^%[2]s(,%[2]s)*$" $classic $any) . -}}
true
{{- end -}}
{{- end -}}
