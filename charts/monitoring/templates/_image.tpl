{{/*
Images.
*/}}

{{/*
monitoring.image: the reference of an image.
Takes a dict of context and image.
*/}}
{{- define "monitoring.image" -}}
{{- include "monitoring.imageReference" (dict "context" .context "image" .image "tag" "") -}}
{{- end -}}
