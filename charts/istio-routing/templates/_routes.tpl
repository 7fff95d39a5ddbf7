{{/*
Routes of Istio's API: the parts of a VirtualService.
*/}}

{{/*
istio-routing.matches: what a rule takes: each path of the protocols, by its methods and headers.
Takes a dict of context and, where they are asked for, headers (more of them, as StringMatch).
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
istio-routing.destination: a version as a destination, or a copy's.
Takes a dict of context and version.
*/}}
{{- define "istio-routing.destination" -}}
host: {{ include "istio-routing.serviceHost" .context | quote }}
port:
  number: {{ int64 .context.Values.service.port }}
subset: {{ .version.name | quote }}
{{- end -}}

{{/*
istio-routing.weightedDestination: a version that a rule sends requests to. Who gets a copy sees by the header that another version was
to answer: the host is the same for both, as of Istio 1.31.
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
istio-routing.rule: what is the same for all rules that send requests to versions. Retries are always written: Istio's own
default is two, also after what may have reached a model.
*/}}
{{- define "istio-routing.rule" -}}
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
{{- /* Istio takes no 0, and has no limit where none is written. */}}
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
{{- with include "istio-routing.faults" $ }}
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
istio-routing.faults: what is made worse, if anything is.
*/}}
{{- define "istio-routing.faults" -}}
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
istio-routing.mirrors: the versions that get copies of what others answer.
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
istio-routing.directResponse: an answer by the proxy itself, for a version that nobody is sent to.
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
