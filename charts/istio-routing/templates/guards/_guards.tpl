{{/*
Guards: what the schema cannot say, because it takes more than one value to see. Each names the key, the problem and the remedy.
All that is wrong is said at once.
*/}}

{{/*
istio-routing.validationErrors: what all guards say.
*/}}
{{- define "istio-routing.validationErrors" -}}
{{- include "istio-routing.guardCommonLabels" . -}}
{{- range list "Service" "Versions" "Weights" "Hosts" "Gateway" "Tls" "Api" "Times" "Headers" "Pinning" "Cors" "Destination" "Jwt" "Authorization" "Enforcement" "Analysis" -}}
{{- include (printf "istio-routing.guard%s" .) $ -}}
{{- end -}}
{{- end -}}

{{- define "istio-routing.guardService" -}}
{{- with .Values.service }}
{{- if not .name }}
- service.name: it is empty. Name the Service that charts/model-server made, for example iris-model-server; kubectl get services --selector app.kubernetes.io/part-of=model-serving lists them.
{{- end }}
{{- if not (regexMatch "^(http|http2|grpc)(-.*)?$" .portName) }}
- service.portName: {{ .portName | quote }} tells Istio no protocol, and it would treat requests as bytes. Name the Service's port http, http2 or grpc, or one of these with a "-" and more.
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardVersions" -}}
{{- $versions := dict -}}
{{- include "istio-routing.versions" (dict "context" . "into" $versions) -}}
{{- $flagger := eq .Values.trafficManagement "flagger" -}}
{{- if and $flagger .Values.versions }}
- versions: it is set, and trafficManagement is "flagger", which makes the versions and the routes itself. Take it out, or set trafficManagement to "helm".
{{- else if and (not $flagger) (not .Values.versions) }}
- versions: it is empty. Name the versions as charts/model-server does, for example [{name: 1, weight: 100}].
{{- end }}
{{- $seen := list -}}
{{- range $versions.all }}
{{- if has .name $seen }}
- {{ .at }}name: there are two versions {{ .name | quote }}. Take one out.
{{- end }}
{{- $seen = append $seen .name -}}
{{- if and .drain (gt .weight 0) }}
- {{ .at }}weight: it is {{ .weight }}, and {{ .at }}drain is true: a version that is being removed gets nothing. Set it to 0, or drain to false.
{{- end }}
{{- if and .drain .mirror }}
- {{ .at }}mirror: it is {{ .mirror }}, and {{ .at }}drain is true: a version that is being removed gets nothing. Take it out, or set drain to false.
{{- end }}
{{- if and .mirror (gt .weight 0) }}
- {{ .at }}mirror: it is {{ .mirror }}, and {{ .at }}weight is {{ .weight }}: the version would answer and be copied to at the same time. Set one of the two to 0.
{{- end }}
{{- end }}
{{- range $index, $entry := .Values.versions }}
{{- if and $entry.service (eq $.Values.api "istio") }}
- versions[{{ $index }}].service: it is set, and api is "istio", where versions are told by the label version. Take it out, or set api to "gateway-api".
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardWeights" -}}
{{- $versions := dict -}}
{{- include "istio-routing.versions" (dict "context" . "into" $versions) -}}
{{- $sum := 0 -}}
{{- range $versions.live }}{{ $sum = add $sum .weight }}{{ end -}}
{{- if and $versions.all (not $versions.live) }}
- versions: all of them have drain true, and nobody would answer. Set drain to false for one.
{{- else if and $versions.live (ne (int64 $sum) 100) }}
- versions: the weights of {{ include "istio-routing.names" $versions.live }} are {{ $sum }} together. Make them 100.
{{- end }}
{{- if and (eq .Values.trafficManagement "rollouts") (ne (len $versions.live) 2) }}
- versions: there are {{ len $versions.live }} that are not drained, and trafficManagement is "rollouts": Argo Rollouts moves requests between two. Name the stable one with weight 100 and the canary with 0.
{{- end }}
{{- end -}}

{{- define "istio-routing.guardDuplicates" -}}
{{- $seen := list -}}
{{- range .Values.routing.hosts }}
{{- if has . $seen }}
- routing.hosts: {{ . | quote }} is there twice. Take one out.
{{- end }}
{{- $seen = append $seen . -}}
{{- end }}
{{- $own := include "istio-routing.serviceHost" . -}}
{{- if and (eq .Values.api "istio") .Values.routing.mesh (has $own .Values.routing.hosts) }}
- routing.hosts: it holds {{ $own | quote }}, the Service's own name, which routing.mesh adds: it would be there twice. Take it out, or set routing.mesh to false.
{{- end }}
{{- end -}}

{{/*
istio-routing.door: whether there is a gateway, the chart's own or another.
*/}}
{{- define "istio-routing.door" -}}
{{- if or .Values.gateway.create .Values.gateway.existing .Values.gateway.parentRefs }}true{{ end -}}
{{- end -}}

{{- define "istio-routing.guardHosts" -}}
{{- include "istio-routing.guardDuplicates" . -}}
{{- $door := include "istio-routing.door" . -}}
{{- if and .Values.routing.hosts (not $door) }}
- routing.hosts: it is set, and there is no gateway that lets them in. Set gateway.create to true, or name one in gateway.existing (api gateway-api: gateway.parentRefs).
{{- end }}
{{- if and $door (not .Values.routing.hosts) }}
- routing.hosts: it is empty, and there is a gateway: nobody outside could name the model. Name a host, for example [iris.example.org].
{{- end }}
{{- if and (not .Values.routing.mesh) (not $door) }}
- routing.mesh: it is false, and there is no gateway: the routes would be for nobody. Set it to true, or gateway.create.
{{- end }}
{{- end -}}
