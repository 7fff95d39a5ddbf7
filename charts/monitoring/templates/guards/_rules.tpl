{{/*
Guards over alerts and rules.
*/}}

{{- define "monitoring.guardRules" -}}
{{- if .Values.alertLabels.severity }}
- alertLabels.severity: each alert has a severity of its own. Take it out; alerts.<Alert>.severity changes one.
{{- end }}
{{- if include "monitoring.hasKubeStateMetrics" . }}
{{- range list "deployments" "horizontalpodautoscalers" "nodes" "persistentvolumeclaims" "pods" "replicasets" }}
{{- if not (has . $.Values.kubeStateMetrics.collect) }}
- kubeStateMetrics.collect: {{ . }} are missing, which alerts rest on. Add them.
{{- end }}
{{- end }}
{{- end }}
{{- with .Values.alerts }}
{{- $known := include "monitoring.alertNames" $ | fromJsonArray }}
{{- range $name := keys . | sortAlpha }}
{{- if not (has $name $known) }}
- alerts.{{ $name }}: there is no alert of that name. docs/runbooks/README.md lists them all.
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $content := .Values.extraRules }}
{{- if or (eq $name "objectives") ($.Files.Get (printf "files/rules/%s.yaml" $name)) }}
- extraRules.{{ $name }}: the chart has a rule file of that name. Give it another.
{{- end }}
{{- range $group, $rules := $content.groups }}
{{- range $number, $rule := $rules.rules }}
{{- include "monitoring.guardRule" (dict "at" (printf "extraRules.%s.groups[%d].rules[%d]" $name $group $number) "rule" $rule) }}
{{- end }}
{{- end }}
{{- end }}
{{- $seen := dict }}
{{- range $number, $entry := .Values.slo.models }}
{{- $key := printf "%s/%s" (default "" .namespace) .model }}
{{- if hasKey $seen $key }}
- slo.models[{{ $number }}]: {{ .model | quote }}{{ with .namespace }} in {{ . | quote }}{{ end }} is there twice. Keep one of the two.
{{- end }}
{{- $_ := set $seen $key true }}
{{- if not (or .availability .latency) }}
- slo.models[{{ $number }}]: it promises nothing of its own. Set availability.objective or latency.objective, or take it out.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardRule: a rule of the user's. Takes a dict of at, its place, and rule.
*/}}
{{- define "monitoring.guardRule" -}}
{{- if eq (hasKey .rule "alert") (hasKey .rule "record") }}
- {{ .at }}: a rule has either alert or record. Keep one of the two.
{{- end }}
{{- end -}}
