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
CHART.milliseconds: a duration such as 30s, 1.5s, 500ms or 1h30m, in milliseconds, rounded down.
Takes the string.
*/}}
{{- define "CHART.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9.]+(ms|[smhdwy])" . -1 -}}
{{- $sum = addf $sum (mulf (regexFind "^[0-9.]+" . | float64) (get $units (regexFind "[a-z]+$" .))) -}}
{{- end -}}
{{- floor $sum | int64 -}}
{{- end -}}

{{/*
CHART.isRegex: whether a text is a regular expression of Go, which Prometheus and Alertmanager use.
Takes the text.
*/}}
{{- define "CHART.isRegex" -}}
{{- /* With an empty alternative, each valid expression matches "". */ -}}
{{- if regexMatch (printf "^(?s:%s)$|" .) "" -}}
true
{{- end -}}
{{- end -}}

{{/*
CHART.withDefaults: the items of a list with defaults. Those that the API server adds inside a list of a custom resource
would look like drift to Argo CD.
Takes a dict of items and defaults. Defaults of a nested map, or of a list of maps, apply only where an item has it.
*/}}
{{- define "CHART.withDefaults" -}}
{{- range .items }}
{{- $item := deepCopy . }}
{{- include "CHART.addDefaults" (dict "into" $item "defaults" $.defaults) }}
- {{ toYaml $item | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{/*
CHART.addDefaults: adds defaults to a map in place.
Takes a dict of into and defaults.
*/}}
{{- define "CHART.addDefaults" -}}
{{- range $key, $default := .defaults -}}
{{- $part := get $.into $key -}}
{{- if kindIs "map" $default -}}
{{- range ternary $part (list $part) (kindIs "slice" $part) -}}
{{- if kindIs "map" . -}}
{{- include "CHART.addDefaults" (dict "into" . "defaults" $default) -}}
{{- end -}}
{{- end -}}
{{- else if not (hasKey $.into $key) -}}
{{- $_ := set $.into $key $default -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
CHART.parentRefs: the parents of an HTTPRoute, by default Gateways.
Takes a list of ParentReference.
*/}}
{{- define "CHART.parentRefs" -}}
{{- include "CHART.withDefaults" (dict "items" . "defaults" (dict "group" "gateway.networking.k8s.io" "kind" "Gateway")) -}}
{{- end -}}

{{/*
CHART.mergePatch: applies a JSON merge patch (RFC 7396) to a map in place. Maps are merged, null removes a key, and every
other value replaces the old one, so a list replaces the whole list.
Takes a dict of base and patch.
*/}}
{{- define "CHART.mergePatch" -}}
{{- range $key, $value := .patch -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $.base $key -}}
{{- else if kindIs "map" $value -}}
{{- $inner := ternary (get $.base $key) (dict) (kindIs "map" (get $.base $key)) -}}
{{- include "CHART.mergePatch" (dict "base" $inner "patch" $value) -}}
{{- $_ := set $.base $key $inner -}}
{{- else -}}
{{- $_ := set $.base $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
