{{/*
Validation of routes and destinations.
*/}}

{{- define "istio-routing.guardTimes" -}}
{{- with .Values.routing }}
{{- $whole := include "istio-routing.milliseconds" .timeout | int64 -}}
{{- $try := include "istio-routing.milliseconds" .retries.perTryTimeout | int64 -}}
{{- if and (gt $whole 0) (gt $try $whole) }}
- routing.retries.perTryTimeout: it is {{ .retries.perTryTimeout | quote }}, and routing.timeout, which includes all attempts, is {{ .timeout | quote }}. Make it shorter, or the timeout longer.
{{- end }}
{{- if and .retries.perTryTimeout (not .retries.attempts) }}
- routing.retries.perTryTimeout: it is {{ .retries.perTryTimeout | quote }}, and routing.retries.attempts is 0. Remove it, or set attempts to 1 or more.
{{- end }}
{{- if ne (mod (include "istio-routing.milliseconds" .cors.maxAge | int64) 1000) 0 }}
- routing.cors.maxAge: it is {{ .cors.maxAge | quote }}, but browsers support whole seconds only. Round it.
{{- end }}
{{- end }}
{{- $outlier := .Values.destination.outlierDetection -}}
{{- range $key, $time := dict "routing.retries.perTryTimeout" .Values.routing.retries.perTryTimeout "routing.faults.delay.fixedDelay" .Values.routing.faults.delay.fixedDelay "routing.cors.maxAge" .Values.routing.cors.maxAge "destination.warmup" .Values.destination.warmup "destination.outlierDetection.interval" $outlier.interval "destination.outlierDetection.baseEjectionTime" $outlier.baseEjectionTime "destination.connectionPool.connectTimeout" .Values.destination.connectionPool.connectTimeout }}
{{- if and $time (eq (include "istio-routing.milliseconds" $time) "0") }}
- {{ $key }}: it is {{ $time | quote }}, but Istio's minimum is 1ms. Make it longer.
{{- end }}
{{- end }}
{{- $idle := include "istio-routing.milliseconds" .Values.destination.connectionPool.idleTimeout | int64 -}}
{{- if or (eq $idle 0) (ge $idle (mul 1000 (int64 .Values.service.keepaliveSeconds))) }}
- destination.connectionPool.idleTimeout: it is {{ .Values.destination.connectionPool.idleTimeout | quote }}, and the server closes an idle connection after {{ int64 .Values.service.keepaliveSeconds }} s (service.keepaliveSeconds): requests in flight at that moment would fail. Make it shorter.
{{- end }}
{{- end -}}

{{- define "istio-routing.guardHeaders" -}}
{{- with .Values.routing }}
{{- if and .pinning.enabled (hasKey .headers .pinning.header) }}
- routing.headers: it holds {{ .pinning.header | quote }}, which selects the version (routing.pinning.header). Remove it, or choose another header for pinning.
{{- end }}
{{- if and .sticky.enabled (hasKey .headers "cookie") }}
- routing.sticky.enabled: must be false if routing.headers contains "cookie": a rule cannot match that header twice. Set it to false, or remove "cookie" from routing.headers.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardPinning" -}}
{{- $reserved := append (include "istio-routing.reservedHeaders" . | fromYamlArray) "x-model-routed-version" -}}
{{- $taken := list "accept" "authorization" "connection" "content-length" "content-type" "cookie" "host" "user-agent" -}}
{{- with .Values.routing.pinning }}
{{- if and .enabled (has .header $taken) }}
- routing.pinning.header: it is {{ .header | quote }}, which requests use for another purpose: its contents would be read as a version. Choose a dedicated header, for example x-model-version.
{{- end }}
{{- if and .enabled (has .header $reserved) }}
- routing.pinning.header: it is {{ .header | quote }}, by which routes and servers recognise mirrored requests. Choose another header, for example x-model-version.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardCors" -}}
{{- with .Values.routing.cors }}
{{- if and .enabled (not .allowOrigins) }}
- routing.cors.allowOrigins: required if routing.cors.enabled is true: without an origin, no web page can call. Name one, for example [https://shop.example.org].
{{- end }}
{{- if and .enabled .allowCredentials (has "*" .allowOrigins) }}
- routing.cors.allowOrigins: it holds "*", and routing.cors.allowCredentials is true: every web page could send requests with its visitor's credentials. Name the origins, or set allowCredentials to false.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardDestination" -}}
{{- with .Values.destination }}
{{- if and .warmup (or .hashHeader (eq .loadBalancer "RANDOM")) }}
- destination.warmup: it is {{ .warmup | quote }}, but pods are chosen {{ ternary "by destination.hashHeader" "at random" (ne .hashHeader "") }}, which does not support a warm-up. Remove it, or {{ ternary "remove destination.hashHeader" "choose another destination.loadBalancer, for example LEAST_REQUEST" (ne .hashHeader "") }}.
{{- end }}
{{- if and .locality.enabled (not .outlierDetection.enabled) }}
- destination.locality.enabled: requires destination.outlierDetection.enabled: without it, requests stay with nearby pods that fail. Set both to true.
{{- end }}
{{- if and .locality.enabled .hashHeader }}
- destination.locality.enabled: conflicts with destination.hashHeader: callers in different zones would send equal values to different pods. Set destination.locality.enabled to false, or remove destination.hashHeader.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardAnalysis" -}}
{{- if ne .Values.trafficManagement "helm" }}
{{- if not .Values.analysis.prometheusAddress }}
- analysis.prometheusAddress: required if trafficManagement is {{ .Values.trafficManagement | quote }}, which queries Prometheus. Set its URL, for example http://monitoring-prometheus.monitoring:9090.
{{- end }}
{{- if not .Values.analysis.model }}
- analysis.model: required if trafficManagement is {{ .Values.trafficManagement | quote }}, which queries the model's metrics. Name the model, for example iris.
{{- end }}
{{- end }}
{{- end -}}
