{{/*
CHART.intOrString: a number as an integer, because Helm holds numbers as floats and would render 1e+06; a string
unchanged.
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

{{/*
CHART.milliseconds: a duration such as 30s, 500ms or 1h30m, in milliseconds.
Takes the string.
*/}}
{{- define "CHART.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+(ms|[smhdwy])" . -1 -}}
{{- $sum = add $sum (mul (regexFind "^[0-9]+" . | int64) (get $units (regexFind "[a-z]+$" .))) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}
