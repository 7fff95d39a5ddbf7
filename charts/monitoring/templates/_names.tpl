{{/*
Names. Most helpers take a scope: a dict of root (the chart's context), component (such as prometheus) and values (its part
of the values).
*/}}

{{/*
monitoring.suffixed: the full name with something behind it. Takes a dict of root and suffix.
In place of the shared one: a StatefulSet leaves 52 characters to the names of its pods, and scopes have a root.
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
monitoring.hostName: a component's Service, as all pods of the cluster find it. Takes a scope.
*/}}
{{- define "monitoring.hostName" -}}
{{- include "monitoring.host" (dict "context" .root "service" (include "monitoring.componentName" .)) -}}
{{- end -}}
