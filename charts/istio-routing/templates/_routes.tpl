{{/*
Istio's API: the parts of a VirtualService.
*/}}

{{/*
istio-routing.matches: the matches of a rule: each path of the protocols, with its methods and headers.
Takes a dict of context and, optionally, headers (additional ones, as StringMatch).
*/}}
{{- define "istio-routing.matches" -}}
{{- $routing := .context.Values.routing -}}
{{- $headers := dict -}}
{{- range $name, $value := $routing.headers }}{{ $_ := set $headers $name (dict "exact" $value) }}{{ end -}}
{{- range $name, $match := .headers }}{{ $_ := set $headers $name $match }}{{ end -}}
{{- range include "istio-routing.operations" .context | fromYamlArray }}
{{- $methods := ternary (append .methods "OPTIONS") .methods $routing.cors.enabled }}
- uri:
    {{ lower .kind }}: {{ printf "%s%s" $routing.prefix .path | quote }}
  method:
    {{- if eq (len $methods) 1 }}
    exact: {{ first $methods }}
    {{- else }}
    regex: {{ join "|" $methods | quote }}
    {{- end }}
  {{- with $headers }}
  headers:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.destination: a version as a destination of live or mirrored requests.
Takes a dict of context and version.
*/}}
{{- define "istio-routing.destination" -}}
host: {{ include "istio-routing.serviceHost" .context | quote }}
port:
  number: {{ int64 .context.Values.service.port }}
subset: {{ .version.name | quote }}
{{- end -}}

{{/*
istio-routing.weightedDestination: a version that a rule sends requests to. The request header tells the receiver of a
mirrored request which version answers it; the host is the same for both, as of Istio 1.31.
Takes a dict of context, version and sticky.
*/}}
{{- define "istio-routing.weightedDestination" -}}
destination:
  {{- include "istio-routing.destination" . | nindent 2 }}
headers:
  request:
    set:
      x-model-routed-version: {{ .version.name | quote }}
  {{- if .sticky }}
  {{- with .context.Values.routing.sticky }}
  response:
    add:
      set-cookie: {{ printf "%s=%s; Max-Age=%d; Path=/; HttpOnly; SameSite=Lax" .cookie $.version.name (int64 .seconds) | quote }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/*
istio-routing.routeSettings: the settings that all rules with destinations share. Retries are always written explicitly:
Istio retries twice by default, also after failures that may have reached a model.
*/}}
{{- define "istio-routing.routeSettings" -}}
{{- with .Values.routing }}
{{- if .prefix }}
rewrite:
  uriRegexRewrite:
    match: {{ printf "^%s(/.*)$" (replace "." "\\." .prefix) | quote }}
    rewrite: "\\1"
{{- end }}
headers:
  request:
    remove: {{ include "istio-routing.reservedHeaders" $ }}
{{- /* Istio rejects 0, and has no timeout if none is set. */}}
{{- if ne (include "istio-routing.milliseconds" .timeout) "0" }}
timeout: {{ .timeout }}
{{- end }}
retries:
  attempts: {{ int64 .retries.attempts }}
  {{- if .retries.attempts }}
  {{- with .retries.perTryTimeout }}
  perTryTimeout: {{ . }}
  {{- end }}
  retryOn: {{ join "," .retries.retryOn | quote }}
  {{- end }}
{{- with include "istio-routing.faultInjection" $ }}
fault:
  {{- . | indent 2 }}
{{- end }}
{{- if .cors.enabled }}
corsPolicy:
  allowOrigins:
    {{- range .cors.allowOrigins }}
    - {{ ternary "regex" "exact" (eq . "*") }}: {{ ternary ".*" . (eq . "*") | quote }}
    {{- end }}
  allowMethods: [GET, POST, OPTIONS]
  {{- with .cors.allowHeaders }}
  allowHeaders:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  allowCredentials: {{ .cors.allowCredentials }}
  maxAge: {{ .cors.maxAge }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.faultInjection: delays and aborts, or nothing.
*/}}
{{- define "istio-routing.faultInjection" -}}
{{- with .Values.routing.faults }}
{{- if .delay.percentage }}
delay:
  percentage:
    value: {{ .delay.percentage }}
  fixedDelay: {{ .delay.fixedDelay }}
{{- end }}
{{- if .abort.percentage }}
abort:
  percentage:
    value: {{ .abort.percentage }}
  httpStatus: {{ int64 .abort.httpStatus }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.mirrors: the versions that receive mirrored requests.
Takes a dict of context and versions.
*/}}
{{- define "istio-routing.mirrors" -}}
{{- range .versions }}
{{- if .mirror }}
- destination:
    {{- include "istio-routing.destination" (dict "context" $.context "version" .) | nindent 4 }}
  percentage:
    value: {{ .mirror }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
istio-routing.directResponse: a response from the proxy itself, for a version that receives no requests.
Takes a dict of status and text.
*/}}
{{- define "istio-routing.directResponse" -}}
directResponse:
  status: {{ .status }}
  body:
    string: {{ dict "error" .text | toJson | quote }}
headers:
  response:
    set:
      content-type: application/json
{{- end -}}
