{{/*
Settings that Services have in common.
*/}}

{{/*
model-server.ipFamilies: the IP families of every Service of the release.
*/}}
{{- define "model-server.ipFamilies" -}}
{{- with .Values.service.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.service.ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.servicePort: the HTTP port of a Service. Without its name and appProtocol, a mesh treats it as TCP.
Takes a dict of port and targetPort.
*/}}
{{- define "model-server.servicePort" -}}
name: http
port: {{ int64 .port }}
targetPort: {{ include "model-server.intOrString" .targetPort }}
protocol: TCP
appProtocol: http
{{- end -}}

{{/*
model-server.extraPorts: the ports that users add to the servers' Services. Defaults are explicit, because the API server
adds them to the items of the list, which would look like drift to Argo CD.
Takes a dict of ports and nodePorts, true for a Service that may be exposed.
*/}}
{{- define "model-server.extraPorts" -}}
{{- range .ports }}
- name: {{ .name | quote }}
  port: {{ int64 .port }}
  targetPort: {{ include "model-server.intOrString" (default .port .targetPort) }}
  protocol: {{ default "TCP" .protocol }}
  {{- with .appProtocol }}
  appProtocol: {{ . | quote }}
  {{- end }}
  {{- if and .nodePort $.nodePorts }}
  nodePort: {{ int64 .nodePort }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.exposure: the type of a Service and its load balancer settings.
Takes the values of the Service.
*/}}
{{- define "model-server.exposure" -}}
type: {{ .type }}
{{- with .loadBalancerClass }}
loadBalancerClass: {{ . | quote }}
{{- end }}
{{- with .loadBalancerSourceRanges }}
loadBalancerSourceRanges:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .externalTrafficPolicy }}
externalTrafficPolicy: {{ . }}
{{- end }}
{{- end -}}

{{/*
model-server.routeMatches: the matches of the HTTPRoute with their defaults.
*/}}
{{- define "model-server.routeMatches" -}}
{{- $matches := list -}}
{{- range .Values.httpRoute.matches -}}
{{- $matches = append $matches (merge (dict) . (dict "path" (dict))) -}}
{{- end -}}
{{- $exact := dict "type" "Exact" -}}
{{- $defaults := dict "path" (dict "type" "PathPrefix" "value" "/") "headers" $exact "queryParams" $exact -}}
{{- include "model-server.withDefaults" (dict "items" $matches "defaults" $defaults) -}}
{{- end -}}

{{/*
model-server.routeFilters: filters of the HTTPRoute with their defaults.
Takes a list of HTTPRouteFilter.
*/}}
{{- define "model-server.routeFilters" -}}
{{- $mirror := dict "backendRef" (dict "group" "" "kind" "Service") "fraction" (dict "denominator" 100) -}}
{{- include "model-server.withDefaults" (dict "items" . "defaults" (dict "requestMirror" $mirror "cors" (dict "maxAge" 5))) -}}
{{- end -}}
