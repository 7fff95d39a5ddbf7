{{/*
Names.
*/}}

{{/*
istio-routing.shorten: a name cut to 63 characters. A cut name ends in a digest of the whole, so that two long names stay two.
Takes the name.
*/}}
{{- define "istio-routing.shorten" -}}
{{- if gt (len .) 63 -}}
{{- printf "%s-%s" (trunc 54 . | trimSuffix "-") (sha256sum . | trunc 8) -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.name: what it is; the label app.kubernetes.io/name.
*/}}
{{- define "istio-routing.name" -}}
{{- include "istio-routing.shorten" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
istio-routing.fullname: the name of all objects of a release that there is one of. Helm lets a release's name hold dots, and
Istio no Gateway's.
*/}}
{{- define "istio-routing.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $release := .Release.Name | replace "." "-" -}}
{{- if .Values.fullnameOverride -}}
{{- include "istio-routing.shorten" .Values.fullnameOverride -}}
{{- else if contains $name $release -}}
{{- include "istio-routing.shorten" $release -}}
{{- else -}}
{{- include "istio-routing.shorten" (printf "%s-%s" $release $name) -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.suffixed: the full name with something behind it, for what there is more than one of.
Takes a dict of context and suffix.
*/}}
{{- define "istio-routing.suffixed" -}}
{{- include "istio-routing.shorten" (printf "%s-%s" (include "istio-routing.fullname" .context) .suffix) -}}
{{- end -}}

{{/*
istio-routing.namespace: the one place that decides the namespace.
*/}}
{{- define "istio-routing.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
istio-routing.host: the whole name of a Service of the model's namespace: short ones mean something else in each namespace.
Takes a dict of context and service.
*/}}
{{- define "istio-routing.host" -}}
{{- printf "%s.%s.svc.%s" .service (include "istio-routing.namespace" .context) .context.Values.clusterDomain -}}
{{- end -}}

{{/*
istio-routing.serviceHost: that of the Service for all versions.
*/}}
{{- define "istio-routing.serviceHost" -}}
{{- include "istio-routing.host" (dict "context" . "service" .Values.service.name) -}}
{{- end -}}
