{{/*
Guards on the way of a request to the pods.
*/}}

{{- define "model-server.guardService" -}}
{{- include "model-server.guardExposure" (dict "service" .Values.service "at" "service.") }}
{{- if and (has "IPv6" .Values.service.ipFamilies) (not (contains ":" .Values.server.host)) }}
- server.host: it is {{ .Values.server.host | quote }}, which no IPv6 request reaches, and service.ipFamilies holds "IPv6". Set server.host to "::".
{{- else if and (eq .Values.service.ipFamilyPolicy "RequireDualStack") (not (contains ":" .Values.server.host)) }}
- server.host: it is {{ .Values.server.host | quote }}, which no IPv6 request reaches, and service.ipFamilyPolicy is "RequireDualStack". Set server.host to "::".
{{- end }}
{{- if and (eq (len .Values.service.ipFamilies) 2) (eq .Values.service.ipFamilyPolicy "SingleStack") }}
- service.ipFamilyPolicy: it is "SingleStack", and service.ipFamilies names two. Set it to "PreferDualStack" or "RequireDualStack", or name one family.
{{- end }}
{{- end -}}

{{/*
model-server.guardExposure: settings that only some types of Service have.
Takes a dict of service and at.
*/}}
{{- define "model-server.guardExposure" -}}
{{- $at := .at -}}
{{- with .service }}
{{- if eq .type "ClusterIP" }}
{{- $set := dict "nodePort" .nodePort "externalTrafficPolicy" .externalTrafficPolicy }}
{{- range $key := keys $set | sortAlpha }}
{{- if get $set $key }}
- {{ $at }}{{ $key }}: it is set, and {{ $at }}type is "ClusterIP". Set {{ $at }}type to "NodePort" or "LoadBalancer", or take it out.
{{- end }}
{{- end }}
{{- end }}
{{- if ne .type "LoadBalancer" }}
{{- $type := .type }}
{{- $set := dict "loadBalancerClass" .loadBalancerClass "loadBalancerSourceRanges" .loadBalancerSourceRanges }}
{{- range $key := keys $set | sortAlpha }}
{{- if get $set $key }}
- {{ $at }}{{ $key }}: it is set, and {{ $at }}type is {{ $type | quote }}. Set {{ $at }}type to "LoadBalancer", or take it out.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardRoutes" -}}
{{- if and .Values.ingress.enabled .Values.httpRoute.enabled }}
- httpRoute.enabled: it is true, and ingress.enabled too: the same hosts would be served twice, by two controllers. Keep one of the two.
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
- ingress.hosts: it is empty, and ingress.enabled is true. Name a host, for example [{host: iris.example.org, paths: [{path: /, pathType: Prefix}]}].
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
- httpRoute.parentRefs: it is empty, and httpRoute.enabled is true: no Gateway would serve the route. Name one, for example [{name: public, namespace: gateways}].
{{- end }}
{{- end -}}

{{- define "model-server.guardNginx" -}}
{{- if .Values.nginx.enabled }}
{{- include "model-server.guardExposure" (dict "service" .Values.nginx.service "at" "nginx.service.") }}
{{- range $annotation := keys .Values.nginx.podAnnotations | sortAlpha }}
{{- if hasPrefix "checksum/" $annotation }}
- nginx.podAnnotations: {{ $annotation | quote }} is one by which the chart rolls the pods. Give it another name.
{{- end }}
{{- end }}
{{- if and (gt (int64 .Values.nginx.rateLimit.burst) 0) (not .Values.nginx.rateLimit.requestsPerSecond) }}
- nginx.rateLimit.burst: it is {{ int64 .Values.nginx.rateLimit.burst }}, and nginx.rateLimit.requestsPerSecond is 0, which is no limit. Set both, or neither.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardNetwork: who comes from outside must be named, or the policy refuses them without a word.
*/}}
{{- define "model-server.guardNetwork" -}}
{{- if .Values.networkPolicy.enabled }}
{{- $outside := false }}
{{- range .Values.networkPolicy.ingressFrom }}
{{- if or .namespaceSelector .ipBlock (hasKey . "namespaceSelector") }}
{{- $outside = true }}
{{- end }}
{{- end }}
{{- if not $outside }}
{{- range $key, $example := include "model-server.externalEntrypoints" . | fromYaml }}
- networkPolicy.ingressFrom: {{ $key }}, and only pods of the release's own namespace may call. Add who calls from outside, for example {{ $example }}, or set networkPolicy.enabled to false.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.externalEntrypoints: the values that let requests in from outside the namespace, each with a caller to name.
*/}}
{{- define "model-server.externalEntrypoints" -}}
{{- $controller := "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE-OF-THE-CONTROLLER}}}" -}}
{{- $network := "{ipBlock: {cidr: 203.0.113.0/24}}" -}}
{{- $doors := dict -}}
{{- if .Values.ingress.enabled }}{{ $_ := set $doors "ingress.enabled is true" $controller }}{{ end -}}
{{- if .Values.httpRoute.enabled }}{{ $_ := set $doors "httpRoute.enabled is true" $controller }}{{ end -}}
{{- if ne .Values.service.type "ClusterIP" }}{{ $_ := set $doors (printf "service.type is %q" .Values.service.type) $network }}{{ end -}}
{{- if and .Values.nginx.enabled (ne .Values.nginx.service.type "ClusterIP") }}{{ $_ := set $doors (printf "nginx.service.type is %q" .Values.nginx.service.type) $network }}{{ end -}}
{{- toYaml $doors -}}
{{- end -}}
