{{/*
Names.
*/}}

{{/*
istio-routing.fullname: the name of all objects of a release that there is one of.
In place of the shared one: Helm lets a release's name hold dots, and Istio no Gateway's.
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
istio-routing.serviceHost: that of the Service for all versions.
*/}}
{{- define "istio-routing.serviceHost" -}}
{{- include "istio-routing.serviceFQDN" (dict "context" . "service" .Values.service.name) -}}
{{- end -}}
