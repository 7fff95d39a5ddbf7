{{/*
Guards for entries of lists that must differ.
*/}}

{{/*
model-server.guardLists: lists of the pods of one version.
*/}}
{{- define "model-server.guardLists" -}}
{{- include "model-server.guardPodLists" (dict "context" . "at" .at "values" .Values) }}
{{- include "model-server.guardPodLists" (dict "context" . "at" (printf "%smodel.source.download." .at) "values" .Values.model.source.download) }}
{{- if gt (len .Values.keda.triggers) 1 }}
{{- $named := list }}
{{- range $index, $trigger := .Values.keda.triggers }}
{{- $named = append $named (dict "name" (default (printf "%d" $index) .name)) }}
{{- end }}
{{- include "model-server.guardUnique" (dict "list" (printf "%skeda.triggers" .at) "items" $named) }}
{{- end }}
{{- end -}}

{{/*
model-server.guardReleaseLists: lists that all versions share.
*/}}
{{- define "model-server.guardReleaseLists" -}}
{{- include "model-server.guardPodLists" (dict "context" . "at" "nginx." "values" .Values.nginx) }}
{{- include "model-server.guardPodLists" (dict "context" . "at" "tests." "values" .Values.tests "ownEnv" (list "SERVICE_HOST" "SERVICE_PORT" "INPUT_DATA" "TIMEOUT_SECONDS")) }}
{{- include "model-server.guardTLSHosts" (dict "list" "ingress.tls" "items" .Values.ingress.tls) }}
{{- include "model-server.guardParentRefs" (dict "list" "httpRoute.parentRefs" "items" .Values.httpRoute.parentRefs) }}
{{- include "model-server.guardRouteLists" .Values.httpRoute }}
{{- end -}}

{{/*
model-server.guardRouteLists: headers and query parameters that the Gateway API identifies by name, and filters of types
that a route may have once.
Takes the values of the HTTPRoute.
*/}}
{{- define "model-server.guardRouteLists" -}}
{{- range $index, $match := .matches }}
{{- range $list := list "headers" "queryParams" }}
{{- include "model-server.guardUnique" (dict "list" (printf "httpRoute.matches[%d].%s" $index $list) "items" (get $match $list)) }}
{{- end }}
{{- end }}
{{- $filters := list }}
{{- range $index, $filter := .filters }}
{{- $repeats := has .type (list "RequestMirror" "ExtensionRef") }}
{{- $filters = append $filters (dict "type" (ternary (printf "%s %d" .type $index) .type $repeats)) }}
{{- range $modifier := list "requestHeaderModifier" "responseHeaderModifier" }}
{{- range $list := list "add" "set" }}
{{- include "model-server.guardUnique" (dict "list" (printf "httpRoute.filters[%d].%s.%s" $index $modifier $list) "items" (get (default (dict) (get $filter $modifier)) $list)) }}
{{- end }}
{{- end }}
{{- end }}
{{- include "model-server.guardUnique" (dict "list" "httpRoute.filters" "items" $filters "keys" (list "type")) }}
{{- end -}}
