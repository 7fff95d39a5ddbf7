{{/*
Who may call whom. Everything that is not named is refused.
*/}}

{{/*
monitoring.podsOf: the pods of components of this release, as peers. Takes a dict of context and components.
*/}}
{{- define "monitoring.podsOf" -}}
{{- range .components }}
- podSelector:
    matchLabels:
      {{- include "monitoring.selectorLabels" (dict "context" $.context "component" .) | nindent 6 }}
{{- end }}
{{- end -}}

{{/*
monitoring.from: who may call a port: the user's callers if wanted, and components. Takes a dict of context, port, callers and
components.
*/}}
{{- define "monitoring.from" -}}
- from:
    {{- with .peers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- include "monitoring.podsOf" . | trim | nindent 4 }}
  ports:
    - port: {{ .port }}
      protocol: TCP
{{- end -}}

{{/*
monitoring.to: which components may be called at a port. Takes a dict of context, components and port.
*/}}
{{- define "monitoring.to" -}}
- to:
    {{- include "monitoring.podsOf" . | trim | nindent 4 }}
  ports:
    - port: {{ .port }}
      protocol: TCP
{{- end -}}

{{/*
monitoring.apiEgress: the API server, which has an address of its own on every cluster.
*/}}
{{- define "monitoring.apiEgress" -}}
{{- with .Values.networkPolicy.apiServerPorts }}
- ports:
    {{- range . }}
    - port: {{ int64 . }}
      protocol: TCP
    {{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.networkPolicy: the head of a component's policy. Takes a scope.
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
monitoring.scrapers: who may read the exporters beside this release's Prometheus: in mode operator the callers, among whom the
operator's Prometheus has to be.
*/}}
{{- define "monitoring.scrapers" -}}
{{- if include "monitoring.isOperator" . -}}
{{- toYaml .Values.networkPolicy.ingressFrom -}}
{{- else -}}
[]
{{- end -}}
{{- end -}}
