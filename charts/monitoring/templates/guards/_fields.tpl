{{/*
monitoring.guardFields: fields with the names that the Prometheus operator gives them. Prometheus refuses a configuration
with an unknown field and, at its first start, does not run. The keys of some maps are free.
Takes a dict of at, the path, and value.
*/}}
{{- define "monitoring.guardFields" -}}
{{- if kindIs "map" .value -}}
{{- range $field := keys .value | sortAlpha -}}
{{- if regexMatch "[A-Z]" $field }}
- {{ $.at }}.{{ $field }}: is not a field of Prometheus, whose names have no capital letters. Write {{ snakecase $field }}.
{{- end -}}
{{- if not (has $field (list "headers" "http_headers" "proxy_connect_header" "params" "endpoint_params" "labels")) -}}
{{- include "monitoring.guardFields" (dict "at" (printf "%s.%s" $.at $field) "value" (get $.value $field)) -}}
{{- end -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range $index, $item := .value -}}
{{- include "monitoring.guardFields" (dict "at" (printf "%s[%d]" $.at $index) "value" $item) -}}
{{- end -}}
{{- end -}}
{{- end -}}
