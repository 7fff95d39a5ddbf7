{{/*
Validation of gateways.
*/}}

{{- define "istio-routing.guardGateway" -}}
{{- with .Values.gateway }}
{{- if and .create .existing }}
- gateway.existing: must not be set together with gateway.create: one host would have two owners. Set only one of the two.
{{- end }}
{{- if and .create .parentRefs }}
- gateway.parentRefs: must not be set together with gateway.create: one host would have two owners. Set only one of the two.
{{- end }}
{{- if and .existing (eq $.Values.api "gateway-api") }}
- gateway.existing: has no effect with api "gateway-api". Name the Gateways in gateway.parentRefs.
{{- end }}
{{- if and .parentRefs (eq $.Values.api "istio") }}
- gateway.parentRefs: has no effect with api "istio". Name the Gateways in gateway.existing, as NAMESPACE/NAME.
{{- end }}
{{- if and .create (eq $.Values.api "istio") (not .selector) }}
- gateway.selector: required if gateway.create is true, because no proxy would open the ports. Set it to the labels of the gateway's pods, for example {istio: ingress}; kubectl get pods --all-namespaces --show-labels --selector istio lists them.
{{- end }}
{{- if and .create (not .http.enabled) (not .tls.enabled) }}
- gateway.http.enabled: the gateway has no port, because gateway.tls.enabled is false as well. Set one of the two to true.
{{- end }}
{{- include "istio-routing.guardParentRefs" (dict "list" "gateway.parentRefs" "items" .parentRefs) }}
{{- if and .create .http.enabled .tls.enabled (eq (int64 .http.port) (int64 .tls.port)) }}
- gateway.tls.port: it is {{ int64 .tls.port }}, the same as gateway.http.port. Choose another port.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardTls" -}}
{{- with .Values.gateway }}
{{- if and .tls.enabled (not .create) }}
- gateway.tls.enabled: must be false if gateway.create is false, because the existing Gateway has the certificate. Set it to false, or set gateway.create to true, with gateway.selector and routing.hosts.
{{- end }}
{{- if and .tls.enabled (not .tls.credentialName) }}
- gateway.tls.credentialName: required if gateway.tls.enabled is true. Name a Secret of type kubernetes.io/tls in the namespace of the gateway's proxy.
{{- end }}
{{- if and .tls.enabled (eq $.Values.api "gateway-api") (ne .tls.minProtocolVersion "TLSV1_2") }}
- gateway.tls.minProtocolVersion: it is {{ .tls.minProtocolVersion | quote }}, which api "gateway-api" does not support. Set api to "istio", or leave it at "TLSV1_2".
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.guardApi: values that only Istio's own API supports.
*/}}
{{- define "istio-routing.guardApi" -}}
{{- if eq .Values.api "gateway-api" }}
{{- with .Values.routing }}
{{- if .sticky.enabled }}
- routing.sticky.enabled: it is true, which api "gateway-api" does not support. Set api to "istio", or remove it.
{{- end }}
{{- if .cors.enabled }}
- routing.cors.enabled: it is true, which api "gateway-api" does not support. Set api to "istio", or remove it.
{{- end }}
{{- range $kind, $fault := .faults }}
{{- if $fault.percentage }}
- routing.faults.{{ $kind }}.percentage: it is {{ $fault.percentage }}, which api "gateway-api" does not support. Set api to "istio", or remove it.
{{- end }}
{{- end }}
{{- end }}
{{- $versions := dict -}}
{{- include "istio-routing.versions" (dict "context" . "into" $versions) -}}
{{- range $versions.all }}
{{- if ne (float64 .mirror) (floor .mirror) }}
- {{ .at }}mirror: it is {{ .mirror }}, but api "gateway-api" supports whole numbers only. Round it, or set api to "istio".
{{- end }}
{{- end }}
{{- if gt (len $versions.live) 16 }}
- versions: there are {{ len $versions.live }} that are not drained, but a rule of an HTTPRoute has at most 16 backends. Drain those without requests, or set api to "istio".
{{- end }}
{{- $matches := 0 -}}
{{- range include "istio-routing.operations" . | fromYamlArray }}{{ $matches = add $matches (len .methods) }}{{ end -}}
{{- $rules := mul (ternary $matches 1 (ne .Values.routing.prefix "")) (add 1 (ternary (len $versions.live) 0 .Values.routing.pinning.enabled)) -}}
{{- if gt (int64 $rules) 16 }}
- versions: together with routing.protocols they result in {{ $rules }} rules, but an HTTPRoute has at most 16. Remove versions or routing.prefix, set routing.pinning.enabled to false, or set api to "istio".
{{- end }}
{{- end }}
{{- end -}}
