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
Takes the port number.
*/}}
{{- define "model-server.servicePort" -}}
name: http
port: {{ int64 . }}
targetPort: http
protocol: TCP
appProtocol: http
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
