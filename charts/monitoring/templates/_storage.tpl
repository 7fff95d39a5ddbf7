{{/*
Storage of the components.
*/}}

{{/*
monitoring.volumeClaimTemplates: a PersistentVolumeClaim for each pod of a StatefulSet.
Takes a scope.
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
      {{- include "monitoring.persistentVolumeClaimSpec" .values.persistence | nindent 6 }}
{{- end -}}
{{- end -}}

{{/*
monitoring.persistentVolumeClaimSpec: the spec of a PersistentVolumeClaim.
Takes the values of persistence.
*/}}
{{- define "monitoring.persistentVolumeClaimSpec" -}}
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
monitoring.emptyDirVolume: a volume that is deleted with its pod.
Takes the values of persistence.
*/}}
{{- define "monitoring.emptyDirVolume" -}}
- name: data
  emptyDir:
    sizeLimit: {{ toJson .size }}
{{- end -}}
