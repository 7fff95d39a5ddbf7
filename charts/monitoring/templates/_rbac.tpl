{{/*
Permissions within a cluster, or within some namespaces.
*/}}

{{- define "monitoring.isNamespaced" -}}
{{- if eq .Values.rbac.scope "namespace" -}}
true
{{- end -}}
{{- end -}}

{{/*
monitoring.watchedNamespaces: the namespaces that a release with rbac.scope namespace watches, as a JSON list.
*/}}
{{- define "monitoring.watchedNamespaces" -}}
{{- prepend .Values.rbac.namespaces (include "monitoring.namespace" .) | uniq | toJson -}}
{{- end -}}

{{/*
monitoring.namespacedMetadata: metadata of a component's Role or RoleBinding in a namespace. Outside the release's
namespace, the name contains both namespaces, because other releases have objects there.
Takes a scope with namespace.
*/}}
{{- define "monitoring.namespacedMetadata" -}}
{{- $isHome := eq .namespace (include "monitoring.namespace" .context) -}}
{{- $away := printf "%s-%s" (include "monitoring.clusterObjectName" .) .namespace | include "monitoring.truncate63" }}
name: {{ ternary (include "monitoring.componentName" .) $away $isHome | quote }}
namespace: {{ .namespace | quote }}
{{ include "monitoring.objectLabels" . }}
{{- end -}}

{{/*
monitoring.prometheusRules: the permissions of Prometheus in a namespace, for the discovery of its targets.
*/}}
{{- define "monitoring.prometheusRules" -}}
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
{{- end -}}

{{/*
monitoring.collectedResources: the resources that kube-state-metrics exports, as a JSON list. Permissions in namespaces
do not extend to objects of the cluster.
*/}}
{{- define "monitoring.collectedResources" -}}
{{- $resources := .Values.kubeStateMetrics.collect | sortAlpha -}}
{{- if include "monitoring.isNamespaced" . -}}
{{- $resources = without $resources "namespaces" "nodes" "persistentvolumes" "storageclasses" -}}
{{- end -}}
{{- toJson $resources -}}
{{- end -}}

{{/*
monitoring.kubeStateMetricsRules: the permissions of kube-state-metrics.
*/}}
{{- define "monitoring.kubeStateMetricsRules" -}}
{{- $collected := include "monitoring.collectedResources" . | fromJsonArray -}}
{{- range $group, $known := include "monitoring.apiGroups" . | fromYaml }}
{{- $resources := list }}
{{- range $known }}
{{- if has . $collected }}
{{- $resources = append $resources . }}
{{- end }}
{{- end }}
{{- with $resources }}
- apiGroups: [{{ trimPrefix "core" $group | quote }}]
  resources: {{ toJson . }}
  verbs: [list, watch]
{{- end }}
{{- end }}
{{- end -}}
