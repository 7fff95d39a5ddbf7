{{/*
Gateway API: the parts of an HTTPRoute. Defaults are written, because Argo CD would report those that the API server adds
as a difference.
*/}}

{{/*
istio-routing.routeRules: a rule for each version that can be pinned, and one for all other requests. With a prefix, each
path and method has its own rule, because a rule that rewrites a prefix may have only one match.
*/}}
{{- define "istio-routing.routeRules" -}}
{{- $versions := dict -}}
{{- include "istio-routing.versions" (dict "context" . "into" $versions) -}}
{{- $operations := include "istio-routing.operations" . | fromYamlArray -}}
{{- $groups := ternary (list $operations) list (eq .Values.routing.prefix "") -}}
{{- if .Values.routing.prefix -}}
{{- range $operation := $operations }}
{{- range .methods }}{{ $groups = append $groups (list (dict "kind" $operation.kind "path" $operation.path "methods" (list .))) }}{{ end -}}
{{- end -}}
{{- end -}}
{{- range $operations := $groups }}
{{- if $.Values.routing.pinning.enabled }}
{{- range $versions.live }}
{{- include "istio-routing.routeRule" (dict "context" $ "operations" $operations "pinned" .name "versions" (list (merge (dict "weight" 1) .)) "mirrors" list) }}
{{- end }}
{{- end }}
{{- include "istio-routing.routeRule" (dict "context" $ "operations" $operations "pinned" "" "versions" $versions.live "mirrors" $versions.live) }}
{{- end }}
{{- end -}}

{{/*
istio-routing.routeRule: one rule.
Takes a dict of context, operations, pinned (a version's name, or ""), versions and mirrors.
*/}}
{{- define "istio-routing.routeRule" }}
{{- $routing := .context.Values.routing }}
{{- $headers := $routing.headers }}
{{- if .pinned }}
{{- $headers = merge (dict $routing.pinning.header .pinned) $routing.headers }}
{{- end }}
- matches:
    {{- range $operation := .operations }}
    {{- range .methods }}
    - path:
        type: {{ ternary "PathPrefix" "Exact" (or (ne $routing.prefix "") (eq $operation.kind "Prefix")) }}
        value: {{ printf "%s%s" $routing.prefix (trimSuffix "/" $operation.path) | quote }}
      method: {{ . }}
      {{- with $headers }}
      headers:
        {{- range $name, $value := . }}
        - type: Exact
          name: {{ $name | quote }}
          value: {{ $value | quote }}
        {{- end }}
      {{- end }}
    {{- end }}
    {{- end }}
  filters:
    - type: RequestHeaderModifier
      requestHeaderModifier:
        remove: {{ include "istio-routing.reservedHeaders" $ }}
    {{- if $routing.prefix }}
    - type: URLRewrite
      urlRewrite:
        path:
          type: ReplacePrefixMatch
          replacePrefixMatch: {{ trimSuffix "/" (first .operations).path | quote }}
    {{- end }}
    {{- range .mirrors }}
    {{- if .mirror }}
    - type: RequestMirror
      requestMirror:
        backendRef:
          {{- include "istio-routing.backendRef" (dict "context" $.context "version" .) | nindent 10 }}
        {{- if lt (float64 .mirror) 100.0 }}
        percent: {{ int64 .mirror }}
        {{- end }}
    {{- end }}
    {{- end }}
  timeouts:
    request: {{ include "istio-routing.gatewayDuration" $routing.timeout }}
    {{- with $routing.retries.perTryTimeout }}
    backendRequest: {{ include "istio-routing.gatewayDuration" . }}
    {{- end }}
  backendRefs:
    {{- range .versions }}
    - {{ include "istio-routing.backendRef" (dict "context" $.context "version" .) | nindent 6 | trim }}
      weight: {{ .weight }}
      # Tells the receiver of a mirrored request which version answers it.
      filters:
        - type: RequestHeaderModifier
          requestHeaderModifier:
            set:
              - name: x-model-routed-version
                value: {{ .name | quote }}
    {{- end }}
{{- end }}

{{/*
istio-routing.backendRef: the Service of a version.
Takes a dict of context and version.
*/}}
{{- define "istio-routing.backendRef" -}}
group: ""
kind: Service
name: {{ .version.service | quote }}
port: {{ int64 .context.Values.service.port }}
{{- end -}}

{{/*
istio-routing.gatewayDuration: a duration in the format of the Gateway API, which has no fractions.
Takes the duration.
*/}}
{{- define "istio-routing.gatewayDuration" -}}
{{- if regexMatch "^([0-9]{1,5}(h|m|s|ms)){1,4}$" . -}}
{{ . }}
{{- else -}}
{{- $all := include "istio-routing.milliseconds" . | int64 -}}
{{ printf "%dh%dm%ds%dms" (div $all 3600000) (mod (div $all 60000) 60) (mod (div $all 1000) 60) (mod $all 1000) }}
{{- end -}}
{{- end -}}
