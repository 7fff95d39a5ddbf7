{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
istio-routing.validate: fails with every problem, or is empty.
The chart's own define istio-routing.validationErrors tells what its guards find, each problem on a line.
*/}}
{{- define "istio-routing.validate" -}}
{{- $problems := include "istio-routing.guardRenames" . -}}
{{- /* Values under an old key are missing under the new one: what else is said then would only mislead. */ -}}
{{- if not $problems -}}
{{- $problems = include "istio-routing.validationErrors" . -}}
{{- end -}}
{{- with $problems -}}
{{- fail (printf "\n\nThe values of %s cannot work:\n%s\n" $.Chart.Name .) -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.guardRenames: keys that have other names now, from renames.yaml.
*/}}
{{- define "istio-routing.guardRenames" -}}
{{- range .Files.Get "renames.yaml" | fromYamlArray -}}
{{- $rename := . -}}
{{- $there := dict "value" $.Values "found" true -}}
{{- range splitList "." .old -}}
{{- if and $there.found (kindIs "map" $there.value) (hasKey $there.value .) -}}
{{- $_ := set $there "value" (get $there.value .) -}}
{{- else -}}
{{- $_ := set $there "found" false -}}
{{- end -}}
{{- end -}}
{{- if $there.found }}
- {{ .old }}: as of {{ .since }} it is {{ .new }}. {{ include "istio-routing.renameRemedy" (dict "rename" $rename "value" $there.value) }} UPGRADING.md tells how to rewrite a whole file.
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.renameRemedy: what to write in place of the old key.
Takes a dict of rename and value, the old key's.
*/}}
{{- define "istio-routing.renameRemedy" -}}
{{- $known := default (dict) .rename.values -}}
{{- if not $known -}}
Move the value there.
{{- else if hasKey $known (toString .value) -}}
Write {{ .rename.new }}: {{ get $known (toString .value) }} in its place.
{{- else -}}
Write {{ .rename.new }} with one of {{ values $known | sortAlpha | join ", " }} in its place.
{{- end -}}
{{- end -}}

{{- define "istio-routing.guardCommonLabels" -}}
{{- range $label := keys .Values.commonLabels | sortAlpha }}
{{- if include "istio-routing.isReservedLabel" $label }}
- commonLabels: the label {{ $label | quote }} is set by the chart. Take it out, or give it another name.
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.isReservedLabel: whether the chart sets a label itself.
Takes its name.
*/}}
{{- define "istio-routing.isReservedLabel" -}}
{{- if or (eq . "helm.sh/chart") (hasPrefix "app.kubernetes.io/" .) -}}
true
{{- end -}}
{{- end -}}
