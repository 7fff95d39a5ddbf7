{{/*
Guards on keys of older releases.
*/}}

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
