{{/*
CHART.guardNull: null, which Helm removes together with the key. Sets a value whose default is empty to that default,
for all templates: Helm renders the template that includes CHART.validate first, because its path is the deepest. Any
other default is not empty, so null is ambiguous. A section with such defaults is reported once.
*/}}
{{- define "CHART.guardNull" -}}
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
