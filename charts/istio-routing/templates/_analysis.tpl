{{/*
Prometheus queries about versions, from files/analysis. modelctl rollout runs the same ones.
*/}}

{{/*
istio-routing.metricQuery: a query about one version.
Takes a dict of context, file (without its extension) and version, in the notation of the program that runs the query.
*/}}
{{- define "istio-routing.metricQuery" -}}
{{- $text := .context.Files.Get (printf "files/analysis/%s.promql" .file) | trim -}}
{{- $values := dict "namespace" (include "istio-routing.namespace" .context) "model" .context.Values.analysis.model "version" .version "window" .context.Values.analysis.window -}}
{{- range $name, $value := $values }}{{ $text = replace (printf "${%s}" $name) $value $text }}{{ end -}}
{{- $text -}}
{{- end -}}

{{/*
istio-routing.metricQueries: each query by its name, with the limit (least or most) that a good result respects.
Takes a dict of context, canary and stable, the versions in the notation of the program that runs the queries.
*/}}
{{- define "istio-routing.metricQueries" -}}
{{- $analysis := .context.Values.analysis -}}
{{- $of := dict -}}
{{- range $file := list "requests" "error-ratio" "refused-ratio" "latency-p95" "disagreement-ratio" -}}
{{- range $which := list "canary" "stable" -}}
{{- $_ := set $of (printf "%s %s" $file $which) (include "istio-routing.metricQuery" (dict "context" $.context "file" $file "version" (get $ $which))) -}}
{{- end -}}
{{- end -}}
{{- /* If the stable version has no requests, its ratio is NaN and counts as 0. */ -}}
{{- $beyond := "(\n%s\n)\n-\n(\n(\n%s\n) >= 0 or vector(0))" -}}
requests:
  query: {{ get $of "requests canary" | toJson }}
  least: {{ $analysis.minRequests }}
error-ratio:
  query: {{ printf $beyond (get $of "error-ratio canary") (get $of "error-ratio stable") | toJson }}
  most: {{ $analysis.maxErrorRatio }}
refused-ratio:
  query: {{ printf $beyond (get $of "refused-ratio canary") (get $of "refused-ratio stable") | toJson }}
  most: {{ $analysis.maxRefusedRatio }}
latency-ratio:
  query: {{ printf "(\n%s\n)\n/\n(\n%s\n)" (get $of "latency-p95 canary") (get $of "latency-p95 stable") | toJson }}
  most: {{ $analysis.maxLatencyRatio }}
disagreement-ratio:
  query: {{ get $of "disagreement-ratio canary" | toJson }}
  most: {{ $analysis.maxDisagreementRatio }}
{{- end -}}
