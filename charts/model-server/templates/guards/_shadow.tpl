{{/*
Guards for the comparison of responses to mirrored requests.
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
- {{ $at }}shadow.compareWith: is {{ $wanted | quote }}, but versions is empty. Add the versions, or remove it.
{{- else if not (has $wanted $names) }}
- {{ $at }}shadow.compareWith: is {{ $wanted | quote }}, which is not the name of a version. Set it to one of {{ join ", " $names }}, or remove it.
{{- end }}
{{- end }}
{{- end -}}
