{{/*
Where a component keeps what it must not forget.
*/}}

{{/*
monitoring.volumeClaimTemplates: a volume for each pod of a StatefulSet. Takes a scope.
*/}}
{{- define "monitoring.volumeClaimTemplates" -}}
{{- if .values.persistence.enabled -}}
volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
      labels:
        {{- include "monitoring.selectorLabels" . | nindent 8 }}
    spec:
      {{- include "monitoring.claim" .values.persistence | nindent 6 }}
{{- end -}}
{{- end -}}

{{/*
monitoring.claim: what is asked of the cluster. Takes the values of persistence.
*/}}
{{- define "monitoring.claim" -}}
accessModes: [ReadWriteOnce]
{{- with .storageClassName }}
storageClassName: {{ . | quote }}
{{- end }}
volumeMode: Filesystem
resources:
  requests:
    storage: {{ toJson .size }}
{{- end -}}

{{/*
monitoring.dataVolume: room that is gone with the pod. Takes the values of persistence.
*/}}
{{- define "monitoring.dataVolume" -}}
- name: data
  emptyDir:
    sizeLimit: {{ toJson .size }}
{{- end -}}
