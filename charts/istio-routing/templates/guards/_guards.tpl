{{/*
Validation of what the schema cannot express because it depends on several values. Each message has the key, the problem and
the remedy, and all of them are reported together.
*/}}

{{/*
istio-routing.validationErrors: the messages of all guards.
*/}}
{{- define "istio-routing.validationErrors" -}}
{{- include "istio-routing.guardCommonLabels" . -}}
{{- include "istio-routing.guardAnnotations" (dict "at" "commonAnnotations" "annotations" .Values.commonAnnotations) -}}
{{- range $key := list "api" "trafficManagement" -}}
{{- include "istio-routing.guardModes" (dict "context" $ "key" $key "modes" (list (get $.Values $key))) -}}
{{- end -}}
{{- range list "Service" "Versions" "Weights" "Hosts" "Gateway" "Tls" "Api" "Times" "Headers" "Pinning" "Cors" "Destination" "Jwt" "Authorization" "Enforcement" "Analysis" -}}
{{- include (printf "istio-routing.guard%s" .) $ -}}
{{- end -}}
{{- end -}}

{{- define "istio-routing.guardService" -}}
{{- with .Values.service }}
{{- if not .name }}
- service.name: required. Name the Service that charts/model-server created, for example iris-model-server; kubectl get services --selector app.kubernetes.io/part-of=model-serving lists them.
{{- end }}
{{- if not (regexMatch "^(http|http2|grpc)(-.*)?$" .portName) }}
- service.portName: {{ .portName | quote }} does not begin with a protocol that Istio knows, so requests would be treated as opaque TCP. Name the Service's port http, http2 or grpc, optionally followed by "-" and a suffix.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardVersions" -}}
{{- $versions := dict -}}
{{- include "istio-routing.versions" (dict "context" . "into" $versions) -}}
{{- $flagger := eq .Values.trafficManagement "flagger" -}}
{{- if and $flagger .Values.versions }}
- versions: must be empty if trafficManagement is "flagger", which creates the versions and the routes itself. Remove it, or set trafficManagement to "helm".
{{- else if and (not $flagger) (not .Values.versions) }}
- versions: required. Name the versions as in charts/model-server, for example [{name: 1, weight: 100}].
{{- end }}
{{- $seen := list -}}
{{- range $versions.all }}
{{- if has .name $seen }}
- {{ .at }}name: there are two versions {{ .name | quote }}. Remove one.
{{- end }}
{{- $seen = append $seen .name -}}
{{- if and .drain (gt .weight 0) }}
- {{ .at }}weight: it is {{ .weight }}, and {{ .at }}drain is true: a version that is being removed receives no requests. Set it to 0, or set drain to false and let the weights add up to 100.
{{- end }}
{{- if and .drain .mirror }}
- {{ .at }}mirror: it is {{ .mirror }}, and {{ .at }}drain is true: a version that is being removed receives no requests. Remove it, or set drain to false.
{{- end }}
{{- if and .mirror (gt .weight 0) }}
- {{ .at }}mirror: it is {{ .mirror }}, and {{ .at }}weight is {{ .weight }}: the version would receive both live and mirrored requests. Set one of the two to 0.
{{- end }}
{{- end }}
{{- range $index, $entry := .Values.versions }}
{{- if and $entry.service (eq $.Values.api "istio") }}
- versions[{{ $index }}].service: has no effect with api "istio", which selects versions by their label. Remove it, or set api to "gateway-api".
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardWeights" -}}
{{- $versions := dict -}}
{{- include "istio-routing.versions" (dict "context" . "into" $versions) -}}
{{- $sum := 0 -}}
{{- range $versions.live }}{{ $sum = add $sum .weight }}{{ end -}}
{{- if and $versions.all (not $versions.live) }}
- versions: all have drain: true, so no version would receive requests. Set drain to false for one.
{{- else if and $versions.live (ne (int64 $sum) 100) }}
- versions: the weights of {{ include "istio-routing.versionNames" $versions.live }} are {{ $sum }} in total. They must add up to 100.
{{- end }}
{{- if and (eq .Values.trafficManagement "rollouts") (ne (len $versions.live) 2) }}
- versions: there are {{ len $versions.live }} that are not drained, but trafficManagement is "rollouts", and Argo Rollouts shifts traffic between exactly two. Name the stable one with weight 100 and the canary with 0.
{{- end }}
{{- end -}}

{{- define "istio-routing.guardDuplicates" -}}
{{- $seen := list -}}
{{- range .Values.routing.hosts }}
{{- if has . $seen }}
- routing.hosts: {{ . | quote }} is listed twice. Remove one.
{{- end }}
{{- $seen = append $seen . -}}
{{- end }}
{{- $own := include "istio-routing.serviceHost" . -}}
{{- if and (eq .Values.api "istio") .Values.routing.mesh (has $own .Values.routing.hosts) }}
- routing.hosts: it holds {{ $own | quote }}, the Service's own name, which routing.mesh adds as well. Remove it, or set routing.mesh to false.
{{- end }}
{{- end -}}

{{/*
istio-routing.hasGateway: "true" if there is a gateway, created by the chart or existing.
*/}}
{{- define "istio-routing.hasGateway" -}}
{{- if or .Values.gateway.create .Values.gateway.existing .Values.gateway.parentRefs }}true{{ end -}}
{{- end -}}

{{- define "istio-routing.guardHosts" -}}
{{- include "istio-routing.guardDuplicates" . -}}
{{- $hasGateway := include "istio-routing.hasGateway" . -}}
{{- if and .Values.routing.hosts (not $hasGateway) }}
- routing.hosts: there is no gateway for these hosts. Set gateway.create to true, with gateway.selector and routing.hosts, or name one in gateway.existing (api gateway-api: gateway.parentRefs).
{{- end }}
{{- if and $hasGateway (not .Values.routing.hosts) }}
- routing.hosts: required if there is a gateway: without a host, external clients cannot address the model. Name a host, for example [iris.example.org].
{{- end }}
{{- if and (not .Values.routing.mesh) (not $hasGateway) }}
- routing.mesh: must be true if there is no gateway, because the routes would apply to no client. Set it to true, or set gateway.create to true, with gateway.selector and routing.hosts.
{{- end }}
{{- end -}}
