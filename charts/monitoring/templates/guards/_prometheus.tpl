{{/*
Guards for Prometheus.
*/}}

{{/*
monitoring.bytes: a quantity of Kubernetes or a size of Prometheus in bytes, such as 20Gi, 2e10, 16GB or 1GB512MB.
Takes the quantity.
*/}}
{{- define "monitoring.bytes" -}}
{{- $decimal := dict "" 1 "n" 1e-9 "u" 1e-6 "m" 1e-3 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 -}}
{{- $binary := dict "" 1 "K" 1024 "M" 1048576 "G" 1073741824 "T" 1099511627776 "P" 1125899906842624 "E" 1152921504606846976 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9.]+([eE][-+]?[0-9]+|[a-zA-Z]*)" (toString .) -1 -}}
{{- $number := regexFind "^[0-9.]+([eE][-+]?[0-9]+)?" . -}}
{{- $unit := trimPrefix $number . -}}
{{- $factor := ternary (get $binary (regexFind "^[KMGTPE]?" $unit)) (get $decimal $unit) (regexMatch "[iB]$" $unit) -}}
{{- $sum = addf $sum (mulf (float64 $number) $factor) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}

{{- define "monitoring.guardPrometheus" -}}
{{- with .Values.prometheus }}
{{- if gt (include "monitoring.milliseconds" .scrape.timeout | int64) (include "monitoring.milliseconds" .scrape.interval | int64) }}
- prometheus.scrape.timeout: is {{ .scrape.timeout }}, which exceeds prometheus.scrape.interval, {{ .scrape.interval }}. Set it to at most the interval.
{{- end }}
{{- if ge (include "monitoring.bytes" .retention.size | float64) (include "monitoring.bytes" .persistence.size | float64) }}
- prometheus.retention.size: is {{ .retention.size }}, which fills prometheus.persistence.size, {{ toJson .persistence.size | trimAll "\"" }}, and leaves no room for the write-ahead log. Set it to about 80 % of prometheus.persistence.size. If the claim is larger, set prometheus.persistence.size to its size, as UPGRADING.md describes in "Enlarge a volume".
{{- end }}
{{- if and (gt (int64 .replicaCount) 1) (hasKey .externalLabels "prometheus_replica") }}
- prometheus.externalLabels: the label "prometheus_replica" is reserved by the chart if prometheus.replicaCount exceeds 1. Remove it, or rename it.
{{- end }}
{{- $writes := dict }}
{{- range $number, $entry := .remoteWrite }}
{{- $name := default "" .name }}
{{- if and $name (hasKey $writes $name) }}
- prometheus.remoteWrite[{{ $number }}].name: the name {{ $name | quote }} is already in use. Change the name.
{{- else if hasKey $writes (toJson .) }}
- prometheus.remoteWrite[{{ $number }}]: is the same as {{ get $writes (toJson .) }}. Remove it, or give it a name.
{{- end }}
{{- range list $name (toJson .) }}{{ $_ := set $writes . (printf "prometheus.remoteWrite[%d]" $number) }}{{ end }}
{{- end }}
{{- $jobs := list "model-server" "cadvisor" "kubelet" "kube-state-metrics" "node-exporter" "prometheus" "alertmanager" "grafana" "annotated" }}
{{- range $number, $config := .extraScrapeConfigs }}
{{- if has .job_name $jobs }}
- prometheus.extraScrapeConfigs[{{ $number }}].job_name: the job name {{ .job_name | quote }} is already in use. Rename the job.
{{- end }}
{{- $jobs = append $jobs .job_name }}
{{- end }}
{{- range $key := list "extraScrapeConfigs" "remoteWrite" "externalAlertmanagers" }}
{{- with get $.Values.prometheus $key }}
{{- include "monitoring.guardPrometheusSecrets" (dict "context" $ "key" $key "entries" .) }}
{{- include "monitoring.guardFields" (dict "at" (printf "prometheus.%s" $key) "value" .) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
