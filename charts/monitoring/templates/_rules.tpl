{{/*
Rules: files/rules/*.yaml with the values inserted, the same in every mode.
*/}}

{{/*
monitoring.collectRules: adds each rule file to a map, by its name without .yaml, including the user's files. It
changes the map instead of returning text, which would have to be parsed again.
Takes a dict of context and into.
*/}}
{{- define "monitoring.collectRules" -}}
{{- $placeholders := include "monitoring.placeholders" .context | fromYaml -}}
{{- $withoutTarget := include "monitoring.alertsWithoutAlertmanager" .context | fromJsonArray -}}
{{- $disabledExporters := include "monitoring.disabledExporters" .context | fromJsonArray -}}
{{- $namespaced := include "monitoring.isNamespaced" .context -}}
{{- range $path, $_ := .context.Files.Glob "files/rules/*.yaml" -}}
{{- $text := $.context.Files.Get $path -}}
{{- range $name, $value := $placeholders -}}
{{- $text = replace (printf "${%s}" $name) $value $text -}}
{{- end -}}
{{- $groups := list -}}
{{- range (fromYaml $text).groups -}}
{{- $rules := list -}}
{{- range .rules -}}
{{- if has .alert $withoutTarget -}}
{{- else if not (include "monitoring.isRuleDisabled" (dict "rule" . "alerts" $.context.Values.alerts "disabledExporters" $disabledExporters "namespaced" $namespaced)) -}}
{{- include "monitoring.applyAlertOverrides" (dict "context" $.context "rule" .) -}}
{{- $rules = append $rules . -}}
{{- end -}}
{{- end -}}
{{- if $rules -}}
{{- $groups = append $groups (set . "rules" $rules) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $.into (base $path | trimSuffix ".yaml") (dict "groups" $groups) -}}
{{- end -}}
{{- with include "monitoring.modelObjectives" .context -}}
{{- $_ := set $.into "objectives" (fromYaml .) -}}
{{- end -}}
{{- range $name, $content := .context.Values.extraRules -}}
{{- $_ := set $.into $name $content -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.alertsWithoutAlertmanager: a list of the alerts about an Alertmanager that the values disable on purpose.
*/}}
{{- define "monitoring.alertsWithoutAlertmanager" -}}
{{- $names := list -}}
{{- if and (include "monitoring.isStandalone" .) (not .Values.alertmanager.enabled) -}}
{{- $names = list "AlertmanagerConfigReloadFailed" "AlertmanagerNotificationsFailing" -}}
{{- if not .Values.prometheus.externalAlertmanagers -}}
{{- $names = append $names "PrometheusNotConnectedToAlertmanagers" -}}
{{- end -}}
{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{/*
monitoring.isRuleDisabled: whether the values disable a rule.
Takes a dict of rule, alerts, disabledExporters and namespaced.
*/}}
{{- define "monitoring.isRuleDisabled" -}}
{{- if has (default dict .rule.labels).exporter .disabledExporters -}}
true
{{- /* Series of nodes and kubelets, which no permission in a namespace includes. */ -}}
{{- else if and .namespaced (regexMatch "(^|[^a-z_:])(node_|node:|kube_node_|container_|kubelet_|persistentvolumeclaim:usage:)" .rule.expr) -}}
true
{{- else if hasKey .rule "alert" -}}
{{- if eq (toString (default dict (get .alerts .rule.alert)).enabled) "false" -}}
true
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.applyAlertOverrides: adds the runbook URL and the overrides from the values to an alert.
Takes a dict of context and rule, which it changes.
*/}}
{{- define "monitoring.applyAlertOverrides" -}}
{{- if hasKey .rule "alert" -}}
{{- $own := default (dict) (get .context.Values.alerts .rule.alert) -}}
{{- with $own.for -}}
{{- $_ := set $.rule "for" . -}}
{{- end -}}
{{- if hasKey .rule "for" -}}
{{- /* Without quotation marks, 0 in a rule file is a number. */ -}}
{{- $_ := set .rule "for" (toString .rule.for) -}}
{{- range $key, $text := .rule.annotations -}}
{{- if contains "${for" $text -}}
{{- $_ := set $.rule.annotations $key ($text | replace "${for}" $.rule.for | replace "${forInWords}" (include "monitoring.durationInWords" $.rule.for)) -}}
{{- end -}}
{{- end -}}
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
monitoring.durationInWords: a duration as in a sentence, such as 15 minutes; several units stay as they are.
Takes the duration.
*/}}
{{- define "monitoring.durationInWords" -}}
{{- $units := dict "ms" "millisecond" "s" "second" "m" "minute" "h" "hour" "d" "day" "w" "week" "y" "year" -}}
{{- if regexMatch "^[0-9]+(ms|[smhdwy])$" . -}}
{{- $number := regexFind "^[0-9]+" . -}}
{{ $number }} {{ get $units (trimPrefix $number .) }}{{ if ne $number "1" }}s{{ end }}
{{- else -}}
{{ . }}
{{- end -}}
{{- end -}}

{{/*
monitoring.disabledExporters: a list of the exporters that the values disable on purpose, so that no alert reports
them as missing. In other modes the exporters are deployed elsewhere and must exist.
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
monitoring.placeholders: the values of the placeholders ${name} in the rule files.
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
monitoring.modelObjectives: recording rules with the objectives of individual models, which override the defaults.
*/}}
{{- define "monitoring.modelObjectives" -}}
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
monitoring.alertNames: a list of the names of all alerts.
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
