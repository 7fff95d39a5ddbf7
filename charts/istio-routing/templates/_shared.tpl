{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
istio-routing.releaseSelectorLabels: everything of a release, for its life.
*/}}
{{- define "istio-routing.releaseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "istio-routing.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
istio-routing.releaseLabels: what every object says of the release that it belongs to, less its name. A new chart
version changes them, so no pod has them.
*/}}
{{- define "istio-routing.releaseLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: model-serving
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
istio-routing.labels: the labels of every object but the pods.
*/}}
{{- define "istio-routing.labels" -}}
{{ include "istio-routing.releaseSelectorLabels" . }}
{{ include "istio-routing.releaseLabels" . }}
{{- end -}}

{{/*
istio-routing.truncate: a name of at most so many characters. A cut name ends in a digest of the whole, so that two long
names stay two.
Takes a dict of name and most.
*/}}
{{- define "istio-routing.truncate" -}}
{{- if gt (len .name) .most -}}
{{- printf "%s-%s" (trunc (int (sub .most 9)) .name | trimSuffix "-") (sha256sum .name | trunc 8) -}}
{{- else -}}
{{- .name -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.truncate63: a name cut to the 63 characters of most objects.
Takes the name.
*/}}
{{- define "istio-routing.truncate63" -}}
{{- include "istio-routing.truncate" (dict "name" . "most" 63) -}}
{{- end -}}

{{/*
istio-routing.name: what it is; the label app.kubernetes.io/name.
*/}}
{{- define "istio-routing.name" -}}
{{- include "istio-routing.truncate63" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
istio-routing.fullnameWithSuffix: the full name with something behind it, for what there is more than one of.
Takes a dict of context and suffix.
*/}}
{{- define "istio-routing.fullnameWithSuffix" -}}
{{- include "istio-routing.truncate63" (printf "%s-%s" (include "istio-routing.fullname" .context) .suffix) -}}
{{- end -}}

{{/*
istio-routing.namespace: the one place that decides the namespace.
*/}}
{{- define "istio-routing.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
istio-routing.serviceFQDN: the whole name of a Service of the release's namespace: short ones mean something else in each.
Takes a dict of context and service.
*/}}
{{- define "istio-routing.serviceFQDN" -}}
{{- printf "%s.%s.svc.%s" .service (include "istio-routing.namespace" .context) .context.Values.clusterDomain -}}
{{- end -}}

{{/*
istio-routing.intOrString: a number without a point, for Helm holds numbers as floats and would write 1e+06; a text
as it is.
*/}}
{{- define "istio-routing.intOrString" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ int64 . }}{{ end -}}
{{- end -}}

{{/*
istio-routing.milliseconds: a duration such as 30s, 500ms or 1h30m, in milliseconds.
Takes the text.
*/}}
{{- define "istio-routing.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9]+(ms|[smhdwy])" . -1 -}}
{{- $sum = add $sum (mul (regexFind "^[0-9]+" . | int64) (get $units (regexFind "[a-z]+$" .))) -}}
{{- end -}}
{{- $sum -}}
{{- end -}}
