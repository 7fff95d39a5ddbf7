{{/*
Guards over the web interfaces.
*/}}

{{- define "monitoring.guardWeb" -}}
{{- range $name := list "prometheus" "alertmanager" "grafana" }}
{{- $values := get $.Values $name }}
{{- if and $values.ingress.enabled $values.httpRoute.enabled }}
- {{ $name }}.httpRoute.enabled: it is true, and {{ $name }}.ingress.enabled too. Keep one of the two.
{{- end }}
{{- if and $values.ingress.enabled (not $values.ingress.hosts) }}
- {{ $name }}.ingress.hosts: it is empty, and {{ $name }}.ingress.enabled is true. Name a host, for example {{ $name }}.example.org.
{{- end }}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) }}
- {{ $name }}.httpRoute.parentRefs: it is empty, and {{ $name }}.httpRoute.enabled is true. Name a Gateway, for example {name: public, namespace: gateways}.
{{- end }}
{{- if and (or $values.ingress.enabled $values.httpRoute.enabled) (regexMatch "^https?://[^/]+/." $values.externalUrl) }}
- {{ $name }}.externalUrl: it has a path, and what leads here from outside is at /. Take the path out, or the Ingress or HTTPRoute, and let your own remove the path.
{{- end }}
{{- with include "monitoring.door" (dict "name" $name "values" $values) }}
{{- if and (hasKey $values "auth") (not $values.auth.existingSecret) (not $values.auth.allowUnauthenticated) }}
- {{ $name }}.auth.existingSecret: it is empty, and {{ . }}: whoever is outside could get in. Name a Secret with a login; or, if something in front asks for one, set {{ $name }}.auth.allowUnauthenticated to true.
{{- end }}
{{- if and $.Values.networkPolicy.enabled (not (include "monitoring.letsOutsideIn" $)) }}
- networkPolicy.ingressFrom: {{ . }}, and only pods of the release's own namespace may call. Add who calls from outside, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE-OF-THE-CONTROLLER}}}, or set networkPolicy.enabled to false.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.door: the value that lets people in from outside, if one does. Takes a dict of name and values.
*/}}
{{- define "monitoring.door" -}}
{{- if .values.ingress.enabled -}}
{{ .name }}.ingress.enabled is true
{{- else if .values.httpRoute.enabled -}}
{{ .name }}.httpRoute.enabled is true
{{- else if ne .values.service.type "ClusterIP" -}}
{{ .name }}.service.type is {{ .values.service.type | quote }}
{{- end -}}
{{- end -}}

{{- define "monitoring.letsOutsideIn" -}}
{{- range .Values.networkPolicy.ingressFrom -}}
{{- if or .ipBlock (hasKey . "namespaceSelector") -}}
true
{{- end -}}
{{- end -}}
{{- end -}}
