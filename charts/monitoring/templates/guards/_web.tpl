{{/*
Guards for the web interfaces.
*/}}

{{- define "monitoring.guardWeb" -}}
{{- range $name := list "prometheus" "alertmanager" "grafana" }}
{{- $values := get $.Values $name }}
{{- if and $values.ingress.enabled $values.httpRoute.enabled }}
- {{ $name }}.httpRoute.enabled: is true, but so is {{ $name }}.ingress.enabled. Enable only one of them.
{{- end }}
{{- if and $values.ingress.enabled (not $values.ingress.hosts) }}
- {{ $name }}.ingress.hosts: is empty, but {{ $name }}.ingress.enabled is true. Add a host, for example {{ $name }}.example.org.
{{- end }}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) }}
- {{ $name }}.httpRoute.parentRefs: is empty, but {{ $name }}.httpRoute.enabled is true. Add a Gateway, for example {name: public, namespace: gateways}.
{{- end }}
{{- if and (or $values.ingress.enabled $values.httpRoute.enabled) (regexMatch "^https?://[^/]+/." $values.externalUrl) }}
- {{ $name }}.externalUrl: has a path, but the Ingress and the HTTPRoute of the chart serve the path /. Remove the path, or disable them and use your own that strip the path.
{{- end }}
{{- with include "monitoring.externalEntrypoint" (dict "name" $name "values" $values) }}
{{- if and (hasKey $values "auth") (not $values.auth.existingSecret) (not $values.auth.allowUnauthenticated) }}
- {{ $name }}.auth.existingSecret: is empty, but {{ . }}, so clients outside the cluster would have access without authentication. Set it to a Secret with credentials, or set {{ $name }}.auth.allowUnauthenticated to true if a proxy in front authenticates.
{{- end }}
{{- if and $.Values.networkPolicy.enabled (not (include "monitoring.admitsExternalPeers" $)) }}
- networkPolicy.ingressFrom: admits only pods of the release's namespace, but {{ . }}. Add the peers outside the namespace, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE-OF-THE-CONTROLLER}}}, or set networkPolicy.enabled to false.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.externalEntrypoint: the value that exposes a component outside the cluster, if there is one.
Takes a dict of name and values.
*/}}
{{- define "monitoring.externalEntrypoint" -}}
{{- if .values.ingress.enabled -}}
{{ .name }}.ingress.enabled is true
{{- else if .values.httpRoute.enabled -}}
{{ .name }}.httpRoute.enabled is true
{{- else if ne .values.service.type "ClusterIP" -}}
{{ .name }}.service.type is {{ .values.service.type | quote }}
{{- end -}}
{{- end -}}

{{- define "monitoring.admitsExternalPeers" -}}
{{- range .Values.networkPolicy.ingressFrom -}}
{{- if or .ipBlock (hasKey . "namespaceSelector") -}}
true
{{- end -}}
{{- end -}}
{{- end -}}
