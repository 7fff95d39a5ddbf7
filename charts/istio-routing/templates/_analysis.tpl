{{/*
Questions to Prometheus about versions: files/analysis, which modelctl rollout asks as well.
*/}}

{{/*
istio-routing.query: a question about one version.
Takes a dict of context, file (without its ending) and version: how the asking program writes it.
*/}}
{{- define "istio-routing.query" -}}
{{- $text := .context.Files.Get (printf "files/analysis/%s.promql" .file) | trim -}}
{{- $values := dict "namespace" (include "istio-routing.namespace" .context) "model" .context.Values.analysis.model "version" .version "window" .context.Values.analysis.window -}}
{{- range $name, $value := $values }}{{ $text = replace (printf "${%s}" $name) $value $text }}{{ end -}}
{{- $text -}}
{{- end -}}

{{/*
istio-routing.questions: each question by its name: what is asked, and above or below which figure it is good.
Takes a dict of context, canary and stable: how the asking program writes these versions.
*/}}
{{- define "istio-routing.questions" -}}
{{- $analysis := .context.Values.analysis -}}
{{- $of := dict -}}
{{- range $file := list "requests" "error-ratio" "refused-ratio" "latency-p95" "disagreement-ratio" -}}
{{- range $which := list "canary" "stable" -}}
{{- $_ := set $of (printf "%s %s" $file $which) (include "istio-routing.query" (dict "context" $.context "file" $file "version" (get $ $which))) -}}
{{- end -}}
{{- end -}}
{{- /* Where the stable version has no requests any more, its share is not a number, and counts as 0. */ -}}
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
