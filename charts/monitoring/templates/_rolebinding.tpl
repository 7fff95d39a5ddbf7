{{/*
monitoring.roleBindings: a RoleBinding in each watched namespace.
Takes a scope.
*/}}
{{- define "monitoring.roleBindings" -}}
{{- range include "monitoring.watchedNamespaces" .context | fromJsonArray }}
{{- $metadata := include "monitoring.namespacedMetadata" (merge (dict "namespace" .) $) }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- $metadata | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ (fromYaml $metadata).name | quote }}
subjects:
  - kind: ServiceAccount
    name: {{ include "monitoring.serviceAccountName" $ | quote }}
    namespace: {{ include "monitoring.namespace" $.context | quote }}
{{- end }}
{{- end -}}
