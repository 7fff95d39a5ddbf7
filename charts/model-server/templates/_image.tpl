{{/*
Images.
*/}}

{{/*
model-server.image: the server's image.
*/}}
{{- define "model-server.image" -}}
{{- include "model-server.imageReference" (dict "context" . "image" .Values.image "tag" .Chart.AppVersion) -}}
{{- end -}}
