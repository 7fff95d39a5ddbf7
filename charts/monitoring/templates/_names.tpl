{{/*
Names. Most helpers take a scope: a dict of root (the chart's context), component (such as prometheus) and values (its part
of the values).
*/}}

{{/*
monitoring.cut: a name of at most so many characters. A cut name ends in a digest of the whole, so that two long names stay
two. Takes a dict of name and most.
*/}}
{{- define "monitoring.cut" -}}
{{- if gt (len .name) .most -}}
{{- printf "%s-%s" (trunc (int (sub .most 9)) .name | trimSuffix "-") (sha256sum .name | trunc 8) -}}
{{- else -}}
{{- .name -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.shorten: a name cut to the 63 characters of most objects. Takes the name.
*/}}
{{- define "monitoring.shorten" -}}
{{- include "monitoring.cut" (dict "name" . "most" 63) -}}
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
{{- include "monitoring.cut" (dict "name" (printf "%s-%s" (include "monitoring.fullname" .root) .suffix) "most" 52) -}}
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
