{{/*
CHART.intOrString: a number without a point, for Helm holds numbers as floats and would write 1e+06; a text
as it is.
*/}}
{{- define "CHART.intOrString" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ int64 . }}{{ end -}}
{{- end -}}

{{/*
CHART.tplRender: renders a value that may contain template syntax.
Takes a dict of value and context.
*/}}
{{- define "CHART.tplRender" -}}
{{- tpl (toYaml .value) .context -}}
{{- end -}}
