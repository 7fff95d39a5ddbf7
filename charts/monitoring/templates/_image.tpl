{{/*
Images.
*/}}

{{/*
monitoring.image: of a container.
Takes a dict of context and image.
*/}}
{{- define "monitoring.image" -}}
{{- include "monitoring.imageReference" (dict "context" .context "image" .image "tag" "") -}}
{{- end -}}
