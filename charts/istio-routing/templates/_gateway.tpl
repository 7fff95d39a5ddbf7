{{/*
Gateways.
*/}}

{{/*
istio-routing.gateways: the qualified names of the gateways of a VirtualService, and the mesh.
*/}}
{{- define "istio-routing.gateways" -}}
{{- if .Values.gateway.create }}
- {{ printf "%s/%s" (include "istio-routing.namespace" .) (include "istio-routing.fullname" .) }}
{{- end }}
{{- range .Values.gateway.existing }}
- {{ . }}
{{- end }}
{{- if .Values.routing.mesh }}
- mesh
{{- end }}
{{- end -}}

{{/*
istio-routing.gatewayRefs: the Gateways of an HTTPRoute.
Takes a dict of context and listener, of the chart's own Gateway.
*/}}
{{- define "istio-routing.gatewayRefs" -}}
{{- with .context.Values }}
{{- if .gateway.create }}
- group: gateway.networking.k8s.io
  kind: Gateway
  name: {{ include "istio-routing.fullname" $.context | quote }}
  sectionName: {{ $.listener }}
{{- end }}
{{- include "istio-routing.parentRefs" .gateway.parentRefs }}
{{- end }}
{{- end -}}

{{/*
istio-routing.exampleUrl: a URL that an external client can request.
*/}}
{{- define "istio-routing.exampleUrl" -}}
{{- $tls := .Values.gateway.tls -}}
{{- $port := ternary $tls.port .Values.gateway.http.port $tls.enabled | int64 -}}
{{- printf "http%s://%s" (ternary "s" "" $tls.enabled) (first .Values.routing.hosts) -}}
{{- if and .Values.gateway.create (ne $port (ternary 443 80 $tls.enabled | int64)) }}:{{ $port }}{{ end -}}
{{- .Values.routing.prefix -}}
{{- if has "predict" .Values.routing.protocols -}}
/predict
{{- else if has "v2" .Values.routing.protocols -}}
/v2
{{- else -}}
/v1/models/{{ default "MODEL" .Values.analysis.model }}
{{- end -}}
{{- end -}}
