{{/*
Guards for matchers and regular expressions. A program with an invalid one rejects its whole configuration.
*/}}

{{- define "monitoring.guardExpressions" -}}
{{- $found := dict "routes" list }}
{{- include "monitoring.addRoutes" (dict "into" $found "routes" .Values.alertmanager.routes "at" "alertmanager.routes") }}
{{- range $found.routes }}
{{- include "monitoring.guardMatchers" (dict "at" (printf "%s.matchers" .at) "matchers" .route.matchers) }}
{{- end }}
{{- range $number, $rule := .Values.alertmanager.inhibitRules }}
{{- range $key := list "sourceMatchers" "targetMatchers" }}
{{- include "monitoring.guardMatchers" (dict "at" (printf "alertmanager.inhibitRules[%d].%s" $number $key) "matchers" (get $rule $key)) }}
{{- end }}
{{- end }}
{{- range $number, $job := .Values.prometheus.extraScrapeConfigs }}
{{- range $key := list "relabel_configs" "metric_relabel_configs" }}
{{- include "monitoring.guardRelabelings" (dict "at" (printf "prometheus.extraScrapeConfigs[%d].%s" $number $key) "rules" (get $job $key) "program" "Prometheus") }}
{{- end }}
{{- end }}
{{- range $number, $endpoint := .Values.prometheus.remoteWrite }}
{{- include "monitoring.guardRelabelings" (dict "at" (printf "prometheus.remoteWrite[%d].write_relabel_configs" $number) "rules" .write_relabel_configs "program" "Prometheus") }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardMatchers: refuses matchers that Alertmanager cannot parse, and invalid regular expressions in them.
Takes a dict of at, their path, and matchers.
*/}}
{{- define "monitoring.guardMatchers" -}}
{{- range $number, $text := .matchers }}
{{- if not (include "monitoring.isMatcher" .) }}
- {{ $.at }}[{{ $number }}]: {{ . | quote }} is not a matcher. Write NAME = VALUE, or !=, =~ or !~ instead of =, and put a value with a comma, a brace or a quotation mark into quotation marks.
{{- else }}
{{- range include "monitoring.matchers" . | fromJsonArray }}
{{- if and (hasSuffix "~" .matchType) (not (include "monitoring.isRegex" .value)) }}
- {{ $.at }}[{{ $number }}]: {{ .value | quote }} is not a regular expression in RE2 syntax, so Alertmanager would reject its configuration. Correct it; special characters such as "(" are literal only after a backslash.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
