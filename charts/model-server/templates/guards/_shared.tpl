{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
model-server.validate: fails with every problem, or is empty.
The chart's own define model-server.validationErrors tells what its guards find, each problem on a line.
*/}}
{{- define "model-server.validate" -}}
{{- $problems := include "model-server.guardRenames" . -}}
{{- /* Values under an old key are missing under the new one: what else is said then would only mislead. */ -}}
{{- if not $problems -}}
{{- $problems = include "model-server.validationErrors" . -}}
{{- end -}}
{{- with $problems -}}
{{- fail (printf "\n\nThe values of %s cannot work:\n%s\n" $.Chart.Name .) -}}
{{- end -}}
{{- end -}}

{{/*
model-server.guardRenames: keys that have other names now, from renames.yaml.
*/}}
{{- define "model-server.guardRenames" -}}
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
- {{ .old }}: as of {{ .since }} it is {{ .new }}. {{ include "model-server.renameRemedy" (dict "rename" $rename "value" $there.value) }} UPGRADING.md tells how to rewrite a whole file.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.renameRemedy: what to write in place of the old key.
Takes a dict of rename and value, the old key's.
*/}}
{{- define "model-server.renameRemedy" -}}
{{- $known := default (dict) .rename.values -}}
{{- if not $known -}}
Move the value there.
{{- else if hasKey $known (toString .value) -}}
Write {{ .rename.new }}: {{ get $known (toString .value) }} in its place.
{{- else -}}
Write {{ .rename.new }} with one of {{ values $known | sortAlpha | join ", " }} in its place.
{{- end -}}
{{- end -}}

{{- define "model-server.guardFullname" -}}
{{- $fullname := include "model-server.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) }}
- fullnameOverride: the objects' name {{ $fullname | quote }} is no legal name of a Service, which begins with a letter and holds a-z, 0-9 and "-". Set fullnameOverride to one that is.
{{- end }}
{{- end -}}

{{- define "model-server.guardCommonLabels" -}}
{{- range $label := keys .Values.commonLabels | sortAlpha }}
{{- if include "model-server.isReservedLabel" $label }}
- commonLabels: the label {{ $label | quote }} is set by the chart. Take it out, or give it another name.
{{- end }}
{{- end }}
{{- end -}}
