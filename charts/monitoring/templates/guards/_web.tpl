{{/*
Guards for the web interfaces.
*/}}

{{- define "monitoring.guardWeb" -}}
{{- $served := dict }}
{{- range $name := list "prometheus" "alertmanager" "grafana" }}
{{- $values := get $.Values $name }}
{{- include "monitoring.guardServicePorts" (dict "name" $name "values" $values) }}
{{- if and $values.ingress.enabled $values.httpRoute.enabled }}
- {{ $name }}.httpRoute.enabled: is true, but so is {{ $name }}.ingress.enabled. Enable only one of them.
{{- end }}
{{- if $values.ingress.enabled }}
{{- range default (list "") $values.ingress.hosts }}
{{- $served = set $served . (append (default list (get $served .)) (printf "%s.ingress.hosts" $name)) }}
{{- end }}
{{- end }}
{{- if and $values.httpRoute.enabled (not $values.httpRoute.parentRefs) }}
- {{ $name }}.httpRoute.parentRefs: is empty, but {{ $name }}.httpRoute.enabled is true. Add a Gateway, for example {name: public, namespace: gateways}.
{{- end }}
{{- if and (or $values.ingress.enabled $values.httpRoute.enabled) (regexMatch "^https?://[^/]+/." $values.externalUrl) }}
- {{ $name }}.externalUrl: has a path, but the Ingress and the HTTPRoute of the chart serve the path /. Remove the path, or disable {{ $name }}.ingress and {{ $name }}.httpRoute and use your own that strip the path.
{{- end }}
{{- include "monitoring.guardTLSHosts" (dict "list" (printf "%s.ingress.tls" $name) "items" $values.ingress.tls) }}
{{- include "monitoring.guardParentRefs" (dict "list" (printf "%s.httpRoute.parentRefs" $name) "items" $values.httpRoute.parentRefs) }}
{{- with include "monitoring.externalEntrypoint" (dict "name" $name "values" $values) }}
{{- if and (hasKey $values "auth") (not $values.auth.existingSecret) (not $values.auth.allowUnauthenticated) }}
- {{ $name }}.auth.existingSecret: is empty, but {{ . }}, so clients outside the cluster would have access without authentication. Set it to a Secret with credentials, or set {{ $name }}.auth.allowUnauthenticated to true if a proxy in front authenticates.
{{- end }}
{{- if and $.Values.networkPolicy.enabled (not (include "monitoring.admitsExternalPeers" $)) }}
- networkPolicy.ingressFrom: admits only pods of the release's namespace, but {{ . }}. Add the peers outside the namespace, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: NAMESPACE-OF-THE-CONTROLLER}}}, or set networkPolicy.enabled to false.
{{- end }}
{{- end }}
{{- end }}
{{- range $host, $keys := $served }}
{{- if gt (len $keys) 1 }}
- {{ last $keys }}: {{ with $host }}contains {{ . }}{{ else }}is empty, which means all hosts{{ end }}, like {{ first $keys }}, but both serve the path /. Set different hosts.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardServicePorts: ports of a Service that collide, or lead to no container, and routes to missing ports.
Takes a dict of name, the component's key, and values.
*/}}
{{- define "monitoring.guardServicePorts" -}}
{{- $name := .name -}}
{{- $names := list "http" -}}
{{- with .values.service.extraPorts -}}
{{- $at := printf "%s.service.extraPorts" $name -}}
{{- $own := "the port of the chart" -}}
{{- include "monitoring.guardUnique" (dict "list" $at "items" . "seen" (dict (quote "http") $own)) -}}
{{- $number := printf "%q and %q" (toString (int64 $.values.service.port)) "TCP" -}}
{{- include "monitoring.guardUnique" (dict "list" $at "items" . "keys" (list "port" "protocol") "defaults" (dict "protocol" "TCP") "seen" (dict $number $own)) -}}
{{- $targets := list "http" -}}
{{- range $.values.sidecars -}}
{{- range .ports -}}
{{- $targets = append $targets .name -}}
{{- end -}}
{{- end -}}
{{- range $index, $port := . -}}
{{- $names = append $names .name -}}
{{- if and (kindIs "string" .targetPort) (not (has .targetPort $targets)) }}
- {{ $at }}[{{ $index }}].targetPort: is {{ .targetPort | quote }}, but no container has a port of that name, so the Service would not reach it. Add the port to an entry of sidecars, or correct the name.
{{- end }}
{{- if and .nodePort (eq $.values.service.type "ClusterIP") }}
- {{ $at }}[{{ $index }}].nodePort: requires {{ $name }}.service.type "NodePort" or "LoadBalancer", but the type is "ClusterIP". Change the type, and admit the clients in networkPolicy.ingressFrom, or remove it.
{{- end }}
{{- end }}
{{- end }}
{{- range $entrypoint := list "ingress" "httpRoute" }}
{{- $port := (get $.values $entrypoint).servicePort }}
{{- if not (has $port $names) }}
- {{ $name }}.{{ $entrypoint }}.servicePort: the Service has no port {{ $port | quote }}. Add it to {{ $name }}.service.extraPorts, or correct the name.
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
