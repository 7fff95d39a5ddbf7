{{/*
Warnings: what works, and may surprise. Shown by NOTES.txt.
*/}}
{{- define "model-server.warnings" -}}
{{- with .Values.model.source }}
{{- if and (eq .type "image") (not (contains "@sha256:" .image.reference)) }}
WARNING: model.source.image.reference names no digest. If somebody moves the tag, two pods may serve two models. Append @sha256:… of the image.
{{- end }}
{{- end }}
{{- if and .Values.secret.create }}
WARNING: the values of secret.stringData are kept in the release, for whoever may read it. secret.existingSecret keeps them out.
{{- end }}
{{- if and (not .Values.autoscaling.enabled) (eq (toString .Values.replicaCount) "1") }}
WARNING: replicaCount is 1. While that pod is moved or restarted, nobody answers.
{{- end }}
{{- end -}}
