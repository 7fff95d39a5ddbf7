{{/*
istio-routing.hasMissingKeys: not empty if a value that does not accept null is missing. A map that has no keys of
other names is compared by its number of keys.
Generated from values.yaml: change that, and run `python -m charttool generate`.
*/}}
{{- define "istio-routing.hasMissingKeys" -}}
{{- with .Values -}}
{{- $map := . -}}
{{- range splitList " " "nameOverride fullnameOverride namespaceOverride commonLabels commonAnnotations clusterDomain api trafficManagement service versions gateway routing destination security telemetry sidecar analysis extraObjects" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- with .service -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .gateway -}}
{{- if lt (len .) 8 }}x{{ end -}}
{{- with .http -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .tls -}}
{{- if lt (len .) 6 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .routing -}}
{{- if lt (len .) 12 }}x{{ end -}}
{{- with .pinning -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .sticky -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .retries -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .faults -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- with .delay -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .abort -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .cors -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .destination -}}
{{- if lt (len .) 6 }}x{{ end -}}
{{- with .outlierDetection -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .connectionPool -}}
{{- if lt (len .) 4 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .locality -}}
{{- if lt (len .) 1 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .security -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- with .mtls -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .jwt -}}
{{- if lt (len .) 7 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .authorization -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .telemetry -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- with .tracing -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .accessLog -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .sidecar -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .analysis -}}
{{- if lt (len .) 11 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- end -}}
{{- end -}}
