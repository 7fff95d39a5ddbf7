{{/*
The model: its version's name, and its way into the pod.
*/}}

{{/*
model-server.versionName: the pods' label "version". A version that is not fixed is named after the alias that stands for it.
*/}}
{{- define "model-server.versionName" -}}
{{- with .Values.model.version -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ int64 . }}{{ end -}}
{{- else -}}
production
{{- end -}}
{{- end -}}

{{/*
model-server.modelVolume: the volume that holds the model; nothing for a model that is part of the server's image.
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
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.modelMount: where the server's container sees that volume.
*/}}
{{- define "model-server.modelMount" -}}
{{- if ne .Values.model.source.type "baked" -}}
- name: model
  mountPath: {{ .Values.model.path | quote }}
  {{- if eq .Values.model.source.type "persistentVolumeClaim" }}
  {{- with .Values.model.source.persistentVolumeClaim.subPath }}
  subPath: {{ . | quote }}
  {{- end }}
  {{- end }}
  readOnly: true
{{- end }}
{{- end -}}
