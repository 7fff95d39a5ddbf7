{{/*
Guards on routes and on what is behind them.
*/}}

{{- define "istio-routing.guardTimes" -}}
{{- with .Values.routing }}
{{- $whole := include "istio-routing.milliseconds" .timeout | int64 -}}
{{- $try := include "istio-routing.milliseconds" .retries.perTryTimeout | int64 -}}
{{- if and (gt $whole 0) (gt $try $whole) }}
- routing.retries.perTryTimeout: it is {{ .retries.perTryTimeout | quote }}, and routing.timeout, which holds all attempts, is {{ .timeout | quote }}. Make it shorter, or the timeout longer.
{{- end }}
{{- if and .retries.perTryTimeout (not .retries.attempts) }}
- routing.retries.perTryTimeout: it is {{ .retries.perTryTimeout | quote }}, and routing.retries.attempts is 0. Take it out, or allow an attempt.
{{- end }}
{{- if ne (mod (include "istio-routing.milliseconds" .cors.maxAge | int64) 1000) 0 }}
- routing.cors.maxAge: it is {{ .cors.maxAge | quote }}, and browsers count whole seconds. Round it.
{{- end }}
{{- end }}
{{- $outlier := .Values.destination.outlierDetection -}}
{{- range $key, $time := dict "routing.retries.perTryTimeout" .Values.routing.retries.perTryTimeout "routing.faults.delay.fixedDelay" .Values.routing.faults.delay.fixedDelay "routing.cors.maxAge" .Values.routing.cors.maxAge "destination.warmup" .Values.destination.warmup "destination.outlierDetection.interval" $outlier.interval "destination.outlierDetection.baseEjectionTime" $outlier.baseEjectionTime "destination.connectionPool.connectTimeout" .Values.destination.connectionPool.connectTimeout }}
{{- if and $time (eq (include "istio-routing.milliseconds" $time) "0") }}
- {{ $key }}: it is {{ $time | quote }}, and Istio takes no time below 1ms. Make it longer.
{{- end }}
{{- end }}
{{- $idle := include "istio-routing.milliseconds" .Values.destination.connectionPool.idleTimeout | int64 -}}
{{- if or (eq $idle 0) (ge $idle (mul 1000 (int64 .Values.service.keepaliveSeconds))) }}
- destination.connectionPool.idleTimeout: it is {{ .Values.destination.connectionPool.idleTimeout | quote }}, and the server closes an idle connection after {{ int64 .Values.service.keepaliveSeconds }} s (service.keepaliveSeconds): requests on the way at that moment would fail. Make it shorter.
{{- end }}
{{- end -}}

{{- define "istio-routing.guardHeaders" -}}
{{- with .Values.routing }}
{{- if and .pinning.enabled (hasKey .headers .pinning.header) }}
- routing.headers: it holds {{ .pinning.header | quote }}, by which callers choose the version (routing.pinning.header). Take it out, or give pinning another header.
{{- end }}
{{- if and .sticky.enabled (hasKey .headers "cookie") }}
- routing.sticky.enabled: it is true, and routing.headers holds "cookie": one rule cannot ask for both. Set it to false, or take that out.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardPinning" -}}
{{- $marks := append (include "istio-routing.reservedHeaders" . | fromYamlArray) "x-model-routed-version" -}}
{{- $taken := list "accept" "authorization" "connection" "content-length" "content-type" "cookie" "host" "user-agent" -}}
{{- with .Values.routing.pinning }}
{{- if and .enabled (has .header $taken) }}
- routing.pinning.header: it is {{ .header | quote }}, which requests have for another reason: what stands there would be taken for a version. Choose a header that only says this, for example x-model-version.
{{- end }}
{{- if and .enabled (has .header $marks) }}
- routing.pinning.header: it is {{ .header | quote }}, by which routes and servers tell copies from requests. Choose one that is for callers, for example x-model-version.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardCors" -}}
{{- with .Values.routing.cors }}
{{- if and .enabled (not .allowOrigins) }}
- routing.cors.allowOrigins: it is empty, and routing.cors.enabled is true: no web page could call. Name one, for example [https://shop.example.org].
{{- end }}
{{- if and .enabled .allowCredentials (has "*" .allowOrigins) }}
- routing.cors.allowOrigins: it holds "*", and routing.cors.allowCredentials is true: every web page could call in its visitor's name. Name the origins, or set allowCredentials to false.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardDestination" -}}
{{- with .Values.destination }}
{{- if and .warmup (or .hashHeader (eq .loadBalancer "RANDOM")) }}
- destination.warmup: it is {{ .warmup | quote }}, and pods are chosen {{ ternary "by destination.hashHeader" "at random" (ne .hashHeader "") }}, where none can get less than its share. Take one of the two out.
{{- end }}
{{- if and .locality.enabled (not .outlierDetection.enabled) }}
- destination.locality.enabled: it is true, and destination.outlierDetection.enabled is false: requests would stay with pods near by that fail. Set both to true.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardAnalysis" -}}
{{- if ne .Values.trafficManagement "helm" }}
{{- if not .Values.analysis.prometheusAddress }}
- analysis.prometheusAddress: it is empty, and trafficManagement is {{ .Values.trafficManagement | quote }}, which asks Prometheus. Give its address, for example http://monitoring-prometheus.monitoring:9090.
{{- end }}
{{- if not .Values.analysis.model }}
- analysis.model: it is empty, and trafficManagement is {{ .Values.trafficManagement | quote }}, which asks for the model's figures. Name the model, for example iris.
{{- end }}
{{- end }}
{{- end -}}
