{{/*
Guards on what a version compares its answers to shadows with.
*/}}

{{- define "model-server.guardShadow" -}}
{{- $at := .at -}}
{{- $names := list -}}
{{- range .Values.versions -}}
{{- $names = append $names (include "model-server.intOrString" .name) -}}
{{- end -}}
{{- with .Values.shadow.compareWith }}
{{- $wanted := include "model-server.intOrString" . -}}
{{- if not $names }}
- {{ $at }}shadow.compareWith: it is {{ $wanted | quote }}, and versions is empty. List the versions, or take it out.
{{- else if not (has $wanted $names) }}
- {{ $at }}shadow.compareWith: it is {{ $wanted | quote }}, and no version has that name. Set it to one of {{ join ", " $names }}, or take it out.
{{- end }}
{{- end }}
{{- end -}}
