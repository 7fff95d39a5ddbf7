{{/*
Guards for intervals that are valid on their own, but too long for the windows of the rules: such an alert is loaded
and evaluated, but can never fire. The windows are read from the rule files, so that the limits follow them.
*/}}

{{/*
monitoring.formatDuration: a number of milliseconds as a Prometheus duration, in the largest unit that needs no
fraction.
*/}}
{{- define "monitoring.formatDuration" -}}
{{- if eq (mod . 60000) 0 -}}
{{ div . 60000 }}m
{{- else if eq (mod . 1000) 0 -}}
{{ div . 1000 }}s
{{- else -}}
{{ . }}ms
{{- end -}}
{{- end -}}

{{/*
monitoring.stalenessLimit: the longest interval, in milliseconds, at which a series has a sample at every evaluation.
Prometheus looks back 5m, which no flag of this chart changes; one minute of that is reserved for the scrape or the
evaluation itself.
*/}}
{{- define "monitoring.stalenessLimit" -}}
240000
{{- end -}}

{{- define "monitoring.ruleFiles" -}}
{{- range $path, $_ := .Files.Glob "files/rules/*.yaml" -}}
{{ $.Files.Get $path }}
{{ end -}}
{{- end -}}

{{/*
monitoring.alertSource: the source of all rules of an alert up to their annotations.
Takes a dict of text, all rule files, and name.
*/}}
{{- define "monitoring.alertSource" -}}
{{- regexFindAll (printf "(?s)- alert: %s\n.*?\n +annotations:" .name) .text -1 | join "\n" -}}
{{- end -}}

{{/*
monitoring.shortestWindow: the shortest range in a text, such as [5m], in milliseconds.
Takes the text.
*/}}
{{- define "monitoring.shortestWindow" -}}
{{- $shortest := 0 -}}
{{- range regexFindAll "\\[([0-9]+(ms|[smhdwy]))+\\]" . -1 | uniq -}}
{{- $window := include "monitoring.milliseconds" . | int64 -}}
{{- $shortest = ternary $window (min $shortest $window) (eq $shortest 0) -}}
{{- end -}}
{{- $shortest -}}
{{- end -}}

{{/*
monitoring.sampleSpan: the minimum time between the first and the last sample of a window; events that are less
frequent are missing from some windows. The scrape interval of another Prometheus is unknown, so the result is then
the whole window.
Takes a dict of context and window, in milliseconds.
*/}}
{{- define "monitoring.sampleSpan" -}}
{{- if include "monitoring.isStandalone" .context -}}
{{- $scrape := include "monitoring.milliseconds" .context.Values.prometheus.scrape.interval | int64 | max 1 -}}
{{- mul (sub (div .window $scrape) 1) $scrape -}}
{{- else -}}
{{- .window -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.alertFor: the `for` of an alert in milliseconds, or nothing if the alert is disabled.
Takes a dict of context, name and text, the source of the alert.
*/}}
{{- define "monitoring.alertFor" -}}
{{- $own := default (dict) (get .context.Values.alerts .name) -}}
{{- if ne (toString $own.enabled) "false" -}}
{{- include "monitoring.milliseconds" (default (regexFind "\n +for: [0-9a-z]+" .text) $own.for) -}}
{{- end -}}
{{- end -}}

{{- define "monitoring.guardIntervals" -}}
{{- $text := include "monitoring.ruleFiles" . -}}
{{- include "monitoring.guardScrape" (dict "context" . "text" $text) }}
{{- include "monitoring.guardEvaluation" (dict "context" . "text" $text) }}
{{- include "monitoring.guardExtraJobs" . }}
{{- include "monitoring.guardAdapterIntervals" . }}
{{- include "monitoring.guardGroupIntervals" (dict "context" . "text" $text) }}
{{- include "monitoring.guardJobFailed" (dict "context" . "text" $text) }}
{{- end -}}

{{/*
monitoring.guardScrape: a rate needs two samples in its window.
Takes a dict of context and text, all rule files.
*/}}
{{- define "monitoring.guardScrape" -}}
{{- $values := .context.Values }}
{{- $intervals := dict }}
{{- if include "monitoring.isStandalone" .context }}
{{- $_ := set $intervals "prometheus.scrape.interval" $values.prometheus.scrape.interval }}
{{- end }}
{{- if and (include "monitoring.isOperator" .context) $values.operator.podMonitor.enabled }}
{{- $_ := set $intervals "operator.podMonitor.interval" $values.operator.podMonitor.interval }}
{{- end }}
{{- $window := include "monitoring.shortestWindow" .text | int64 }}
{{- range $key, $interval := $intervals }}
{{- if gt (include "monitoring.milliseconds" $interval | int64) (div $window 2) }}
- {{ $key }}: is {{ $interval }}, which is too long: the alerts use rates over {{ include "monitoring.formatDuration" $window }}, and a rate needs two samples, so they would never fire. Set it to at most {{ include "monitoring.formatDuration" (div $window 2) }}.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardEvaluation: a recorded sample must be visible until the next one, and a failure that is counted once
per evaluation must be in every window of the alerts on it.
Takes a dict of context and text, all rule files.
*/}}
{{- define "monitoring.guardEvaluation" -}}
{{- $context := .context }}
{{- $text := .text }}
{{- $visible := include "monitoring.stalenessLimit" . | int64 }}
{{- $intervals := dict "slo.longWindowsInterval" $context.Values.slo.longWindowsInterval }}
{{- if include "monitoring.isStandalone" $context }}
{{- $_ := set $intervals "prometheus.evaluationInterval" $context.Values.prometheus.evaluationInterval }}
{{- end }}
{{- range $key, $interval := $intervals }}
{{- $given := include "monitoring.milliseconds" $interval | int64 }}
{{- if gt $given $visible }}
- {{ $key }}: is {{ $interval }}, which is too long: queries return a recorded sample for 5m, so alerts would miss samples, restart their wait and never fire. Set it to at most {{ include "monitoring.formatDuration" $visible }}.
{{- else if eq $key "prometheus.evaluationInterval" }}
{{- $blind := list }}
{{- $longest := $visible }}
{{- range $name := list "PrometheusNotificationsFailing" "PrometheusRuleFailures" }}
{{- $alert := include "monitoring.alertSource" (dict "text" $text "name" .) }}
{{- $span := include "monitoring.sampleSpan" (dict "context" $context "window" (include "monitoring.shortestWindow" $alert | int64)) | int64 }}
{{- /* If no window contains two samples, the scrape interval must change instead. */}}
{{- if and (gt $span 0) (gt $given $span) (include "monitoring.alertFor" (dict "context" $context "name" . "text" $alert)) }}
{{- $blind = append $blind . }}
{{- $longest = min $longest $span }}
{{- end }}
{{- end }}
{{- if $blind }}
- {{ $key }}: is {{ $interval }}, which is too long for prometheus.scrape.interval, {{ $context.Values.prometheus.scrape.interval }}: some windows of {{ join " and " $blind }} would contain no failure, so that these alerts would never fire. Set it to at most {{ include "monitoring.formatDuration" $longest }}, or scrape more often.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardExtraJobs: the user's scrape jobs with their own intervals. Intervals that tpl renders are not
checked.
*/}}
{{- define "monitoring.guardExtraJobs" -}}
{{- if include "monitoring.isStandalone" . }}
{{- $visible := include "monitoring.stalenessLimit" . | int64 }}
{{- range $number, $job := .Values.prometheus.extraScrapeConfigs }}
{{- $at := printf "prometheus.extraScrapeConfigs[%d]" $number }}
{{- $interval := toString (default $.Values.prometheus.scrape.interval $job.scrape_interval) }}
{{- $timeout := toString (default "" $job.scrape_timeout) }}
{{- if not (contains "{{" (print $interval $timeout)) }}
{{- if gt (include "monitoring.milliseconds" $timeout | int64) (include "monitoring.milliseconds" $interval | int64) }}
- {{ $at }}.scrape_timeout: is {{ $timeout }}, which exceeds the job's scrape interval, {{ $interval }}, so Prometheus would reject its whole configuration. Set it to at most the interval.
{{- end }}
{{- if and $job.scrape_interval (gt (include "monitoring.milliseconds" $interval | int64) $visible) (ne (toString (default (dict) $.Values.alerts.TargetDown).enabled) "false") }}
- {{ $at }}.scrape_interval: is {{ $interval }}, which is too long: queries return a sample for 5m, so TargetDown would miss samples and restart its wait. Set it to at most {{ include "monitoring.formatDuration" $visible }}, or set alerts.TargetDown.enabled to false.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardAdapterIntervals: the adapter needs rates like the alerts do, and only finds series with recent
samples.
*/}}
{{- define "monitoring.guardAdapterIntervals" -}}
{{- if include "monitoring.hasAdapter" . }}
{{- $interval := .Values.prometheus.scrape.interval }}
{{- $scrape := include "monitoring.milliseconds" $interval | int64 }}
{{- $window := include "monitoring.shortestWindow" (.Files.Get "files/adapter-rules.yaml") | int64 }}
{{- if gt $scrape (div $window 2) }}
- adapter.enabled: is true, but prometheus.scrape.interval is {{ $interval }}: the adapter computes rates over {{ include "monitoring.formatDuration" $window }}, and a rate needs two samples, so autoscalers would get no request rate. Set prometheus.scrape.interval to at most {{ include "monitoring.formatDuration" (div $window 2) }}.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardGroupIntervals: Alertmanager notifies a group once per interval, and a failure must stay in the window
until the next attempt.
Takes a dict of context and text, all rule files.
*/}}
{{- define "monitoring.guardGroupIntervals" -}}
{{- $context := .context }}
{{- with $context.Values.alertmanager }}
{{- if and .receivers (ne $context.Values.mode "rules-only") }}
{{- $name := "AlertmanagerNotificationsFailing" }}
{{- $alert := include "monitoring.alertSource" (dict "text" $.text "name" $name) }}
{{- $window := include "monitoring.shortestWindow" $alert | int64 }}
{{- $span := include "monitoring.sampleSpan" (dict "context" $context "window" $window) | int64 }}
{{- $for := include "monitoring.alertFor" (dict "context" $context "name" $name "text" $alert) }}
{{- if and $for (gt $span 0) (ge (int64 $for) $span) }}
{{- $intervals := dict "alertmanager.route.groupInterval" .route.groupInterval }}
{{- $flat := dict "routes" list }}
{{- include "monitoring.addRoutes" (dict "into" $flat "routes" .routes "at" "alertmanager.routes") }}
{{- range $flat.routes }}
{{- $_ := set $intervals (printf "%s.groupInterval" .at) (default "" .route.groupInterval) }}
{{- end }}
{{- range $key, $interval := $intervals }}
{{- if gt (include "monitoring.milliseconds" $interval | int64) $span }}
- {{ $key }}: is {{ $interval }}, which is too long: a failed notification is retried after this interval, when the failure has left the window of {{ $name }}, {{ include "monitoring.formatDuration" $window }}, so the alert would never fire. Set it to at most {{ include "monitoring.formatDuration" $span }}, or set alerts.{{ $name }}.for to less than that.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardJobFailed: the alert ignores Jobs some time after they failed, and must fire before that.
Takes a dict of context and text, all rule files.
*/}}
{{- define "monitoring.guardJobFailed" -}}
{{- $alert := include "monitoring.alertSource" (dict "text" .text "name" "JobFailed") }}
{{- $end := regexFind "offset [0-9a-z]+" $alert | trimPrefix "offset " }}
{{- $for := include "monitoring.alertFor" (dict "context" .context "name" "JobFailed" "text" $alert) }}
{{- /* The condition must still hold at an evaluation after that time. */}}
{{- if and $for (gt (add (int64 $for) (include "monitoring.stalenessLimit" . | int64)) (include "monitoring.milliseconds" $end | int64)) }}
- alerts.JobFailed.for: is {{ .context.Values.alerts.JobFailed.for }}, which is too long: the alert ignores Jobs that failed {{ $end }} ago, so it would never fire. Set it to a shorter time, such as 1h.
{{- end }}
{{- end -}}
