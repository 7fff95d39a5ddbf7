{{/*
Services, Ingresses and HTTPRoutes of the web interfaces, from their metadata on. All helpers take a scope.
*/}}

{{- define "monitoring.service" -}}
metadata:
  {{- include "monitoring.metadata" (merge (dict "annotations" .values.service.annotations) .) | nindent 2 }}
spec:
  type: {{ .values.service.type }}
  ports:
    - name: http
      port: {{ int64 .values.service.port }}
      targetPort: http
      protocol: TCP
      appProtocol: http
    {{- range .values.service.extraPorts }}
    {{- /* Defaults are explicit, because the API server adds them, which would look like drift to Argo CD. */}}
    - {{ merge (dict) . (dict "targetPort" .port "protocol" "TCP") | toYaml | nindent 6 | trim }}
    {{- end }}
  selector:
    {{- include "monitoring.selectorLabels" . | nindent 4 }}
{{- end -}}

{{- define "monitoring.ingress" -}}
metadata:
  {{- include "monitoring.metadata" (merge (dict "annotations" .values.ingress.annotations) .) | nindent 2 }}
spec:
  {{- with .values.ingress.className }}
  ingressClassName: {{ . | quote }}
  {{- end }}
  {{- with .values.ingress.tls }}
  tls:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    {{- range default (list "") .values.ingress.hosts }}
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: {{ include "monitoring.componentName" $ | quote }}
                port:
                  name: {{ $.values.ingress.servicePort | quote }}
      {{- with . }}
      host: {{ . | quote }}
      {{- end }}
    {{- end }}
{{- end -}}

{{- define "monitoring.httpRoute" -}}
metadata:
  {{- include "monitoring.metadata" (merge (dict "annotations" .values.httpRoute.annotations) .) | nindent 2 }}
spec:
  parentRefs:
    {{- include "monitoring.parentRefs" .values.httpRoute.parentRefs | trim | nindent 4 }}
  {{- with .values.httpRoute.hostnames }}
  hostnames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  rules:
    - matches:
        - path:
            type: PathPrefix
            value: /
      backendRefs:
        - group: ""
          kind: Service
          weight: 1
          name: {{ include "monitoring.componentName" . | quote }}
          {{- $ports := dict "http" .values.service.port }}
          {{- range .values.service.extraPorts }}
          {{- $_ := set $ports .name .port }}
          {{- end }}
          port: {{ get $ports .values.httpRoute.servicePort | int64 }}
{{- end -}}
