{{/*
monitoring.roles: a Role in each watched namespace.
Takes a scope with rules, as YAML.
*/}}
{{- define "monitoring.roles" -}}
{{- range include "monitoring.watchedNamespaces" .context | fromJsonArray }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "monitoring.namespacedMetadata" (merge (dict "namespace" .) $) | nindent 2 }}
rules:
  {{- $.rules | nindent 2 }}
{{- end }}
{{- end -}}
