{{/*
Rules: files/rules/*.yaml, with the values in them, the same in every mode.
*/}}

{{/*
monitoring.collectRules: puts each rule file, without .yaml in its name, into a map with its groups; the user's own files are
among them. Nothing is returned, since text would have to be read again.
Takes a dict of context and into.
*/}}
{{- define "monitoring.collectRules" -}}
{{- $placeholders := include "monitoring.placeholders" .context | fromYaml -}}
{{- $leftOut := include "monitoring.disabledExporters" .context | fromJsonArray -}}
{{- range $path, $_ := .context.Files.Glob "files/rules/*.yaml" -}}
{{- $text := $.context.Files.Get $path -}}
{{- range $name, $value := $placeholders -}}
{{- $text = replace (printf "${%s}" $name) $value $text -}}
{{- end -}}
{{- $groups := list -}}
{{- range (fromYaml $text).groups -}}
{{- $rules := list -}}
{{- range .rules -}}
{{- if not (include "monitoring.isDisabledExporter" (dict "rule" . "alerts" $.context.Values.alerts "leftOut" $leftOut)) -}}
{{- include "monitoring.completeAlert" (dict "context" $.context "rule" .) -}}
{{- $rules = append $rules . -}}
{{- end -}}
{{- end -}}
{{- if $rules -}}
{{- $groups = append $groups (set . "rules" $rules) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $.into (base $path | trimSuffix ".yaml") (dict "groups" $groups) -}}
{{- end -}}
{{- with include "monitoring.objectives" .context -}}
{{- $_ := set $.into "objectives" (fromYaml .) -}}
{{- end -}}
{{- range $name, $content := .context.Values.extraRules -}}
{{- $_ := set $.into $name $content -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.isDisabledExporter: whether the values leave a rule out. Takes a dict of rule, alerts and leftOut, the exporters that are not
wanted.
*/}}
{{- define "monitoring.isDisabledExporter" -}}
{{- if has (default dict .rule.labels).exporter .leftOut -}}
true
{{- else if hasKey .rule "alert" -}}
{{- if eq (toString (default dict (get .alerts .rule.alert)).enabled) "false" -}}
true
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.completeAlert: gives an alert its runbook and what the values say of it. Takes a dict of context and rule, which it
changes.
*/}}
{{- define "monitoring.completeAlert" -}}
{{- if hasKey .rule "alert" -}}
{{- $own := default (dict) (get .context.Values.alerts .rule.alert) -}}
{{- with $own.for -}}
{{- $_ := set $.rule "for" . -}}
{{- end -}}
{{- $labels := merge (dict) (default (dict) $own.labels) .rule.labels .context.Values.alertLabels -}}
{{- with $own.severity -}}
{{- $_ := set $labels "severity" . -}}
{{- end -}}
{{- $_ := set .rule "labels" $labels -}}
{{- $_ := set .rule.annotations "runbook_url" (printf "%s/%s.md" .context.Values.runbookUrl .rule.alert) -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.disabledExporters: the exporters that the values leave out on purpose, as a list: nobody is to be told that they are missing.
In the other modes they are somebody else's, and looked for.
*/}}
{{- define "monitoring.disabledExporters" -}}
{{- $names := list -}}
{{- if include "monitoring.isStandalone" . -}}
{{- range $name, $values := dict "kube-state-metrics" .Values.kubeStateMetrics "node-exporter" .Values.nodeExporter -}}
{{- if eq (toString $values.enabled) "false" -}}
{{- $names = append $names $name -}}
{{- end -}}
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
sloLongWindowsInterval: {{ .longWindowsInterval | quote }}
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
