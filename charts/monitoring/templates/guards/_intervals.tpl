{{/*
Guards over intervals that are each fine by themselves and too long for the windows of the rules: such an alert is loaded and
evaluated, and can never fire. Windows are read from the rule files, so that a bound follows them.
*/}}

{{/*
monitoring.duration: a number of milliseconds as Prometheus writes it, in the largest unit that needs no fraction.
*/}}
{{- define "monitoring.duration" -}}
{{- if eq (mod . 60000) 0 -}}
{{ div . 60000 }}m
{{- else if eq (mod . 1000) 0 -}}
{{ div . 1000 }}s
{{- else -}}
{{ . }}ms
{{- end -}}
{{- end -}}

{{/*
monitoring.visible: the longest interval, in milliseconds, at which a series has a sample at every evaluation. Prometheus
looks back 5m, which no flag of this chart changes; a minute of that is left for the scrape or the evaluation itself.
*/}}
{{- define "monitoring.visible" -}}
240000
{{- end -}}

{{- define "monitoring.ruleText" -}}
{{- range $path, $_ := .Files.Glob "files/rules/*.yaml" -}}
{{ $.Files.Get $path }}
{{ end -}}
{{- end -}}

{{/*
monitoring.alertText: an alert as its rule file has it, up to its annotations; every rule of that name. Takes a dict of text, all
rule files, and name.
*/}}
{{- define "monitoring.alertText" -}}
{{- regexFindAll (printf "(?s)- alert: %s\n.*?\n +annotations:" .name) .text -1 | join "\n" -}}
{{- end -}}

{{/*
monitoring.window: the shortest range in a text, such as [5m], in milliseconds. Takes the text.
*/}}
{{- define "monitoring.window" -}}
{{- $shortest := 0 -}}
{{- range regexFindAll "\\[([0-9]+(ms|[smhdwy]))+\\]" . -1 | uniq -}}
{{- $window := include "monitoring.milliseconds" . | int64 -}}
{{- $shortest = ternary $window (min $shortest $window) (eq $shortest 0) -}}
{{- end -}}
{{- $shortest -}}
{{- end -}}

{{/*
monitoring.span: the time between the first and the last sample of a window, at the least; what happens less often is missing
from some windows. How often another Prometheus scrapes is not known here: then the whole window. Takes a dict of context and
window, in milliseconds.
*/}}
{{- define "monitoring.span" -}}
{{- if include "monitoring.isStandalone" .context -}}
{{- $scrape := include "monitoring.milliseconds" .context.Values.prometheus.scrape.interval | int64 | max 1 -}}
{{- mul (sub (div .window $scrape) 1) $scrape -}}
{{- else -}}
{{- .window -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.alertFor: for how long an alert waits, in milliseconds; nothing where it is switched off. Takes a dict of context, name
and text, the alert's.
*/}}
{{- define "monitoring.alertFor" -}}
{{- $own := default (dict) (get .context.Values.alerts .name) -}}
{{- if ne (toString $own.enabled) "false" -}}
{{- include "monitoring.milliseconds" (default (regexFind "\n +for: [0-9a-z]+" .text) $own.for) -}}
{{- end -}}
{{- end -}}

{{- define "monitoring.guardIntervals" -}}
{{- $text := include "monitoring.ruleText" . -}}
{{- include "monitoring.guardScrape" (dict "context" . "text" $text) }}
{{- include "monitoring.guardEvaluation" (dict "context" . "text" $text) }}
{{- include "monitoring.guardExtraJobs" . }}
{{- include "monitoring.guardAdapterIntervals" . }}
{{- include "monitoring.guardGroupIntervals" (dict "context" . "text" $text) }}
{{- include "monitoring.guardJobFailed" (dict "context" . "text" $text) }}
{{- end -}}

{{/*
monitoring.guardScrape: a rate needs two samples in its window. Takes a dict of context and text, all rule files.
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
{{- $window := include "monitoring.window" .text | int64 }}
{{- range $key, $interval := $intervals }}
{{- if gt (include "monitoring.milliseconds" $interval | int64) (div $window 2) }}
- {{ $key }}: is {{ $interval }}, which is too long: the alerts use rates over {{ include "monitoring.duration" $window }}, and a rate needs two samples, so they would never fire. Set it to at most {{ include "monitoring.duration" (div $window 2) }}.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardEvaluation: a recorded sample must still be visible when the next one is due; and what is counted once in an
evaluation must be in every window of the alerts on it. Takes a dict of context and text, all rule files.
*/}}
{{- define "monitoring.guardEvaluation" -}}
{{- $context := .context }}
{{- $text := .text }}
{{- $visible := include "monitoring.visible" . | int64 }}
{{- $intervals := dict "slo.longWindowsInterval" $context.Values.slo.longWindowsInterval }}
{{- if include "monitoring.isStandalone" $context }}
{{- $_ := set $intervals "prometheus.evaluationInterval" $context.Values.prometheus.evaluationInterval }}
{{- end }}
{{- range $key, $interval := $intervals }}
{{- $given := include "monitoring.milliseconds" $interval | int64 }}
{{- if gt $given $visible }}
- {{ $key }}: is {{ $interval }}, which is too long: queries return a recorded sample for 5m, so alerts would miss samples, restart their wait and never fire. Set it to at most {{ include "monitoring.duration" $visible }}.
{{- else if eq $key "prometheus.evaluationInterval" }}
{{- $blind := list }}
{{- $longest := $visible }}
{{- range $name := list "PrometheusNotificationsFailing" "PrometheusRuleFailures" }}
{{- $alert := include "monitoring.alertText" (dict "text" $text "name" .) }}
{{- $span := include "monitoring.span" (dict "context" $context "window" (include "monitoring.window" $alert | int64)) | int64 }}
{{- /* Where no window holds two samples, the interval of the scrapes is what must change. */}}
{{- if and (gt $span 0) (gt $given $span) (include "monitoring.alertFor" (dict "context" $context "name" . "text" $alert)) }}
{{- $blind = append $blind . }}
{{- $longest = min $longest $span }}
{{- end }}
{{- end }}
{{- if $blind }}
- {{ $key }}: is {{ $interval }}, which is too long for prometheus.scrape.interval, {{ $context.Values.prometheus.scrape.interval }}: some windows of {{ join " and " $blind }} would contain no failure, so that these alerts would never fire. Set it to at most {{ include "monitoring.duration" $longest }}, or scrape more often.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardExtraJobs: jobs of the user's with an interval of their own. One that is made by tpl is not read.
*/}}
{{- define "monitoring.guardExtraJobs" -}}
{{- if include "monitoring.isStandalone" . }}
{{- $visible := include "monitoring.visible" . | int64 }}
{{- range $number, $job := .Values.prometheus.extraScrapeConfigs }}
{{- $at := printf "prometheus.extraScrapeConfigs[%d]" $number }}
{{- $interval := toString (default $.Values.prometheus.scrape.interval $job.scrape_interval) }}
{{- $timeout := toString (default "" $job.scrape_timeout) }}
{{- if not (contains "{{" (print $interval $timeout)) }}
{{- if gt (include "monitoring.milliseconds" $timeout | int64) (include "monitoring.milliseconds" $interval | int64) }}
- {{ $at }}.scrape_timeout: is {{ $timeout }}, which exceeds the job's scrape interval, {{ $interval }}, so Prometheus would reject its whole configuration. Set it to at most the interval.
{{- end }}
{{- if and $job.scrape_interval (gt (include "monitoring.milliseconds" $interval | int64) $visible) (ne (toString (default (dict) $.Values.alerts.TargetDown).enabled) "false") }}
- {{ $at }}.scrape_interval: is {{ $interval }}, which is too long: queries return a sample for 5m, so TargetDown would miss samples and restart its wait. Set it to at most {{ include "monitoring.duration" $visible }}, or set alerts.TargetDown.enabled to false.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardAdapterIntervals: autoscalers get rates as alerts do, and only of series that the adapter has just seen.
*/}}
{{- define "monitoring.guardAdapterIntervals" -}}
{{- if include "monitoring.hasAdapter" . }}
{{- $interval := .Values.prometheus.scrape.interval }}
{{- $scrape := include "monitoring.milliseconds" $interval | int64 }}
{{- $window := include "monitoring.window" (.Files.Get "files/adapter-rules.yaml") | int64 }}
{{- if gt $scrape (div $window 2) }}
- adapter.enabled: is true, but prometheus.scrape.interval is {{ $interval }}: the adapter computes rates over {{ include "monitoring.duration" $window }}, and a rate needs two samples, so autoscalers would get no request rate. Set prometheus.scrape.interval to at most {{ include "monitoring.duration" (div $window 2) }}.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardGroupIntervals: Alertmanager tries a group of alerts once in its interval, and a failure must stay in the window
until the next. Takes a dict of context and text, all rule files.
*/}}
{{- define "monitoring.guardGroupIntervals" -}}
{{- $context := .context }}
{{- with $context.Values.alertmanager }}
{{- if and .receivers (ne $context.Values.mode "rules-only") }}
{{- $name := "AlertmanagerNotificationsFailing" }}
{{- $alert := include "monitoring.alertText" (dict "text" $.text "name" $name) }}
{{- $window := include "monitoring.window" $alert | int64 }}
{{- $span := include "monitoring.span" (dict "context" $context "window" $window) | int64 }}
{{- $for := include "monitoring.alertFor" (dict "context" $context "name" $name "text" $alert) }}
{{- if and $for (gt $span 0) (ge (int64 $for) $span) }}
{{- $intervals := dict "alertmanager.route.groupInterval" .route.groupInterval }}
{{- range $number, $route := .routes }}
{{- $_ := set $intervals (printf "alertmanager.routes[%d].groupInterval" $number) (default "" .groupInterval) }}
{{- end }}
{{- range $key, $interval := $intervals }}
{{- if gt (include "monitoring.milliseconds" $interval | int64) $span }}
- {{ $key }}: is {{ $interval }}, which is too long: a failed notification is retried after this interval, when the failure has left the window of {{ $name }}, {{ include "monitoring.duration" $window }}, so the alert would never fire. Set it to at most {{ include "monitoring.duration" $span }}, or set alerts.{{ $name }}.for to less than that.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardJobFailed: the alert forgets a Job some time after it failed, and has to fire before. Takes a dict of context and
text, all rule files.
*/}}
{{- define "monitoring.guardJobFailed" -}}
{{- $alert := include "monitoring.alertText" (dict "text" .text "name" "JobFailed") }}
{{- $end := regexFind "offset [0-9a-z]+" $alert | trimPrefix "offset " }}
{{- $for := include "monitoring.alertFor" (dict "context" .context "name" "JobFailed" "text" $alert) }}
{{- /* It must be true at an evaluation after that time, too. */}}
{{- if and $for (gt (add (int64 $for) (include "monitoring.visible" . | int64)) (include "monitoring.milliseconds" $end | int64)) }}
- alerts.JobFailed.for: is {{ .context.Values.alerts.JobFailed.for }}, which is too long: the alert ignores Jobs that failed {{ $end }} ago, so it would never fire. Set it to a shorter time, such as 1h.
{{- end }}
{{- end -}}
