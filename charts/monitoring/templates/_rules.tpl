{{/*
Rules: files/rules/*.yaml, with the values in them, the same in every mode.
*/}}

{{/*
monitoring.ruleFiles: a map of file name, without .yaml, to its groups. The user's own files are among them.
*/}}
{{- define "monitoring.ruleFiles" -}}
{{- $files := dict -}}
{{- $placeholders := include "monitoring.placeholders" . | fromYaml -}}
{{- range $path, $_ := .Files.Glob "files/rules/*.yaml" -}}
{{- $text := $.Files.Get $path -}}
{{- range $name, $value := $placeholders -}}
{{- $text = replace (printf "${%s}" $name) $value $text -}}
{{- end -}}
{{- $groups := list -}}
{{- range (fromYaml $text).groups -}}
{{- $rules := list -}}
{{- range .rules -}}
{{- with include "monitoring.rule" (dict "root" $ "rule" .) -}}
{{- $rules = append $rules (fromYaml .) -}}
{{- end -}}
{{- end -}}
{{- if $rules -}}
{{- $groups = append $groups (merge (dict "rules" $rules) (omit . "rules")) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $files (base $path | trimSuffix ".yaml") (dict "groups" $groups) -}}
{{- end -}}
{{- with include "monitoring.objectives" . -}}
{{- $_ := set $files "objectives" (fromYaml .) -}}
{{- end -}}
{{- range $name, $content := .Values.extraRules -}}
{{- $_ := set $files $name $content -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{/*
monitoring.rule: a rule as it is, or an alert with its runbook and what the values say of it; nothing if it is switched off.
Takes a dict of root and rule.
*/}}
{{- define "monitoring.rule" -}}
{{- $rule := .rule -}}
{{- if has (default dict $rule.labels).exporter (include "monitoring.leftOut" .root | fromJsonArray) -}}
{{- else if hasKey $rule "alert" -}}
{{- $own := default (dict) (get .root.Values.alerts $rule.alert) -}}
{{- if ne (toString $own.enabled) "false" -}}
{{- with $own.for -}}
{{- $_ := set $rule "for" . -}}
{{- end -}}
{{- $labels := merge (dict) (default (dict) $own.labels) $rule.labels .root.Values.alertLabels -}}
{{- with $own.severity -}}
{{- $_ := set $labels "severity" . -}}
{{- end -}}
{{- $_ := set $rule "labels" $labels -}}
{{- $runbook := printf "%s/%s.md" .root.Values.runbookUrl $rule.alert -}}
{{- $_ := set $rule "annotations" (merge (dict "runbook_url" $runbook) $rule.annotations) -}}
{{- toYaml $rule -}}
{{- end -}}
{{- else -}}
{{- toYaml $rule -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.leftOut: the exporters that the values leave out on purpose, as a list: nobody is to be told that they are missing.
*/}}
{{- define "monitoring.leftOut" -}}
{{- $names := list -}}
{{- range $name, $values := dict "kube-state-metrics" .Values.kubeStateMetrics "node-exporter" .Values.nodeExporter -}}
{{- if eq (toString $values.enabled) "false" -}}
{{- $names = append $names $name -}}
{{- end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/*
monitoring.placeholders: what stands for ${name} in the rule files.
*/}}
{{- define "monitoring.placeholders" -}}
{{- range $name, $value := .Values.thresholds }}
{{ $name }}: {{ $value | toString | quote }}
{{- end }}
{{- with .Values.slo }}
sloAvailabilityObjective: {{ .availability.objective | toString | quote }}
sloLatencyObjective: {{ .latency.objective | toString | quote }}
sloLatencyThresholdSeconds: {{ .latency.thresholdSeconds | toString | quote }}
sloMinRequestRate: {{ .minRequestRate | toString | quote }}
{{- end }}
{{- end -}}

{{/*
monitoring.objectives: the objectives of single models, as series that the rules take in place of those of all models.
*/}}
{{- define "monitoring.objectives" -}}
{{- $rules := list -}}
{{- range .Values.slo.models -}}
{{- $labels := pick . "model" "namespace" -}}
{{- with .availability -}}
{{- $rules = append $rules (dict "record" "model:slo_error_budget_override:ratio" "expr" (printf "vector((100 - %v) / 100)" .objective) "labels" $labels) -}}
{{- end -}}
{{- with .latency -}}
{{- $rules = append $rules (dict "record" "model:slo_slow_budget_override:ratio" "expr" (printf "vector((100 - %v) / 100)" .objective) "labels" $labels) -}}
{{- end -}}
{{- end -}}
{{- with $rules -}}
groups:
  - name: model-objectives
    rules:
      {{- toYaml . | nindent 6 }}
{{- end -}}
{{- end -}}

{{/*
monitoring.alertNames: all alerts of this chart, as a list.
*/}}
{{- define "monitoring.alertNames" -}}
{{- $names := list -}}
{{- range $path, $_ := .Files.Glob "files/rules/*.yaml" -}}
{{- range regexFindAll "(?m)^ +- alert: *[A-Za-z0-9]+" ($.Files.Get $path) -1 -}}
{{- $names = append $names (regexReplaceAll "^.*: *" . "") -}}
{{- end -}}
{{- end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end -}}
