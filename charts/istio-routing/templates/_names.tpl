{{/*
Names.
*/}}

{{/*
istio-routing.fullname: the full name of a release's objects.
In place of the shared one: Helm allows dots in the name of a release, and Istio rejects them in the name of a Gateway.
*/}}
{{- define "istio-routing.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $release := .Release.Name | replace "." "-" -}}
{{- if .Values.fullnameOverride -}}
{{- include "istio-routing.truncate63" .Values.fullnameOverride -}}
{{- else if contains $name $release -}}
{{- include "istio-routing.truncate63" $release -}}
{{- else -}}
{{- include "istio-routing.truncate63" (printf "%s-%s" $release $name) -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.serviceHost: host name of the Service for all versions.
*/}}
{{- define "istio-routing.serviceHost" -}}
{{- include "istio-routing.serviceFQDN" (dict "context" . "service" .Values.service.name) -}}
{{- end -}}
