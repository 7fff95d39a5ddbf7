{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
istio-routing.validate: fails with all validation errors, or renders nothing.
The chart defines istio-routing.validationErrors, which renders the messages of its guards, one per line.
*/}}
{{- define "istio-routing.validate" -}}
{{- $errors := include "istio-routing.guardRenames" . -}}
{{- /* A value that is renamed or null is missing, so the other guards would report misleading errors. */ -}}
{{- if and (not $errors) (include "istio-routing.hasMissingKeys" .) -}}
{{- $errors = include "istio-routing.guardNull" . -}}
{{- end -}}
{{- if not $errors -}}
{{- $errors = include "istio-routing.validationErrors" . -}}
{{- end -}}
{{- with $errors -}}
{{- fail (printf "\n\nThe values of %s are invalid:\n%s\n" $.Chart.Name .) -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.guardRenames: renamed keys, from renames.yaml.
*/}}
{{- define "istio-routing.guardRenames" -}}
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
- {{ .old }}: was renamed to {{ .new }} in version {{ .since }}. {{ include "istio-routing.renameRemedy" (dict "rename" $rename "value" $found.value) }} UPGRADING.md describes how to migrate a values file.
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.renameRemedy: the remedy for a renamed key.
Takes a dict of rename and value, the value of the old key.
*/}}
{{- define "istio-routing.renameRemedy" -}}
{{- $known := default (dict) .rename.values -}}
{{- if not $known -}}
Move the value there.
{{- else if hasKey $known (toString .value) -}}
Set {{ .rename.new }} to {{ get $known (toString .value) }} instead.
{{- else -}}
Set {{ .rename.new }} to one of {{ values $known | sortAlpha | join ", " }} instead.
{{- end -}}
{{- end -}}

{{- define "istio-routing.guardCommonLabels" -}}
{{- range $label := keys .Values.commonLabels | sortAlpha }}
{{- if include "istio-routing.isReservedLabel" $label }}
- commonLabels: the label {{ $label | quote }} is reserved by the chart. Remove it, or rename it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.isReservedLabel: true if the chart sets the label itself.
Takes the label's name.
*/}}
{{- define "istio-routing.isReservedLabel" -}}
{{- if or (eq . "helm.sh/chart") (hasPrefix "app.kubernetes.io/" .) -}}
true
{{- end -}}
{{- end -}}

{{/*
istio-routing.guardModes: values that are set although the mode ignores them, except for switches that are off.
Takes a dict of context, key (the key that selects the mode) and modes, a list of the modes in use.
*/}}
{{- define "istio-routing.guardModes" -}}
{{- $key := .key -}}
{{- $modes := .modes -}}
{{- $values := .context.Values -}}
{{- range $path, $ignored := include (printf "istio-routing.ignored.%s.%s" $key (first $modes)) .context | fromJson -}}
{{- $value := include "istio-routing.valueAsJson" (dict "values" $values "path" $path) -}}
{{- $used := dict -}}
{{- range $modes }}{{ if has . $ignored.modes }}{{ $_ := set $used . true }}{{ end }}{{ end -}}
{{- $off := and (hasSuffix ".enabled" $path) (eq $value "false") -}}
{{- if not (or (not $value) $off $used (eq $value (toJson $ignored.default))) }}
- {{ $path }}: has no effect if {{ $key }} is {{ join " and " $modes }}. Remove it, or set {{ $key }} to {{ join " or " $ignored.modes }}.
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.valueAsJson: a value as JSON; empty if the value is missing or null.
Takes a dict of values and path.
*/}}
{{- define "istio-routing.valueAsJson" -}}
{{- $value := .values -}}
{{- range splitList "." .path -}}
{{- $value = index (default dict $value) . -}}
{{- end -}}
{{- if not (kindIs "invalid" $value) }}{{ toJson $value }}{{ end -}}
{{- end -}}

{{/*
istio-routing.guardAnnotations: annotations by which Helm or Argo CD would treat an object as a hook, or that Helm sets.
Takes a dict of at and annotations.
*/}}
{{- define "istio-routing.guardAnnotations" -}}
{{- $at := .at -}}
{{- range $annotation := keys .annotations | sortAlpha }}
{{- if or (hasPrefix "helm.sh/hook" $annotation) (hasPrefix "argocd.argoproj.io/hook" $annotation) (hasPrefix "meta.helm.sh/" $annotation) }}
- {{ $at }}: the annotation {{ $annotation | quote }} is reserved for hooks and for Helm. Remove it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.guardParentRefs: references to a parent that another one already names. The Gateway API requires them to name
different listeners.
Takes a dict of list (its path) and items, a list of ParentReference.
*/}}
{{- define "istio-routing.guardParentRefs" -}}
{{- $seen := dict -}}
{{- range $index, $reference := .items -}}
{{- $place := printf "%s[%d]" $.list $index -}}
{{- $parent := toJson (list (default "" .group) (default "Gateway" .kind) (default "" .namespace) .name) -}}
{{- $section := default "" .sectionName -}}
{{- $other := get $seen $parent -}}
{{- if and $other (or (not $section) (hasKey $other "") (hasKey $other $section)) }}
- {{ $place }}: names the same parent as {{ values $other | first }}, {{ .name | quote }}, without a different sectionName in each. Set sectionName in both, or remove the entry.
{{- end -}}
{{- $_ := set $seen $parent (merge (default (dict) $other) (dict $section $place)) -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.guardNull: null, which Helm removes together with the key. Sets a value whose default is empty to that default,
for all templates: Helm renders the template that includes istio-routing.validate first, because its path is the deepest. Any
other default is not empty, so null is ambiguous. A section with such defaults is reported once.
*/}}
{{- define "istio-routing.guardNull" -}}
{{- $values := .Values -}}
{{- $blank := dict -}}
{{- range $path, $entry := .Files.Get "files/defaults.json" | fromJson -}}
{{- $map := $values -}}
{{- $at := list -}}
{{- $section := "" -}}
{{- range splitList "." $path | initial -}}
{{- $at = append $at . -}}
{{- if not (hasKey $map .) -}}
{{- $_ := set $map . dict -}}
{{- $_ := set $blank (join "." $at) true -}}
{{- end -}}
{{- if and (not $section) (hasKey $blank (join "." $at)) -}}
{{- $section = join "." $at -}}
{{- end -}}
{{- $map = get $map . -}}
{{- end -}}
{{- $key := splitList "." $path | last -}}
{{- if not (or $entry.nullable (hasKey $map $key)) -}}
{{- if hasKey $entry "empty" -}}
{{- $_ := set $map $key $entry.empty -}}
{{- else if not $section }}
- {{ $path }}: is null. Remove the line to keep {{ $entry.keep }}, or {{ $entry.write }}.
{{- else if get $blank $section -}}
{{- $_ := set $blank $section false }}
- {{ $section }}: is null. Remove the line to keep the defaults of its keys, or set a key below it.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
