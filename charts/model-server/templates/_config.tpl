{{/*
The server's configuration file. The server rejects unknown keys and uses its own defaults for missing ones.
*/}}

{{/*
model-server.ports: the container's ports.
*/}}
{{- define "model-server.ports" -}}
http: 8080
admin: 8081
{{- end -}}

{{/*
model-server.config: the content of config.yaml. Helm holds numbers as floats and would render 1e+06 without int64.
*/}}
{{- define "model-server.config" -}}
{{- $ports := include "model-server.ports" . | fromYaml -}}
repository: {{ .Values.model.path | quote }}
{{- with .Values.model.name }}
model_name: {{ . | quote }}
{{- end }}
{{- with .Values.model.version }}
model_version: {{ include "model-server.intOrString" . | quote }}
{{- end }}
port: {{ $ports.http }}
admin_port: {{ $ports.admin }}
{{- with .Values.server }}
host: {{ .host | quote }}
{{- if not (kindIs "invalid" .threads) }}
threads: {{ int64 .threads }}
{{- end }}
log_level: {{ .logLevel }}
log_format: {{ .logFormat }}
drain_seconds: {{ int64 .drainSeconds }}
graceful_timeout_seconds: {{ int64 .gracefulTimeoutSeconds }}
{{- if not (kindIs "invalid" .maxBodyBytes) }}
max_body_bytes: {{ int64 .maxBodyBytes }}
{{- end }}
{{- end }}
version_name: {{ include "model-server.versionName" . | quote }}
{{- with include "model-server.baselineVersion" . }}
shadow_compare_url: {{ include "model-server.baselineUrl" (dict "context" $ "version" .) | quote }}
shadow_ratio: {{ $.Values.shadow.ratio }}
shadow_tolerance: {{ $.Values.shadow.tolerance }}
shadow_timeout_seconds: {{ int64 $.Values.shadow.timeoutSeconds }}
{{- end }}
{{- with .Values.tracing }}
{{- if .endpoint }}
tracing_endpoint: {{ .endpoint | quote }}
tracing_sample_ratio: {{ .sampleRatio }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.configVariables: the environment variables that override the settings that the chart writes, as a YAML list.
*/}}
{{- define "model-server.configVariables" -}}
- MODEL_SERVER_CONFIG
{{- range $key := include "model-server.config" . | fromYaml | keys }}
- MODEL_SERVER_{{ upper $key }}
{{- end }}
{{- end -}}
