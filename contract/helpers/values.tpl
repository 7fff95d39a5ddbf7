{{/*
CHART.integerOrText: a number without a point, for Helm holds numbers as floats and would write 1e+06; a text
as it is.
*/}}
{{- define "CHART.integerOrText" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ int64 . }}{{ end -}}
{{- end -}}
