{{/*
Guards for Services, routes and network policies.
*/}}

{{- define "model-server.guardService" -}}
{{- include "model-server.guardExposure" (dict "service" .Values.service "at" "service.") }}
{{- if and (has "IPv6" .Values.service.ipFamilies) (not (contains ":" .Values.server.host)) }}
- server.host: is {{ .Values.server.host | quote }}, which does not accept IPv6, but service.ipFamilies contains "IPv6". Set server.host to "::".
{{- else if and (eq .Values.service.ipFamilyPolicy "RequireDualStack") (not (contains ":" .Values.server.host)) }}
- server.host: is {{ .Values.server.host | quote }}, which does not accept IPv6, but service.ipFamilyPolicy is "RequireDualStack". Set server.host to "::".
{{- end }}
{{- if and (eq (len .Values.service.ipFamilies) 2) (eq .Values.service.ipFamilyPolicy "SingleStack") }}
- service.ipFamilyPolicy: is "SingleStack", but service.ipFamilies lists two families. Set it to "PreferDualStack" or "RequireDualStack", or list one family.
{{- end }}
{{- end -}}

{{/*
model-server.guardExposure: settings that only some types of Services support.
Takes a dict of service and at.
*/}}
{{- define "model-server.guardExposure" -}}
{{- $at := .at -}}
{{- with .service }}
{{- if eq .type "ClusterIP" }}
{{- $set := dict "nodePort" .nodePort "externalTrafficPolicy" .externalTrafficPolicy }}
{{- range $key := keys $set | sortAlpha }}
{{- if get $set $key }}
- {{ $at }}{{ $key }}: requires {{ $at }}type "NodePort" or "LoadBalancer", but the type is "ClusterIP". Change the type, and admit the clients in networkPolicy.ingressFrom, or remove it.
{{- end }}
{{- end }}
{{- end }}
{{- if ne .type "LoadBalancer" }}
{{- $type := .type }}
{{- $set := dict "loadBalancerClass" .loadBalancerClass "loadBalancerSourceRanges" .loadBalancerSourceRanges }}
{{- range $key := keys $set | sortAlpha }}
{{- if get $set $key }}
- {{ $at }}{{ $key }}: requires {{ $at }}type "LoadBalancer", but the type is {{ $type | quote }}. Change the type, and admit the clients in networkPolicy.ingressFrom, or remove it.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardRoutes" -}}
{{- if and .Values.ingress.enabled .Values.httpRoute.enabled }}
- httpRoute.enabled: conflicts with ingress.enabled: two controllers would serve the same hosts. Enable only one of them.
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
- ingress.hosts: must not be empty if ingress.enabled is true. Add a host, for example [{host: iris.example.org, paths: [{path: /, pathType: Prefix}]}].
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
- httpRoute.parentRefs: must not be empty if httpRoute.enabled is true, because no Gateway would serve the route. Add a Gateway, for example [{name: public, namespace: gateways}].
{{- end }}
{{- with .Values.httpRoute.timeouts }}
{{- $whole := include "model-server.milliseconds" (default "" .request) | int64 }}
{{- if and $whole (gt (include "model-server.milliseconds" (default "" .backendRequest) | int64) $whole) }}
- httpRoute.timeouts.backendRequest: is {{ .backendRequest }}, which exceeds httpRoute.timeouts.request, {{ .request }}. Set it to at most the timeout of the request.
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardNginx" -}}
{{- if .Values.nginx.enabled }}
{{- include "model-server.guardExposure" (dict "service" .Values.nginx.service "at" "nginx.service.") }}
{{- include "model-server.guardNginxPod" . }}
{{- if and (gt (int64 .Values.nginx.rateLimit.burst) 0) (not .Values.nginx.rateLimit.requestsPerSecond) }}
- nginx.rateLimit.burst: is {{ int64 .Values.nginx.rateLimit.burst }}, but nginx.rateLimit.requestsPerSecond is 0, which disables the limit. Set both, or neither.
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardNginxPod" -}}
{{- $nginx := .Values.nginx -}}
{{- include "model-server.guardPodMetadata" (dict "values" $nginx "at" "nginx.") }}
{{- include "model-server.guardAnnotations" (dict "at" "nginx.workloadAnnotations" "annotations" $nginx.workloadAnnotations) }}
{{- $own := dict "volumes" (list "config" "tmp") "containers" (list "nginx") "ports" (list "http" "http-health") }}
{{- include "model-server.guardAdditions" (dict "values" $nginx "at" "nginx." "own" $own) }}
{{- $used := dict "/etc/nginx/nginx.conf" "the configuration of nginx" "/tmp" "temporary files" }}
{{- include "model-server.guardExtraMounts" (dict "context" . "values" $nginx "at" "nginx." "used" $used) }}
{{- if $nginx.podSpec }}
{{- $instead := dict "containers" "nginx.sidecars" "initContainers" "nginx.initContainers" "volumes" "nginx.extraVolumes" "terminationGracePeriodSeconds" "nginx.drainSeconds" }}
{{- include "model-server.guardPodSpec" (dict "at" "nginx.podSpec" "patch" $nginx.podSpec "instead" $instead) }}
{{- end }}
{{- end -}}

{{/*
model-server.guardPorts: ports of the Services that lead to nothing, or to the same port twice.
*/}}
{{- define "model-server.guardPorts" -}}
{{- $service := .Values.service -}}
{{- if and .Values.nginx.enabled (not (has (include "model-server.intOrString" $service.targetPort) (list "http" "8080"))) }}
- service.targetPort: is {{ include "model-server.intOrString" $service.targetPort | quote }}, but nginx.enabled is true, and nginx sends requests to the servers' own port. Set it to "http", or disable nginx.
{{- end }}
{{- if $service.extraPorts }}
{{- include "model-server.guardUnique" (dict "list" "service.extraPorts" "items" $service.extraPorts "seen" (dict "\"http\"" "service.port")) }}
{{- $http := dict (printf "%q and \"TCP\"" (int64 $service.port | toString)) "service.port" }}
{{- include "model-server.guardUnique" (dict "list" "service.extraPorts" "items" $service.extraPorts "keys" (list "port" "protocol") "defaults" (dict "protocol" "TCP") "seen" $http) }}
{{- end }}
{{- range $index, $port := $service.extraPorts }}
{{- $at := printf "service.extraPorts[%d]" $index }}
{{- if and .nodePort (eq $service.type "ClusterIP") }}
- {{ $at }}.nodePort: is {{ int64 .nodePort }}, but service.type is "ClusterIP", which has no node ports. Change the type, and admit the clients in networkPolicy.ingressFrom, or remove it.
{{- end }}
{{- end }}
{{- include "model-server.guardPortNames" . }}
{{- end -}}

{{/*
model-server.guardPortNames: names of target ports that no container of a version has, so that the Service has no endpoints.
*/}}
{{- define "model-server.guardPortNames" -}}
{{- $wanted := dict -}}
{{- range $index, $port := prepend .Values.service.extraPorts (dict "targetPort" .Values.service.targetPort) -}}
{{- $target := .targetPort -}}
{{- if and (kindIs "string" $target) (not (has $target (list "" "http" "http-admin"))) -}}
{{- $_ := set $wanted (ternary "service.targetPort" (printf "service.extraPorts[%d].targetPort" (sub $index 1)) (eq $index 0)) $target -}}
{{- end -}}
{{- end -}}
{{- if $wanted }}
{{- $versions := dict -}}
{{- include "model-server.versionContexts" (dict "context" $ "into" $versions) -}}
{{- range $versions.all }}
{{- $names := list }}
{{- range concat .Values.sidecars .Values.initContainers }}
{{- range .ports }}{{ $names = append $names .name }}{{ end }}
{{- end }}
{{- $workload := include "model-server.workloadName" . }}
{{- range $key, $name := $wanted }}
{{- if not (has $name $names) }}
- {{ $key }}: is {{ $name | quote }}, but no container of {{ $workload }} has a port of that name, so the Service would not reach it. Add the port to an entry of sidecars, or correct the name.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardNetwork: peers outside the namespace must be listed, or the NetworkPolicy silently drops their packets.
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
- networkPolicy.ingressFrom: admits only pods of the release's namespace, but {{ $key }}. Add the peers outside the namespace, for example {{ $example }}, or set networkPolicy.enabled to false.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.externalEntrypoints: the values that expose the pods outside the namespace, each with an example of a peer.
*/}}
{{- define "model-server.externalEntrypoints" -}}
{{- $controller := "{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE-OF-THE-CONTROLLER}}}" -}}
{{- $network := "{ipBlock: {cidr: 203.0.113.0/24}}" -}}
{{- $entrypoints := dict -}}
{{- if .Values.ingress.enabled }}{{ $_ := set $entrypoints "ingress.enabled is true" $controller }}{{ end -}}
{{- if .Values.httpRoute.enabled }}{{ $_ := set $entrypoints "httpRoute.enabled is true" $controller }}{{ end -}}
{{- if ne .Values.service.type "ClusterIP" }}{{ $_ := set $entrypoints (printf "service.type is %q" .Values.service.type) $network }}{{ end -}}
{{- if and .Values.nginx.enabled (ne .Values.nginx.service.type "ClusterIP") }}{{ $_ := set $entrypoints (printf "nginx.service.type is %q" .Values.nginx.service.type) $network }}{{ end -}}
{{- toYaml $entrypoints -}}
{{- end -}}
