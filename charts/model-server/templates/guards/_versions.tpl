{{/*
Guards on the versions of one release.
*/}}

{{- define "model-server.guardVersions" -}}
{{- $seen := list -}}
{{- range $index, $entry := .Values.versions }}
{{- $name := include "model-server.integerOrText" .name -}}
{{- $at := printf "versions[%d].name" $index -}}
{{- if has $name $seen }}
- {{ $at }}: {{ $name | quote }} is the name of another version too. Give each its own.
{{- end }}
{{- if has $name (list "metrics" "nginx" "pods" "test") }}
- {{ $at }}: {{ $name | quote }} would give its objects the name of one of the chart's own. Choose another.
{{- end }}
{{- $seen = append $seen $name -}}
{{- end }}
{{- if and .Values.keepUnlisted (not .Values.versions) }}
- keepUnlisted: it is true, and versions is empty, so there is nothing to keep it beside. Set it to false, or list the versions.
{{- end }}
{{- with .Values.service.version }}
{{- $wanted := include "model-server.integerOrText" . -}}
{{- if not $seen }}
- service.version: it is {{ $wanted | quote }}, and versions is empty. List the versions, or take it out.
{{- else if not (has $wanted $seen) }}
- service.version: it is {{ $wanted | quote }}, and no version has that name. Set it to one of {{ join ", " $seen }}, or take it out.
{{- end }}
{{- end }}
{{- end -}}
