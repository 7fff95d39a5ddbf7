{{/*
Rules of the NetworkPolicies, which deny all other traffic.
*/}}

{{/*
monitoring.podPeers: the pods of components of this release, as NetworkPolicy peers.
Takes a dict of context and components.
*/}}
{{- define "monitoring.podPeers" -}}
{{- range .components }}
- podSelector:
    matchLabels:
      {{- include "monitoring.selectorLabels" (dict "context" $.context "component" .) | nindent 6 }}
{{- end }}
{{- end -}}

{{/*
monitoring.ingressRule: an ingress rule that admits the user's peers, if there are any, and components to a port.
Takes a dict of context, port, peers and components, and extraPorts, further ports of the Service.
*/}}
{{- define "monitoring.ingressRule" -}}
- from:
    {{- with .peers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- include "monitoring.podPeers" . | trim | nindent 4 }}
  ports:
    - port: {{ .port }}
      protocol: TCP
    {{- range .extraPorts }}
    - port: {{ default .port .targetPort | toJson }}
      protocol: {{ default "TCP" .protocol }}
    {{- end }}
{{- end -}}

{{/*
monitoring.egressRule: an egress rule to a port of components.
Takes a dict of context, components and port.
*/}}
{{- define "monitoring.egressRule" -}}
- to:
    {{- include "monitoring.podPeers" . | trim | nindent 4 }}
  ports:
    - port: {{ .port }}
      protocol: TCP
{{- end -}}

{{/*
monitoring.apiServerEgress: egress to the API server, whose address differs between clusters.
*/}}
{{- define "monitoring.apiServerEgress" -}}
{{- with .Values.networkPolicy.apiServerPorts }}
- ports:
    {{- range . }}
    - port: {{ int64 . }}
      protocol: TCP
    {{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.networkPolicy: the beginning of a component's NetworkPolicy.
Takes a scope.
*/}}
{{- define "monitoring.networkPolicy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  {{- include "monitoring.metadata" . | nindent 2 }}
spec:
  podSelector:
    matchLabels:
      {{- include "monitoring.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
{{- end -}}

{{/*
monitoring.exporterPeers: peers that may scrape the exporters, in addition to this release's Prometheus: in mode
operator the peers of networkPolicy.ingressFrom, which must include the operator's Prometheus.
*/}}
{{- define "monitoring.exporterPeers" -}}
{{- if include "monitoring.isOperator" . -}}
{{- toYaml .Values.networkPolicy.ingressFrom -}}
{{- else -}}
[]
{{- end -}}
{{- end -}}
