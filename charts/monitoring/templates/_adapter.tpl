{{/*
prometheus-adapter.
*/}}

{{/*
monitoring.adapterConfig: which figures are offered, and how they are asked for.
*/}}
{{- define "monitoring.adapterConfig" -}}
{{- $rules := (.Files.Get "files/adapter-rules.yaml" | fromYaml).rules -}}
{{- dict "rules" (concat $rules .Values.adapter.extraRules) | toYaml -}}
{{- end -}}

{{/*
monitoring.adapterFlags: the command line.
*/}}
{{- define "monitoring.adapterFlags" -}}
- --config=/etc/adapter/config.yaml
- --prometheus-url=http://{{ include "monitoring.hostName" (dict "context" . "component" "prometheus") }}:{{ int64 .Values.prometheus.service.port }}/
- --metrics-relist-interval={{ .Values.adapter.relistInterval }}
- --secure-port=6443
{{- if .Values.adapter.tls.existingSecret }}
- --tls-cert-file=/etc/adapter-tls/tls.crt
- --tls-private-key-file=/etc/adapter-tls/tls.key
{{- else }}
- --cert-dir=/tmp/certificate
{{- end }}
{{- end -}}
