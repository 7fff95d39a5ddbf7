{{/*
Routes and time intervals, in alertmanager.yml and in an AlertmanagerConfig.
*/}}

{{/*
monitoring.routes: routes with the routes below them, as a list.
Takes a dict of routes and operator, which selects the format of an AlertmanagerConfig.
*/}}
{{- define "monitoring.routes" -}}
{{- range .routes }}
- matchers:
    {{- if $.operator }}
    {{- include "monitoring.alertmanagerConfigMatchers" .matchers | trim | nindent 4 }}
    {{- else }}
    {{- range .matchers }}
    - {{ toJson . }}
    {{- end }}
    {{- end }}
  {{- range $key, $value := omit . "matchers" "routes" }}
  {{- if $value }}
  {{ ternary $key (snakecase $key) $.operator }}: {{ toJson $value }}
  {{- end }}
  {{- end }}
  {{- with .routes }}
  routes:
    {{- include "monitoring.routes" (dict "routes" . "operator" $.operator) | trim | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.timeIntervals: the time intervals as a list, or nothing.
Takes a dict of context and operator, which selects the format of an AlertmanagerConfig. It has no time zones.
*/}}
{{- define "monitoring.timeIntervals" -}}
{{- range .context.Values.alertmanager.timeIntervals }}
{{- $intervals := list }}
{{- range .timeIntervals }}
{{- $interval := dict }}
{{- range $key, $value := . }}
{{- $ranges := list }}
{{- if $.operator }}
{{- if eq $key "daysOfMonth" }}
{{- range $value }}
{{- $ends := splitList ":" . }}
{{- $ranges = append $ranges (dict "start" (first $ends | int) "end" (last $ends | int)) }}
{{- end }}
{{- end }}
{{- else if eq $key "times" }}
{{- range $value }}
{{- $ranges = append $ranges (dict "start_time" .startTime "end_time" .endTime) }}
{{- end }}
{{- end }}
{{- if and $value (not (and $.operator (eq $key "location"))) }}
{{- if $ranges }}
{{- $value = $ranges }}
{{- end }}
{{- $_ := set $interval (ternary $key (snakecase $key) $.operator) $value }}
{{- end }}
{{- end }}
{{- $intervals = append $intervals $interval }}
{{- end }}
- name: {{ .name | quote }}
  {{ ternary "timeIntervals" "time_intervals" $.operator }}:
    {{- toYaml $intervals | nindent 4 }}
{{- end }}
{{- end -}}

{{/*
monitoring.addRoutes: adds routes and those below them to a flat list of dicts of at, the path of the value, and route.
Takes a dict of into, whose key routes is the list, routes and at.
*/}}
{{- define "monitoring.addRoutes" -}}
{{- range $number, $route := .routes -}}
{{- $at := printf "%s[%d]" $.at $number -}}
{{- $_ := set $.into "routes" (append $.into.routes (dict "at" $at "route" $route)) -}}
{{- with $route.routes -}}
{{- include "monitoring.addRoutes" (dict "into" $.into "routes" . "at" (printf "%s.routes" $at)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
