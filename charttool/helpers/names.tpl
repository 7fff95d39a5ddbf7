{{/*
CHART.truncate: a name of limited length. A truncated name ends in a digest of the complete name, so that names with the
same beginning stay distinct.
Takes a dict of name and maxLength, the maximum number of characters.
*/}}
{{- define "CHART.truncate" -}}
{{- if gt (len .name) .maxLength -}}
{{- printf "%s-%s" (trunc (int (sub .maxLength 9)) .name | trimSuffix "-") (sha256sum .name | trunc 8) -}}
{{- else -}}
{{- .name -}}
{{- end -}}
{{- end -}}

{{/*
CHART.truncate63: a name truncated to 63 characters, the limit of most objects.
Takes the name.
*/}}
{{- define "CHART.truncate63" -}}
{{- include "CHART.truncate" (dict "name" . "maxLength" 63) -}}
{{- end -}}

{{/*
CHART.name: the value of the label app.kubernetes.io/name.
*/}}
{{- define "CHART.name" -}}
{{- include "CHART.truncate63" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
CHART.fullname: the full name, the prefix of all object names of a release.
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
CHART.fullnameWithSuffix: the full name with a suffix.
Takes a dict of context and suffix.
*/}}
{{- define "CHART.fullnameWithSuffix" -}}
{{- include "CHART.truncate63" (printf "%s-%s" (include "CHART.fullname" .context) .suffix) -}}
{{- end -}}

{{/*
CHART.namespace: the namespace of all objects.
*/}}
{{- define "CHART.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
CHART.serviceFQDN: the fully qualified DNS name of a Service in the release's namespace.
Takes a dict of context and service.
*/}}
{{- define "CHART.serviceFQDN" -}}
{{- printf "%s.%s.svc.%s" .service (include "CHART.namespace" .context) .context.Values.clusterDomain -}}
{{- end -}}
