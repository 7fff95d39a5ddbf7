{{/*
Protocols: the paths and methods that are routed. charts/istio-routing/README.md has the table.
*/}}

{{/*
istio-routing.operations: every path of the protocols, with kind (Exact or Prefix), path and methods.
*/}}
{{- define "istio-routing.operations" -}}
{{- range .Values.routing.protocols }}
{{- if eq . "predict" }}
- {kind: Exact, path: /predict, methods: [POST]}
{{- else if eq . "v1" }}
- {kind: Prefix, path: /v1/models/, methods: [GET, POST]}
{{- else }}
- {kind: Exact, path: /v2, methods: [GET]}
- {kind: Prefix, path: /v2/, methods: [GET, POST]}
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.reservedHeaders: headers that every rule removes from client requests. A client that could mark its requests
as mirrored would keep them out of the metrics.
*/}}
{{- define "istio-routing.reservedHeaders" -}}
[x-model-shadow, x-model-compared-by]
{{- end -}}

{{/*
istio-routing.modelPaths: the paths of one caller in the notation of AuthorizationPolicy: exact, or a prefix and "*".
Takes a dict of context, prefix and models.
*/}}
{{- define "istio-routing.modelPaths" -}}
{{- $paths := list -}}
{{- range $protocol := .context.Values.routing.protocols -}}
{{- if eq $protocol "predict" -}}
{{- if not $.models }}{{ $paths = append $paths "/predict" }}{{ end -}}
{{- else if eq $protocol "v1" -}}
{{- if not $.models }}{{ $paths = append $paths "/v1/models/*" }}{{ end -}}
{{- range $.models }}{{ $paths = concat $paths (list (printf "/v1/models/%s" .) (printf "/v1/models/%s:*" .) (printf "/v1/models/%s/*" .)) }}{{ end -}}
{{- else -}}
{{- $paths = concat $paths (list "/v2" "/v2/health/*") -}}
{{- if not $.models }}{{ $paths = append $paths "/v2/*" }}{{ end -}}
{{- range $.models }}{{ $paths = concat $paths (list (printf "/v2/models/%s" .) (printf "/v2/models/%s/*" .)) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $paths }}
- {{ printf "%s%s" $.prefix . | quote }}
{{- end }}
{{- end -}}
