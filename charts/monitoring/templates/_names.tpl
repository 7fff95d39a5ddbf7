{{/*
Names. Most helpers take a scope: a dict of context (the chart's context), component (such as prometheus) and values (its part
of the values).
*/}}

{{/*
monitoring.fullnameWithSuffix: the full name with something behind it. Takes a dict of context and suffix.
In place of the shared one: a StatefulSet leaves 52 characters to the names of its pods, and scopes have a context.
*/}}
{{- define "monitoring.fullnameWithSuffix" -}}
{{- include "monitoring.truncate" (dict "name" (printf "%s-%s" (include "monitoring.fullname" .context) .suffix) "maxLength" 52) -}}
{{- end -}}

{{/*
monitoring.componentName: the name of a component's objects. Takes a scope.
*/}}
{{- define "monitoring.componentName" -}}
{{- include "monitoring.fullnameWithSuffix" (dict "context" .context "suffix" .component) -}}
{{- end -}}

{{/*
monitoring.clusterName: the name of a component's objects that belong to no namespace: two releases may have one name in two.
Takes a scope.
*/}}
{{- define "monitoring.clusterName" -}}
{{- include "monitoring.truncate63" (printf "%s-%s" (include "monitoring.namespace" .context) (include "monitoring.componentName" .)) -}}
{{- end -}}

{{/*
monitoring.hostName: a component's Service, as all pods of the cluster find it. Takes a scope.
*/}}
{{- define "monitoring.hostName" -}}
{{- include "monitoring.serviceFQDN" (dict "context" .context "service" (include "monitoring.componentName" .)) -}}
{{- end -}}
