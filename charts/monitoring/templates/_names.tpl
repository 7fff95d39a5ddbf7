{{/*
Names. Most helpers take a scope: a dict of root (the chart's context), component (such as prometheus) and values (its part
of the values).
*/}}

{{/*
monitoring.shorten: a name cut to 63 characters. A cut name ends in a digest of the whole, so that two long names stay two.
Takes the name.
*/}}
{{- define "monitoring.shorten" -}}
{{- if gt (len .) 63 -}}
{{- printf "%s-%s" (trunc 54 . | trimSuffix "-") (sha256sum . | trunc 8) -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.name: what runs; the label app.kubernetes.io/name.
*/}}
{{- define "monitoring.name" -}}
{{- include "monitoring.shorten" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
monitoring.fullname: what the names of all objects begin with.
*/}}
{{- define "monitoring.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- include "monitoring.shorten" .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- include "monitoring.shorten" .Release.Name -}}
{{- else -}}
{{- include "monitoring.shorten" (printf "%s-%s" .Release.Name $name) -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.suffixed: the full name with something behind it. 52 characters are left to names of pods of a StatefulSet.
Takes a dict of root and suffix.
*/}}
{{- define "monitoring.suffixed" -}}
{{- $name := printf "%s-%s" (include "monitoring.fullname" .root) .suffix -}}
{{- if gt (len $name) 52 -}}
{{- printf "%s-%s" (trunc 43 $name | trimSuffix "-") (sha256sum $name | trunc 8) -}}
{{- else -}}
{{- $name -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.componentName: the name of a component's objects. Takes a scope.
*/}}
{{- define "monitoring.componentName" -}}
{{- include "monitoring.suffixed" (dict "root" .root "suffix" .component) -}}
{{- end -}}

{{/*
monitoring.clusterName: the name of a component's objects that belong to no namespace: two releases may have one name in two.
Takes a scope.
*/}}
{{- define "monitoring.clusterName" -}}
{{- include "monitoring.shorten" (printf "%s-%s" (include "monitoring.namespace" .root) (include "monitoring.componentName" .)) -}}
{{- end -}}

{{/*
monitoring.namespace: the one place that decides the namespace.
*/}}
{{- define "monitoring.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
monitoring.hostName: a component's Service, as all pods of the cluster find it. Takes a scope.
*/}}
{{- define "monitoring.hostName" -}}
{{- printf "%s.%s.svc.%s" (include "monitoring.componentName" .) (include "monitoring.namespace" .root) .root.Values.clusterDomain -}}
{{- end -}}
