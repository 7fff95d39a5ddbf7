{{/*
Who may call whom. Everything that is not named is refused.
*/}}

{{/*
model-server.ingressFrom: who may ask for predictions; the release's own test is one of them.
*/}}
{{- define "model-server.ingressFrom" -}}
{{- with .Values.networkPolicy.ingressFrom }}
{{ toYaml . }}
{{- end }}
{{- if ne .Values.tests.runner "none" }}
- podSelector:
    matchLabels:
      {{- include "model-server.testSelectorLabels" . | nindent 6 }}
{{- end }}
{{- if not (or .Values.networkPolicy.ingressFrom (ne .Values.tests.runner "none")) }}
{{- /* An empty list would let everybody in; this selects nobody. */}}
- podSelector:
    matchExpressions:
      - {key: app.kubernetes.io/name, operator: In, values: [nobody]}
{{- end }}
{{- end -}}

{{/*
model-server.serverIngress: clients, the load balancer where there is one, and servers that compare, to the one port; who
reads metrics to the other.
The kubelet's probes come from the node itself, which network plugins always let through.
*/}}
{{- define "model-server.serverIngress" -}}
- from:
    {{- include "model-server.ingressFrom" . | trim | nindent 4 }}
    {{- if .Values.nginx.enabled }}
    - podSelector:
        matchLabels:
          {{- include "model-server.nginxSelectorLabels" . | nindent 10 }}
    {{- end }}
    {{- if include "model-server.baselineVersions" . | fromYamlArray }}
    - podSelector:
        matchLabels:
          {{- include "model-server.selectorLabels" . | nindent 10 }}
    {{- end }}
  ports:
    - port: http
      protocol: TCP
{{- with .Values.networkPolicy.metricsFrom }}
- from:
    {{- toYaml . | nindent 4 }}
  ports:
    - port: http-admin
      protocol: TCP
{{- end }}
{{- end -}}

{{/*
model-server.serverEgress: names, the places that models are downloaded from and traces are sent to, versions that others
compare with, and what the user adds.
*/}}
{{- define "model-server.serverEgress" -}}
{{- include "model-server.dnsEgress" . }}
{{- $versions := dict }}
{{- include "model-server.versionContexts" (dict "context" $ "into" $versions) }}
{{- $ports := list }}
{{- range $versions.all }}
{{- if eq .Values.model.source.type "download" }}
{{- $ports = append $ports (include "model-server.downloadPort" .Values.model.source.download | int64) }}
{{- end }}
{{- with .Values.tracing.endpoint }}
{{- $ports = append $ports (include "model-server.downloadPort" (dict "url" . "endpoint" "") | int64) }}
{{- end }}
{{- end }}
{{- with $ports | uniq | sortAlpha }}
- ports:
    {{- range . }}
    - port: {{ . }}
      protocol: TCP
    {{- end }}
{{- end }}
{{- with include "model-server.baselineVersions" . | fromYamlArray }}
- to:
    {{- range . }}
    - podSelector:
        matchLabels:
          {{- include "model-server.selectorLabels" $ | nindent 10 }}
          app.kubernetes.io/component: version
          version: {{ . | quote }}
    {{- end }}
  ports:
    - port: http
      protocol: TCP
{{- end }}
{{- with .Values.networkPolicy.egress }}
{{ include "model-server.tplRender" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}
