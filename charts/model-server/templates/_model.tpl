{{/*
The model: the name of its version, its volume and its volume mount.
*/}}

{{/*
model-server.versionName: the value of the pods' label "version": the name of the version, its number, or its alias.
*/}}
{{- define "model-server.versionName" -}}
{{- if .version -}}
{{- .version -}}
{{- else -}}
{{- with .Values.model.version -}}
{{- include "model-server.intOrString" . -}}
{{- else -}}
production
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
model-server.modelVolume: the volume with the model; empty if the model is part of the server's image.
*/}}
{{- define "model-server.modelVolume" -}}
{{- with .Values.model.source -}}
{{- if eq .type "image" -}}
- name: model
  image:
    reference: {{ .image.reference | quote }}
    pullPolicy: {{ .image.pullPolicy }}
{{- else if eq .type "persistentVolumeClaim" -}}
- name: model
  persistentVolumeClaim:
    claimName: {{ .persistentVolumeClaim.claimName | quote }}
    readOnly: true
{{- else if eq .type "configMap" -}}
- name: model
  configMap:
    name: {{ .configMap.name | quote }}
{{- else if eq .type "download" -}}
- name: model
  emptyDir:
    sizeLimit: {{ toJson .download.sizeLimit }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.modelMount: the mount of that volume. A ConfigMap contains the files of one version without directories, so
it is mounted as the directory of that version.
*/}}
{{- define "model-server.modelMount" -}}
{{- $source := .Values.model.source -}}
{{- if ne $source.type "baked" -}}
- name: model
  {{- if eq $source.type "configMap" }}
  mountPath: {{ printf "%s/%s/%s" (trimSuffix "/" .Values.model.path) .Values.model.name (include "model-server.intOrString" .Values.model.version) | quote }}
  {{- else }}
  mountPath: {{ .Values.model.path | quote }}
  {{- end }}
  {{- if eq $source.type "persistentVolumeClaim" }}
  {{- with $source.persistentVolumeClaim.subPath }}
  subPath: {{ . | quote }}
  {{- end }}
  {{- end }}
  readOnly: true
{{- end }}
{{- end -}}
