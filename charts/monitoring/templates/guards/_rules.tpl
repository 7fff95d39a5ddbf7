{{/*
Guards for alerts and rules.
*/}}

{{- define "monitoring.guardRules" -}}
{{- if .Values.alertLabels.severity }}
- alertLabels.severity: every alert has its own severity. Remove it; alerts.<Alert>.severity overrides the severity of an alert.
{{- end }}
{{- if include "monitoring.hasKubeStateMetrics" . }}
{{- range list "deployments" "horizontalpodautoscalers" "nodes" "persistentvolumeclaims" "pods" "replicasets" }}
{{- if not (or (has . $.Values.kubeStateMetrics.collect) (and (eq . "nodes") (include "monitoring.isNamespaced" $))) }}
- kubeStateMetrics.collect: must contain {{ . }}, which alerts require. Add it.
{{- end }}
{{- end }}
{{- end }}
{{- range $key := list "metricLabelsAllowlist" "metricAnnotationsAllowList" }}
{{- $seen := list }}
{{- range $number, $entry := get $.Values.kubeStateMetrics $key }}
{{- $resource := regexFind "^[a-z]+" . }}
{{- if not (has $resource $.Values.kubeStateMetrics.collect) }}
- kubeStateMetrics.{{ $key }}[{{ $number }}]: {{ $resource }} is not in kubeStateMetrics.collect, so the entry has no effect. Add it there, if the chart can collect it, or correct the name.
{{- else if has $resource $seen }}
- kubeStateMetrics.{{ $key }}[{{ $number }}]: would replace an earlier entry for {{ $resource }}. Merge the two.
{{- end }}
{{- $seen = append $seen $resource }}
{{- end }}
{{- end }}
{{- with .Values.alerts }}
{{- $known := include "monitoring.alertNames" $ | fromJsonArray }}
{{- range $name := keys . | sortAlpha }}
{{- if not (has $name $known) }}
- alerts.{{ $name }}: unknown alert. Use a name that docs/runbooks/README.md lists.
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $content := .Values.extraRules }}
{{- if or (eq $name "objectives") ($.Files.Get (printf "files/rules/%s.yaml" $name)) }}
- extraRules.{{ $name }}: the chart already has a rule file of this name. Rename it.
{{- end }}
{{- include "monitoring.guardUnique" (dict "list" (printf "extraRules.%s.groups" $name) "items" $content.groups) }}
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
- slo.models[{{ $number }}]: duplicate entry for {{ .model | quote }}{{ with .namespace }} in {{ . | quote }}{{ end }}. Remove one of them.
{{- end }}
{{- $_ := set $seen $key true }}
{{- if not (or .availability .latency) }}
- slo.models[{{ $number }}]: sets no objective. Set availability.objective or latency.objective, or remove the entry.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardRule: validates a user's rule.
Takes a dict of at, its path, and rule.
*/}}
{{- define "monitoring.guardRule" -}}
{{- if eq (hasKey .rule "alert") (hasKey .rule "record") }}
- {{ .at }}: a rule must have either alert or record. Set exactly one of them.
{{- end }}
{{- end -}}
