{{/*
Guards on who may call.
*/}}

{{- define "istio-routing.guardJwt" -}}
{{- with .Values.security.jwt }}
{{- if .enabled }}
{{- if not .issuer }}
- security.jwt.issuer: it is empty, and security.jwt.enabled is true. Say who issues the tokens, as in their claim iss.
{{- end }}
{{- if not .audiences }}
- security.jwt.audiences: it is empty: a token that was made out for another service would do. Name this one, as in the claim aud.
{{- end }}
{{- if and (not .jwks) (not .jwksUri) }}
- security.jwt.jwks: it is empty, and security.jwt.jwksUri too: no token could be checked. Give one of the two.
{{- end }}
{{- if and .jwks .jwksUri }}
- security.jwt.jwksUri: it is set, and security.jwt.jwks too. Keep one of the two.
{{- end }}
{{- if hasPrefix "http://" .jwksUri }}
- security.jwt.jwksUri: it begins with http://: whoever is on the way could put in keys, and make tokens by them. Give an address with https://, or the keys themselves in security.jwt.jwks.
{{- end }}
{{- end }}
{{- end }}
{{- include "istio-routing.guardJwks" . -}}
{{- end -}}

{{/*
istio-routing.guardJwks: the keys themselves. They may be secret by mistake: nothing of them is said but the names of parts.
*/}}
{{- define "istio-routing.guardJwks" -}}
{{- with .Values.security.jwt }}
{{- if and .enabled .jwks }}
{{- $keys := get (fromJson .jwks) "keys" -}}
{{- if not (and $keys (kindIs "slice" $keys)) }}
- security.jwt.jwks: it is no JSON Web Key Set, which is a JSON map with the list keys, of one at least. Give it by --set-file security.jwt.jwks=FILE.
{{- else }}
{{- range $index, $key := $keys }}
{{- if not (kindIs "map" $key) }}
- security.jwt.jwks: keys[{{ $index }}] is no JSON map. Give public keys as the issuer publishes them, by --set-file security.jwt.jwks=FILE.
{{- else }}
{{- /* RFC 7518, section 6; priv is that of newer kinds. */}}
{{- $private := list -}}
{{- range $part := list "d" "p" "q" "dp" "dq" "qi" "oth" "k" "priv" }}{{ if hasKey $key $part }}{{ $private = append $private $part }}{{ end }}{{ end -}}
{{- if $private }}
- security.jwt.jwks: keys[{{ $index }}] holds private parts ({{ join ", " $private }}): whoever may read the RequestAuthentication could make tokens. Give public keys alone, and replace this one, which has been given away.
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
- security.authorization.callers: it is empty, and security.authorization.enabled is true: everybody would be refused. Name who may call, for example [{namespaces: [shop]}].
{{- end }}
{{- range $index, $caller := .authorization.callers }}
{{- $at := printf "security.authorization.callers[%d]" $index }}
{{- if not (or $caller.principals $caller.namespaces $caller.requestPrincipals) }}
- {{ $at }}: it names nobody, and would be everybody. Give it principals, namespaces or requestPrincipals.
{{- end }}
{{- if and $caller.requestPrincipals (not $.Values.security.jwt.enabled) }}
- {{ $at }}.requestPrincipals: they are known by their tokens, and security.jwt.enabled is false. Set it to true, or take them out.
{{- end }}
{{- if and $caller.models (not (or (has "v1" $.Values.routing.protocols) (has "v2" $.Values.routing.protocols))) }}
- {{ $at }}.models: the paths of routing.protocols name no model. Add v1 or v2 to them, or take it out.
{{- end }}
{{- if and (eq $.Values.security.enforceAt "gateway") (or $caller.principals $caller.namespaces) }}
- {{ $at }}: it names principals or namespaces, and security.enforceAt is "gateway", where callers from outside have none. Name requestPrincipals, or set enforceAt to "workload".
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "istio-routing.guardEnforcement" -}}
{{- with .Values.security }}
{{- range .mtls.plaintextPorts }}
{{- if eq (int64 .) 8080 }}
- security.mtls.plaintextPorts: it holds 8080, where models answer: whoever is outside the mesh could ask them, past security.authorization. Take it out; security.mtls.mode "PERMISSIVE" takes plain text there.
{{- end }}
{{- end }}
{{- $checks := or .jwt.enabled .authorization.enabled -}}
{{- if and $checks (eq .enforceAt "gateway") }}
{{- if not (include "istio-routing.door" $) }}
- security.enforceAt: it is "gateway", and there is no gateway. Set it to "workload", or gateway.create to true.
{{- end }}
{{- if $.Values.routing.cors.enabled }}
- security.enforceAt: it is "gateway", and routing.cors.enabled is true: browsers ask first whether they may call (OPTIONS, without a token), and that would be refused there. Set it to "workload", or routing.cors.enabled to false.
{{- end }}
{{- if and (eq $.Values.api "istio") (not .gatewayNamespace) }}
- security.gatewayNamespace: it is empty, and security.enforceAt is "gateway": a policy counts in the namespace of the proxy alone. Name it, for example istio-ingress.
{{- end }}
{{- if and (eq $.Values.api "istio") (not $.Values.gateway.selector) }}
- gateway.selector: it is empty, and security.enforceAt is "gateway": the policies would be for no proxy. Give the labels of the gateway's pods, for example {istio: ingress}.
{{- end }}
{{- $own := include "istio-routing.namespace" $ -}}
{{- if and (eq $.Values.api "gateway-api") $.Values.gateway.create .gatewayNamespace (ne .gatewayNamespace $own) }}
- security.gatewayNamespace: it is {{ .gatewayNamespace | quote }}, and the proxies of the Gateway that gateway.create makes are in {{ $own | quote }}: the policies would be for none. Take it out.
{{- end }}
{{- with $.Values.gateway.parentRefs }}
{{- if gt (len .) 1 }}
- gateway.parentRefs: there are {{ len . }}, and security.enforceAt is "gateway": the policies are for the proxies of one, and the others would check nothing. Name one, or set enforceAt to "workload".
{{- end }}
{{- if ne (default "Gateway" (first .).kind) "Gateway" }}
- gateway.parentRefs[0].kind: it is {{ (first .).kind | quote }}, and security.enforceAt is "gateway", whose proxies are known by the name of a Gateway. Name that, or set enforceAt to "workload".
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
