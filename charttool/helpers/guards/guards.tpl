{{/*
CHART.validate: fails with all validation errors, or renders nothing.
The chart defines CHART.validationErrors, which renders the messages of its guards, one per line.
*/}}
{{- define "CHART.validate" -}}
{{- $errors := include "CHART.guardRenames" . -}}
{{- /* A value that is renamed or null is missing, so the other guards would report misleading errors. */ -}}
{{- if and (not $errors) (include "CHART.hasMissingKeys" .) -}}
{{- $errors = include "CHART.guardNull" . -}}
{{- end -}}
{{- if not $errors -}}
{{- $errors = include "CHART.validationErrors" . -}}
{{- end -}}
{{- with $errors -}}
{{- fail (printf "\n\nThe values of %s are invalid:\n%s\n" $.Chart.Name .) -}}
{{- end -}}
{{- end -}}

{{/*
CHART.guardRenames: renamed keys, from renames.yaml.
*/}}
{{- define "CHART.guardRenames" -}}
{{- range .Files.Get "renames.yaml" | fromYamlArray -}}
{{- $rename := . -}}
{{- $found := dict "value" $.Values "exists" true -}}
{{- range splitList "." .old -}}
{{- if and $found.exists (kindIs "map" $found.value) (hasKey $found.value .) -}}
{{- $_ := set $found "value" (get $found.value .) -}}
{{- else -}}
{{- $_ := set $found "exists" false -}}
{{- end -}}
{{- end -}}
{{- if $found.exists }}
- {{ .old }}: was renamed to {{ .new }} in version {{ .since }}. {{ include "CHART.renameRemedy" (dict "rename" $rename "value" $found.value) }} UPGRADING.md describes how to migrate a values file.
{{- end }}
{{- end }}
{{- end -}}

{{/*
CHART.renameRemedy: the remedy for a renamed key.
Takes a dict of rename and value, the value of the old key.
*/}}
{{- define "CHART.renameRemedy" -}}
{{- $known := default (dict) .rename.values -}}
{{- if not $known -}}
Move the value there.
{{- else if hasKey $known (toString .value) -}}
Set {{ .rename.new }} to {{ get $known (toString .value) }} instead.
{{- else -}}
Set {{ .rename.new }} to one of {{ values $known | sortAlpha | join ", " }} instead.
{{- end -}}
{{- end -}}

{{- define "CHART.guardFullname" -}}
{{- $fullname := include "CHART.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) }}
- fullnameOverride: the full name {{ $fullname | quote }} is not a valid Service name: it must begin with a letter and contain only a-z, 0-9 and "-". Set fullnameOverride to a valid name.
{{- end }}
{{- end -}}

{{- define "CHART.guardCommonLabels" -}}
{{- range $label := keys .Values.commonLabels | sortAlpha }}
{{- if include "CHART.isReservedLabel" $label }}
- commonLabels: the label {{ $label | quote }} is reserved by the chart. Remove it, or rename it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
CHART.isReservedLabel: true if the chart sets the label itself.
Takes the label's name.
*/}}
{{- define "CHART.isReservedLabel" -}}
{{- if or (eq . "helm.sh/chart") (hasPrefix "app.kubernetes.io/" .) -}}
true
{{- end -}}
{{- end -}}

{{/*
CHART.guardModes: values that are set although the mode ignores them, except for switches that are off.
Takes a dict of context, key (the key that selects the mode) and modes, a list of the modes in use.
*/}}
{{- define "CHART.guardModes" -}}
{{- $key := .key -}}
{{- $modes := .modes -}}
{{- $values := .context.Values -}}
{{- range $path, $ignored := include (printf "CHART.ignored.%s.%s" $key (first $modes)) .context | fromJson -}}
{{- $value := include "CHART.valueAsJson" (dict "values" $values "path" $path) -}}
{{- $used := dict -}}
{{- range $modes }}{{ if has . $ignored.modes }}{{ $_ := set $used . true }}{{ end }}{{ end -}}
{{- $off := and (hasSuffix ".enabled" $path) (eq $value "false") -}}
{{- if not (or (not $value) $off $used (eq $value (toJson $ignored.default))) }}
- {{ $path }}: has no effect if {{ $key }} is {{ join " and " $modes }}. Remove it, or set {{ $key }} to {{ join " or " $ignored.modes }}.
{{- end }}
{{- end }}
{{- end -}}

{{/*
CHART.valueAsJson: a value as JSON; empty if the value is missing or null.
Takes a dict of values and path.
*/}}
{{- define "CHART.valueAsJson" -}}
{{- $value := .values -}}
{{- range splitList "." .path -}}
{{- $value = index (default dict $value) . -}}
{{- end -}}
{{- if not (kindIs "invalid" $value) }}{{ toJson $value }}{{ end -}}
{{- end -}}

{{/*
CHART.guardRelabelings: refuses relabeling rules with an invalid regular expression.
Takes a dict of at, their path, rules and program, the one that would reject them.
*/}}
{{- define "CHART.guardRelabelings" -}}
{{- range $number, $rule := ternary .rules list (kindIs "slice" .rules) }}
{{- $regex := toString (default "" $rule.regex) }}
{{- if not (or (contains "{{" $regex) (include "CHART.isRegex" $regex)) }}
- {{ $.at }}[{{ $number }}].regex: {{ $regex | quote }} is not a regular expression in RE2 syntax, so {{ $.program }} would reject it. Correct it; special characters such as "(" are literal only after a backslash.
{{- end }}
{{- end }}
{{- end -}}

{{/*
CHART.guardPodSpec: keys of a podSpec patch that would replace what the chart writes, or that its workload cannot have.
Takes a dict of at (the path of the patch), patch and instead, which maps such keys to the values to use in their place.
*/}}
{{- define "CHART.guardPodSpec" -}}
{{- $at := .at -}}
{{- $instead := .instead -}}
{{- range $key := keys .patch | sortAlpha }}
{{- if has $key (list "activeDeadlineSeconds" "containers" "ephemeralContainers" "initContainers" "restartPolicy" "terminationGracePeriodSeconds" "volumes") }}
- {{ $at }}.{{ $key }}: cannot be patched, because the chart depends on it. {{ with get $instead $key }}Use {{ . }} instead.{{ else }}Remove it.{{ end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
CHART.guardAnnotations: annotations by which Helm or Argo CD would treat an object as a hook, or that Helm sets.
Takes a dict of at and annotations.
*/}}
{{- define "CHART.guardAnnotations" -}}
{{- $at := .at -}}
{{- range $annotation := keys .annotations | sortAlpha }}
{{- if or (hasPrefix "helm.sh/hook" $annotation) (hasPrefix "argocd.argoproj.io/hook" $annotation) (hasPrefix "meta.helm.sh/" $annotation) }}
- {{ $at }}: the annotation {{ $annotation | quote }} is reserved for hooks and for Helm. Remove it.
{{- end }}
{{- end }}
{{- end -}}
