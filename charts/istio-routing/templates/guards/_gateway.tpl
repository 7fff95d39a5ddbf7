{{/*
Guards on the way in.
*/}}

{{- define "istio-routing.guardGateway" -}}
{{- with .Values.gateway }}
{{- if and .create .existing }}
- gateway.existing: it is set, and gateway.create is true: one host would have two owners. Keep one of the two.
{{- end }}
{{- if and .create .parentRefs }}
- gateway.parentRefs: it is set, and gateway.create is true: one host would have two owners. Keep one of the two.
{{- end }}
{{- if and .existing (eq $.Values.api "gateway-api") }}
- gateway.existing: it is set, and api is "gateway-api". Name the Gateways in gateway.parentRefs.
{{- end }}
{{- if and .parentRefs (eq $.Values.api "istio") }}
- gateway.parentRefs: it is set, and api is "istio". Name the Gateways in gateway.existing, as NAMESPACE/NAME.
{{- end }}
{{- if and .create (eq $.Values.api "istio") (not .selector) }}
- gateway.selector: it is empty, and gateway.create is true: no proxy would open the ports. Give the labels of the gateway's pods, for example {istio: ingress}; kubectl get pods --all-namespaces --show-labels --selector istio lists them.
{{- end }}
{{- if and .create (not .http.enabled) (not .tls.enabled) }}
- gateway.http.enabled: it is false, and gateway.tls.enabled too: the gateway would have no port. Set one of the two to true.
{{- end }}
{{- if and .create .http.enabled .tls.enabled (eq (int64 .http.port) (int64 .tls.port)) }}
- gateway.tls.port: it is {{ int64 .tls.port }}, as gateway.http.port is. Choose another.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardTls" -}}
{{- with .Values.gateway }}
{{- if and .tls.enabled (not .create) }}
- gateway.tls.enabled: it is true, and gateway.create is false: the certificate is a matter of the Gateway that is there already. Set it to false, or gateway.create to true.
{{- end }}
{{- if and .tls.enabled (not .tls.credentialName) }}
- gateway.tls.credentialName: it is empty, and gateway.tls.enabled is true. Name a Secret of type kubernetes.io/tls in the namespace of the gateway's proxy.
{{- end }}
{{- if and .tls.enabled (eq $.Values.api "gateway-api") (ne .tls.minProtocolVersion "TLSV1_2") }}
- gateway.tls.minProtocolVersion: it is {{ .tls.minProtocolVersion | quote }}, and api is "gateway-api", which cannot say it. Set api to "istio", or leave it at "TLSV1_2".
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.guardApi: what only Istio's own API can say.
*/}}
{{- define "istio-routing.guardApi" -}}
{{- if eq .Values.api "gateway-api" }}
{{- with .Values.routing }}
{{- if .sticky.enabled }}
- routing.sticky.enabled: it is true, and api is "gateway-api", which cannot say it. Set api to "istio", or take it out.
{{- end }}
{{- if .cors.enabled }}
- routing.cors.enabled: it is true, and api is "gateway-api", which cannot say it. Set api to "istio", or take it out.
{{- end }}
{{- range $kind, $fault := .faults }}
{{- if $fault.percentage }}
- routing.faults.{{ $kind }}.percentage: it is {{ $fault.percentage }}, and api is "gateway-api", which cannot say it. Set api to "istio", or take it out.
{{- end }}
{{- end }}
{{- end }}
{{- $versions := dict -}}
{{- include "istio-routing.versions" (dict "context" . "into" $versions) -}}
{{- range $versions.all }}
{{- if ne (float64 .mirror) (floor .mirror) }}
- {{ .at }}mirror: it is {{ .mirror }}, and api is "gateway-api", which takes whole numbers. Round it, or set api to "istio".
{{- end }}
{{- end }}
{{- if gt (len $versions.live) 16 }}
- versions: there are {{ len $versions.live }} that are not drained, and a rule of an HTTPRoute sends to 16. Drain those without requests, or set api to "istio".
{{- end }}
{{- $matches := 0 -}}
{{- range include "istio-routing.operations" . | fromYamlArray }}{{ $matches = add $matches (len .methods) }}{{ end -}}
{{- $rules := mul (ternary $matches 1 (ne .Values.routing.prefix "")) (add 1 (ternary (len $versions.live) 0 .Values.routing.pinning.enabled)) -}}
{{- if gt (int64 $rules) 16 }}
- versions: they and routing.protocols make {{ $rules }} rules, and an HTTPRoute holds 16. Take versions or routing.prefix out, set routing.pinning.enabled to false, or set api to "istio".
{{- end }}
{{- end }}
{{- end -}}
