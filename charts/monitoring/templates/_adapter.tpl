{{/*
Configuration of prometheus-adapter.
*/}}

{{/*
monitoring.adapterConfig: the metrics that the adapter serves and their queries.
*/}}
{{- define "monitoring.adapterConfig" -}}
{{- $rules := (.Files.Get "files/adapter-rules.yaml" | fromYaml).rules -}}
{{- dict "rules" (concat $rules .Values.adapter.extraRules) | toYaml -}}
{{- end -}}

{{/*
monitoring.adapterFlags: the command line of the adapter.
*/}}
{{- define "monitoring.adapterFlags" -}}
- --config=/etc/adapter/config.yaml
- --prometheus-url=http://{{ include "monitoring.serviceHost" (dict "context" . "component" "prometheus") }}:{{ int64 .Values.prometheus.service.port }}/
- --metrics-relist-interval={{ .Values.adapter.relistInterval }}
- --secure-port=6443
{{- if .Values.adapter.tls.existingSecret }}
- --tls-cert-file=/etc/adapter-tls/tls.crt
- --tls-private-key-file=/etc/adapter-tls/tls.key
{{- else }}
- --cert-dir=/tmp/certificate
{{- end }}
{{- end -}}
