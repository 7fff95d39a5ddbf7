{{/*
Validation of authentication and authorization.
*/}}

{{- define "istio-routing.guardJwt" -}}
{{- $jwt := .Values.security.jwt -}}
{{- if $jwt.enabled }}
{{- if or $jwt.issuer (not $jwt.issuers) }}
{{- include "istio-routing.guardIssuer" (dict "at" "security.jwt" "rule" $jwt) }}
{{- else }}
{{- range $key := list "audiences" "jwks" "jwksUri" "forwardOriginalToken" }}
{{- if get $jwt $key }}
- security.jwt.{{ $key }}: has no effect without security.jwt.issuer. Set the issuer, or move the value to an entry of security.jwt.issuers.
{{- end }}
{{- end }}
{{- end }}
{{- range $index, $rule := $jwt.issuers }}
{{- include "istio-routing.guardIssuer" (dict "at" (printf "security.jwt.issuers[%d]" $index) "rule" .) }}
{{- if .jwks_uri }}
- security.jwt.issuers[{{ $index }}].jwks_uri: is a deprecated name, which the other rules of this chart do not check. Use jwksUri instead.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.guardIssuer: one issuer of tokens.
Takes a dict of at and rule.
*/}}
{{- define "istio-routing.guardIssuer" -}}
{{- $at := .at -}}
{{- with .rule }}
{{- if not .issuer }}
- {{ $at }}.issuer: required if security.jwt.enabled is true. Set it to the claim iss of the tokens.
{{- end }}
{{- if not .audiences }}
- {{ $at }}.audiences: required, because tokens issued for other services would be accepted. Name this service, as in the claim aud.
{{- end }}
{{- if and (not .jwks) (not .jwksUri) }}
- {{ $at }}.jwks: required unless {{ $at }}.jwksUri is set: without keys, no token can be validated. Set one of the two.
{{- end }}
{{- if and .jwks .jwksUri }}
- {{ $at }}.jwksUri: must not be set together with {{ $at }}.jwks. Set only one of the two.
{{- end }}
{{- if hasPrefix "http://" (default "" .jwksUri) }}
- {{ $at }}.jwksUri: must begin with https://, because an attacker on the network could inject keys and sign tokens with them. Use an https:// URL, or set the keys themselves in {{ $at }}.jwks.
{{- end }}
{{- end }}
{{- include "istio-routing.guardJwks" . -}}
{{- end -}}

{{/*
istio-routing.guardJwks: the keys themselves. They may be private by mistake, so messages contain only the names of their
parts.
Takes a dict of at and rule.
*/}}
{{- define "istio-routing.guardJwks" -}}
{{- $at := .at -}}
{{- with .rule }}
{{- if .jwks }}
{{- $keys := get (fromJson .jwks) "keys" -}}
{{- if not (and $keys (kindIs "slice" $keys)) }}
- {{ $at }}.jwks: must be a JSON Web Key Set: a JSON object with a non-empty list keys. Pass it with --set-file {{ $at }}.jwks=FILE.
{{- else }}
{{- range $index, $key := $keys }}
{{- if not (kindIs "map" $key) }}
- {{ $at }}.jwks: keys[{{ $index }}] is not a JSON object. Pass public keys as the issuer publishes them, with --set-file {{ $at }}.jwks=FILE.
{{- else }}
{{- /* RFC 7518, section 6; priv is that of newer kinds. */}}
{{- $private := list -}}
{{- range $part := list "d" "p" "q" "dp" "dq" "qi" "oth" "k" "priv" }}{{ if hasKey $key $part }}{{ $private = append $private $part }}{{ end }}{{ end -}}
{{- if $private }}
- {{ $at }}.jwks: keys[{{ $index }}] contains private parts ({{ join ", " $private }}): everyone who can read the RequestAuthentication could sign tokens. Pass public keys only, and replace this key, which has been disclosed.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardAuthorization" -}}
{{- with .Values.security }}
{{- if and .authorization.enabled (not .authorization.callers) }}
- security.authorization.callers: required if security.authorization.enabled is true: without callers, every request is refused. Name the callers, for example [{namespaces: [shop]}].
{{- end }}
{{- range $index, $caller := .authorization.callers }}
{{- $at := printf "security.authorization.callers[%d]" $index }}
{{- if not (or $caller.principals $caller.namespaces $caller.requestPrincipals $caller.claims) }}
- {{ $at }}: has no source, so it would match every caller. Set principals, namespaces, requestPrincipals or claims.
{{- end }}
{{- range $key := list "requestPrincipals" "claims" }}
{{- if and (get $caller $key) (not $.Values.security.jwt.enabled) }}
- {{ $at }}.{{ $key }}: require tokens, but security.jwt.enabled is false. Set security.jwt.enabled to true, or use principals or namespaces instead.
{{- end }}
{{- end }}
{{- if and $caller.models (not (or (has "v1" $.Values.routing.protocols) (has "v2" $.Values.routing.protocols))) }}
- {{ $at }}.models: the paths of routing.protocols do not contain the model. Add v1 or v2 to them, or remove it.
{{- end }}
{{- if and (eq $.Values.security.enforceAt "gateway") (or $caller.principals $caller.namespaces) }}
- {{ $at }}: has principals or namespaces, which external callers at security.enforceAt "gateway" do not have. Use requestPrincipals, or set enforceAt to "workload".
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardEnforcement" -}}
{{- with .Values.security }}
{{- range .mtls.plaintextPorts }}
{{- if eq (int64 .) 8080 }}
- security.mtls.plaintextPorts: must not contain 8080, the port for predictions: clients outside the mesh could bypass security.authorization. Remove it; security.mtls.mode "PERMISSIVE" accepts plaintext there.
{{- end }}
{{- end }}
{{- $checks := or .jwt.enabled .authorization.enabled -}}
{{- if and $checks (eq .enforceAt "gateway") }}
{{- if not (include "istio-routing.hasGateway" $) }}
- security.enforceAt: it is "gateway", but there is no gateway. Set it to "workload", or set gateway.create to true, with gateway.selector and routing.hosts.
{{- end }}
{{- if $.Values.routing.cors.enabled }}
- security.enforceAt: it is "gateway", but routing.cors.enabled is true: browsers send a preflight request (OPTIONS) without a token, which the gateway would refuse. Set it to "workload", or routing.cors.enabled to false.
{{- end }}
{{- if and (eq $.Values.api "istio") (not .gatewayNamespace) }}
- security.gatewayNamespace: required if security.enforceAt is "gateway", because a policy applies only in the namespace of the proxy. Name it, for example istio-ingress.
{{- end }}
{{- if and (eq $.Values.api "istio") (not $.Values.gateway.selector) }}
- gateway.selector: required if security.enforceAt is "gateway", because the policies would select no proxy. Set it to the labels of the gateway's pods, for example {istio: ingress}.
{{- end }}
{{- $own := include "istio-routing.namespace" $ -}}
{{- if and (eq $.Values.api "gateway-api") $.Values.gateway.create .gatewayNamespace (ne .gatewayNamespace $own) }}
- security.gatewayNamespace: it is {{ .gatewayNamespace | quote }}, but the proxies of the Gateway that gateway.create creates are in {{ $own | quote }}: the policies would select none. Remove it.
{{- end }}
{{- with $.Values.gateway.parentRefs }}
{{- if gt (len .) 1 }}
- gateway.parentRefs: there are {{ len . }}, but with security.enforceAt "gateway" the policies apply to the proxies of one Gateway only. Name one, or set security.enforceAt to "workload".
{{- end }}
{{- if ne (default "Gateway" (first .).kind) "Gateway" }}
- gateway.parentRefs[0].kind: it is {{ (first .).kind | quote }}, but security.enforceAt "gateway" selects proxies by the name of a Gateway. Name a Gateway, or set security.enforceAt to "workload".
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
