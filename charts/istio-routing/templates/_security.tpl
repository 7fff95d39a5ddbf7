{{/*
Enforcement of authentication and authorization.
*/}}

{{/*
istio-routing.enforcementNamespace: the namespace of the proxies that check requests.
*/}}
{{- define "istio-routing.enforcementNamespace" -}}
{{- $own := include "istio-routing.namespace" . -}}
{{- if eq .Values.security.enforceAt "workload" -}}
{{- $own -}}
{{- else -}}
{{- coalesce .Values.security.gatewayNamespace (get (default (dict) (first .Values.gateway.parentRefs)) "namespace") $own -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.enforcementPoint: selector and namespace of the proxies that check requests, the path prefix that they see, and
the name of the policies for them, as YAML. In the namespace of a gateway, names begin with the release's namespace, so that
releases do not collide.
*/}}
{{- define "istio-routing.enforcementPoint" -}}
{{- $namespace := include "istio-routing.enforcementNamespace" . -}}
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
istio-routing.tokenPrincipals: valid tokens of all issuers, as a JSON list of request principals.
*/}}
{{- define "istio-routing.tokenPrincipals" -}}
{{- $principals := list -}}
{{- with .Values.security.jwt.issuer }}{{ $principals = append $principals (printf "%s/*" .) }}{{ end -}}
{{- range .Values.security.jwt.issuers }}{{ $principals = append $principals (printf "%s/*" .issuer) }}{{ end -}}
{{- toJson (uniq $principals) -}}
{{- end -}}

{{/*
istio-routing.callerRule: the rule of an AuthorizationPolicy for one caller.
Takes a dict of context, caller and enforcement.
*/}}
{{- define "istio-routing.callerRule" -}}
{{- $methods := list -}}
{{- range include "istio-routing.operations" .context | fromYamlArray }}{{ $methods = concat $methods .methods | uniq | sortAlpha }}{{ end -}}
- to:
    - operation:
        {{- with .enforcement.ports }}
        ports: {{ toJson . }}
        {{- end }}
        methods: {{ toJson (default $methods .caller.methods) }}
        paths:
          {{- include "istio-routing.modelPaths" (dict "context" .context "prefix" .enforcement.prefix "models" .caller.models) | trim | nindent 10 }}
  {{- with pick .caller "principals" "namespaces" "requestPrincipals" }}
  from:
    - source:
        {{- toYaml . | nindent 8 }}
  {{- end }}
  {{- with .caller.claims }}
  when:
    {{- range . }}
    - key: {{ printf "request.auth.claims[%s]" (join "][" .claim) | quote }}
      values:
        {{- toYaml .values | nindent 8 }}
    {{- end }}
  {{- end }}
{{- end -}}
