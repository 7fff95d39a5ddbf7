{{/*
Storage of the components.
*/}}

{{/*
monitoring.volumeClaimTemplates: a PersistentVolumeClaim for each pod of a StatefulSet.
Takes a scope.
*/}}
{{- define "monitoring.volumeClaimTemplates" -}}
{{- $storage := .values.persistence -}}
{{- if and $storage.enabled (not $storage.existingClaim) -}}
volumeClaimTemplates:
  - apiVersion: v1
    kind: PersistentVolumeClaim
    metadata:
      name: data
      labels:
        {{- merge (include "monitoring.selectorLabels" . | fromYaml) $storage.labels | toYaml | nindent 8 }}
      {{- with $storage.annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "monitoring.persistentVolumeClaimSpec" $storage | nindent 6 }}
{{- end -}}
{{- end -}}

{{/*
monitoring.persistentVolumeClaimSpec: the spec of a PersistentVolumeClaim.
Takes the values of persistence.
*/}}
{{- define "monitoring.persistentVolumeClaimSpec" -}}
accessModes: {{ toJson .accessModes }}
{{- with .storageClassName }}
storageClassName: {{ ternary "" . (eq . "-") | quote }}
{{- end }}
{{- with .selector }}
selector:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMode: Filesystem
resources:
  requests:
    storage: {{ toJson .size }}
{{- end -}}

{{/*
monitoring.dataVolume: the volume for the data of a pod that has no claim of its own: an existing claim, or an emptyDir,
which is deleted with the pod.
Takes the values of persistence.
*/}}
{{- define "monitoring.dataVolume" -}}
{{- if not .enabled }}
- name: data
  emptyDir:
    sizeLimit: {{ toJson .size }}
{{- else if .existingClaim }}
- name: data
  persistentVolumeClaim:
    claimName: {{ .existingClaim | quote }}
{{- end }}
{{- end -}}
