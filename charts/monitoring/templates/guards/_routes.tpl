{{/*
Guards for routes and time intervals.
*/}}

{{- define "monitoring.guardRoutes" -}}
{{- include "monitoring.guardDisabledAlertmanager" . }}
{{- $names := list }}
{{- range .Values.alertmanager.receivers }}
{{- $names = append $names .name }}
{{- end }}
{{- with .Values.alertmanager }}
{{- $flat := dict "routes" (list (dict "at" "alertmanager.route" "route" .route) (dict "at" "alertmanager" "key" "deadMansSwitchReceiver" "route" (dict "receiver" .deadMansSwitchReceiver))) }}
{{- include "monitoring.addRoutes" (dict "into" $flat "routes" .routes "at" "alertmanager.routes") }}
{{- $used := dict }}
{{- range $entry := $flat.routes }}
{{- with $entry.route.receiver }}
{{- $_ := set $used . true }}
{{- if not (has . $names) }}
- {{ $entry.at }}.{{ default "receiver" $entry.key }}: the receiver {{ . | quote }} is not defined. Add it to alertmanager.receivers, or name an existing one.
{{- end }}
{{- end }}
{{- with $entry.route.groupBy }}
{{- if and (has "..." .) (gt (len .) 1) }}
- {{ $entry.at }}.groupBy: contains "..." next to other labels, but "..." stands for all labels. Write ["..."], or remove it.
{{- end }}
{{- end }}
{{- end }}
{{- range $number, $receiver := .receivers }}
{{- if not (hasKey $used .name) }}
- alertmanager.receivers[{{ $number }}].name: no route uses the receiver {{ .name | quote }}. Name it in alertmanager.route.receiver, alertmanager.routes or alertmanager.deadMansSwitchReceiver, or remove the entry.
{{- end }}
{{- end }}
{{- include "monitoring.guardTimeIntervals" (dict "context" $ "routes" $flat.routes) }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardTimeIntervals: time intervals, and the routes that name them.
Takes a dict of context and routes, a flat list.
*/}}
{{- define "monitoring.guardTimeIntervals" -}}
{{- $names := list }}
{{- $used := dict }}
{{- range .context.Values.alertmanager.timeIntervals }}
{{- $names = append $names .name }}
{{- end }}
{{- range $entry := .routes }}
{{- range $key := list "muteTimeIntervals" "activeTimeIntervals" }}
{{- range default (list) (get $entry.route $key) }}
{{- $_ := set $used . true }}
{{- if not (has . $names) }}
- {{ $entry.at }}.{{ $key }}: the time interval {{ . | quote }} is not defined. Add it to alertmanager.timeIntervals, or name an existing one.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- range $number, $interval := .context.Values.alertmanager.timeIntervals }}
{{- $at := printf "alertmanager.timeIntervals[%d]" $number }}
{{- if has .name (slice $names 0 $number) }}
- {{ $at }}.name: the name {{ .name | quote }} is already in use. Rename the time interval, and name it in alertmanager.routes.
{{- else if not (hasKey $used .name) }}
- {{ $at }}.name: no route uses the time interval {{ .name | quote }}. Name it in muteTimeIntervals or activeTimeIntervals of alertmanager.routes, or remove the entry.
{{- end }}
{{- range $index, $_ := .timeIntervals }}
{{- include "monitoring.guardTimeInterval" (dict "at" (printf "%s.timeIntervals[%d]" $at $index) "interval" . "operator" (include "monitoring.isOperator" $.context)) }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardTimeInterval: ranges whose end is before their start, which Alertmanager rejects with its whole
configuration.
Takes a dict of at, interval and operator.
*/}}
{{- define "monitoring.guardTimeInterval" -}}
{{- $at := .at }}
{{- if and .operator (not (has (default "UTC" .interval.location) (list "UTC"))) }}
- {{ $at }}.location: is {{ .interval.location | quote }}, but an AlertmanagerConfig has no time zones and uses UTC. Convert the times to UTC, and remove it.
{{- end }}
{{- range $number, $range := .interval.times }}
{{- if ge .startTime .endTime }}
- {{ $at }}.times[{{ $number }}]: {{ .startTime }} is not before {{ .endTime }}. A range must end on the same day: split it at 24:00 into two.
{{- end }}
{{- end }}
{{- $positions := dict }}
{{- range $position, $name := list "sunday" "monday" "tuesday" "wednesday" "thursday" "friday" "saturday" }}
{{- $_ := set $positions $name $position }}
{{- end }}
{{- range $position, $name := list "january" "february" "march" "april" "may" "june" "july" "august" "september" "october" "november" "december" }}
{{- $_ := set $positions $name (add1 $position) }}
{{- end }}
{{- $remedies := dict "weekdays" "The week starts on sunday: split it into two ranges." "mixed" "Split it into two ranges." }}
{{- range $key := list "weekdays" "daysOfMonth" "months" "years" }}
{{- range $number, $range := default (list) (get $.interval $key) }}
{{- $ends := list }}
{{- range splitList ":" . }}
{{- $end := ternary (get $positions .) (int .) (hasKey $positions .) | int }}
{{- /* -1 is the last day of a month, which has at least 28. */}}
{{- $ends = append $ends (ternary (add 28 $end) (int64 $end) (and (eq $key "daysOfMonth") (lt $end 0))) }}
{{- end }}
{{- $crosses := and (eq $key "daysOfMonth") (hasPrefix "-" .) (not (contains ":-" .)) (contains ":" .) }}
{{- $mixed := regexMatch "^(-[0-9]+:[0-9]|[0-9]+:-)" . }}
{{- if or $crosses (gt (first $ends) (last $ends)) }}
- {{ $at }}.{{ $key }}[{{ $number }}]: the range {{ . | quote }} ends before it starts. {{ get $remedies (ternary "mixed" $key $mixed) | default "Correct the order, or split it into two ranges." }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardDisabledAlertmanager: values of an Alertmanager that is not installed.
*/}}
{{- define "monitoring.guardDisabledAlertmanager" -}}
{{- if and (include "monitoring.isStandalone" .) (not .Values.alertmanager.enabled) }}
{{- $values := .Values.alertmanager }}
{{- range $key, $value := dict "receivers" $values.receivers "routes" $values.routes "timeIntervals" $values.timeIntervals "inhibitRules" $values.inhibitRules "templates" $values.templates "route.receiver" $values.route.receiver "deadMansSwitchReceiver" $values.deadMansSwitchReceiver "auth.existingSecret" $values.auth.existingSecret "ingress.enabled" $values.ingress.enabled "httpRoute.enabled" $values.httpRoute.enabled }}
{{- if $value }}
- alertmanager.{{ $key }}: is set, but alertmanager.enabled is false. Remove it, or set alertmanager.enabled to true.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
