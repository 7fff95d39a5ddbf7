{{/*
CHART.truncate: a name of at most so many characters. A cut name ends in a digest of the whole, so that two long
names stay two.
Takes a dict of name and most.
*/}}
{{- define "CHART.truncate" -}}
{{- if gt (len .name) .most -}}
{{- printf "%s-%s" (trunc (int (sub .most 9)) .name | trimSuffix "-") (sha256sum .name | trunc 8) -}}
{{- else -}}
{{- .name -}}
{{- end -}}
{{- end -}}

{{/*
CHART.truncate63: a name cut to the 63 characters of most objects.
Takes the name.
*/}}
{{- define "CHART.truncate63" -}}
{{- include "CHART.truncate" (dict "name" . "most" 63) -}}
{{- end -}}

{{/*
CHART.name: what it is; the label app.kubernetes.io/name.
*/}}
{{- define "CHART.name" -}}
{{- include "CHART.truncate63" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
CHART.fullname: the name of all objects of a release that there is one of, and the beginning of the others'.
*/}}
{{- define "CHART.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- include "CHART.truncate63" .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- include "CHART.truncate63" .Release.Name -}}
{{- else -}}
{{- include "CHART.truncate63" (printf "%s-%s" .Release.Name $name) -}}
{{- end -}}
{{- end -}}

{{/*
CHART.fullnameWithSuffix: the full name with something behind it, for what there is more than one of.
Takes a dict of context and suffix.
*/}}
{{- define "CHART.fullnameWithSuffix" -}}
{{- include "CHART.truncate63" (printf "%s-%s" (include "CHART.fullname" .context) .suffix) -}}
{{- end -}}

{{/*
CHART.namespace: the one place that decides the namespace.
*/}}
{{- define "CHART.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
CHART.serviceFQDN: the whole name of a Service of the release's namespace: short ones mean something else in each.
Takes a dict of context and service.
*/}}
{{- define "CHART.serviceFQDN" -}}
{{- printf "%s.%s.svc.%s" .service (include "CHART.namespace" .context) .context.Values.clusterDomain -}}
{{- end -}}
