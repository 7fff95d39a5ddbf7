{{/*
Where requests are checked, and what is allowed.
*/}}

{{/*
istio-routing.checkedNamespace: where the proxies that check requests are.
*/}}
{{- define "istio-routing.checkedNamespace" -}}
{{- $own := include "istio-routing.namespace" . -}}
{{- if eq .Values.security.enforceAt "workload" -}}
{{- $own -}}
{{- else -}}
{{- coalesce .Values.security.gatewayNamespace (get (default (dict) (first .Values.gateway.parentRefs)) "namespace") $own -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.checked: selector and namespace of the proxies that check requests, the prefix of paths there, and the name
of what is written for them, as YAML. Beside what other releases have in that namespace, the own one comes first in a name.
*/}}
{{- define "istio-routing.checked" -}}
{{- $namespace := include "istio-routing.checkedNamespace" . -}}
{{- $own := include "istio-routing.namespace" . -}}
{{- $fullname := include "istio-routing.fullname" . -}}
namespace: {{ $namespace | quote }}
name: {{ ternary $fullname (include "istio-routing.truncate63" (printf "%s-%s" $own $fullname)) (eq $namespace $own) | quote }}
{{ if eq .Values.security.enforceAt "workload" -}}
prefix: ""
ports: ["8080"]
selector:
  {{- include "istio-routing.podLabels" . | nindent 2 }}
{{- else -}}
prefix: {{ .Values.routing.prefix | quote }}
ports: []
selector:
  {{- if eq .Values.api "istio" }}
  {{- toYaml .Values.gateway.selector | nindent 2 }}
  {{- else }}
  gateway.networking.k8s.io/gateway-name: {{ ternary (include "istio-routing.fullname" .) (get (default (dict) (first .Values.gateway.parentRefs)) "name") .Values.gateway.create | quote }}
  {{- end }}
{{- end -}}
{{- end -}}

{{/*
istio-routing.tokens: the callers' tokens that are good, as principals.
*/}}
{{- define "istio-routing.tokens" -}}
{{- printf "%s/*" .Values.security.jwt.issuer -}}
{{- end -}}

{{/*
istio-routing.caller: one caller as a rule.
Takes a dict of context, caller and checked.
*/}}
{{- define "istio-routing.caller" -}}
{{- $methods := list -}}
{{- range include "istio-routing.operations" .context | fromYamlArray }}{{ $methods = concat $methods .methods | uniq | sortAlpha }}{{ end -}}
- from:
    - source:
        {{- toYaml (pick .caller "principals" "namespaces" "requestPrincipals") | nindent 8 }}
  to:
    - operation:
        {{- with .checked.ports }}
        ports: {{ toJson . }}
        {{- end }}
        methods: {{ toJson (default $methods .caller.methods) }}
        paths:
          {{- include "istio-routing.modelPaths" (dict "context" .context "prefix" .checked.prefix "models" .caller.models) | trim | nindent 10 }}
{{- end -}}
