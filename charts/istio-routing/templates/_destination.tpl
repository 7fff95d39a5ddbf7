{{/*
Load balancing and connections to the pods of a version.
*/}}

{{- define "istio-routing.trafficPolicy" -}}
{{- with .Values.destination -}}
loadBalancer:
  {{- if .hashHeader }}
  # Maglev instead of a hash ring, because Envoy has lost parts of the ring when pods were added.
  consistentHash:
    httpHeaderName: {{ .hashHeader | quote }}
    # Envoy's own default; Istio rejects the object without it.
    maglev:
      tableSize: 65537
  {{- else }}
  simple: {{ .loadBalancer }}
  {{- with .warmup }}
  warmup:
    duration: {{ . }}
  {{- end }}
  {{- end }}
  localityLbSetting:
    enabled: {{ .locality.enabled }}
connectionPool:
  tcp:
    maxConnections: {{ int64 .connectionPool.maxConnections }}
    connectTimeout: {{ .connectionPool.connectTimeout }}
  http:
    http1MaxPendingRequests: {{ int64 .connectionPool.http1MaxPendingRequests }}
    idleTimeout: {{ .connectionPool.idleTimeout }}
{{- with .outlierDetection }}
{{- if .enabled }}
outlierDetection:
  consecutive5xxErrors: {{ int64 .consecutive5xxErrors }}
  interval: {{ .interval }}
  baseEjectionTime: {{ .baseEjectionTime }}
  maxEjectionPercent: {{ int64 .maxEjectionPercent }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
