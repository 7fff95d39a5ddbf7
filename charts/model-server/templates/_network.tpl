{{/*
Rules of the NetworkPolicies, which deny all other traffic.
*/}}

{{/*
model-server.ingressFrom: the peers that may request predictions, including the test pod of the release.
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
{{- /* An empty list admits every peer; this selector matches no pod. */}}
- podSelector:
    matchExpressions:
      - {key: app.kubernetes.io/name, operator: In, values: [nobody]}
{{- end }}
{{- end -}}

{{/*
model-server.serverIngress: clients, nginx and servers that compare responses may access the ports of the Service; peers
that scrape metrics may access the admin port; and the user's rules. Network plugins always admit the kubelet's probes, which come from the node.
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
    - port: {{ include "model-server.intOrString" .Values.service.targetPort }}
      protocol: TCP
    {{- range .Values.service.extraPorts }}
    - port: {{ include "model-server.intOrString" (default .port .targetPort) }}
      protocol: {{ default "TCP" .protocol }}
    {{- end }}
{{- with .Values.networkPolicy.metricsFrom }}
- from:
    {{- toYaml . | nindent 4 }}
  ports:
    - port: http-admin
      protocol: TCP
{{- end }}
{{- with .Values.networkPolicy.ingress }}
{{ include "model-server.tplRender" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}

{{/*
model-server.serverEgress: DNS, the ports of downloads and of tracing endpoints, the versions that others compare with,
and the user's rules.
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
{{- with include "model-server.istiodEgress" . }}
{{ . }}
{{- end }}
{{- with .Values.networkPolicy.egress }}
{{ include "model-server.tplRender" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}

{{/*
model-server.istiodEgress: the egress rule for a sidecar, which receives its certificate and its configuration from
istiod.
*/}}
{{- define "model-server.istiodEgress" -}}
{{- with .Values.networkPolicy.istioNamespace -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ . | quote }}
  ports:
    - port: 15012
      protocol: TCP
{{- end }}
{{- end -}}
