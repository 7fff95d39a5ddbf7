{{/*
Names. Most helpers take a scope: a dict of context (the chart's context), component (such as prometheus) and values
(the values of the component).
*/}}

{{/*
monitoring.fullnameWithSuffix: the full name with a suffix.
In place of the shared one: the names of a StatefulSet's pods leave 52 characters for this name.
Takes a dict of context and suffix.
*/}}
{{- define "monitoring.fullnameWithSuffix" -}}
{{- include "monitoring.truncate" (dict "name" (printf "%s-%s" (include "monitoring.fullname" .context) .suffix) "maxLength" 52) -}}
{{- end -}}

{{/*
monitoring.componentName: the name of a component's objects.
Takes a scope.
*/}}
{{- define "monitoring.componentName" -}}
{{- include "monitoring.fullnameWithSuffix" (dict "context" .context "suffix" .component) -}}
{{- end -}}

{{/*
monitoring.clusterObjectName: the name of a component's cluster-scoped objects. It contains the namespace, because
releases in two namespaces may have the same name.
Takes a scope.
*/}}
{{- define "monitoring.clusterObjectName" -}}
{{- include "monitoring.truncate63" (printf "%s-%s" (include "monitoring.namespace" .context) (include "monitoring.componentName" .)) -}}
{{- end -}}

{{/*
monitoring.serviceHost: the fully qualified domain name of a component's Service.
Takes a scope.
*/}}
{{- define "monitoring.serviceHost" -}}
{{- include "monitoring.serviceFQDN" (dict "context" .context "service" (include "monitoring.componentName" .)) -}}
{{- end -}}
