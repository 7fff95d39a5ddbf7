{{/*
Images.
*/}}

{{/*
monitoring.image: of a container.
Takes a dict of root and image.
*/}}
{{- define "monitoring.image" -}}
{{- include "monitoring.imageReference" (dict "context" .root "image" .image "tag" "") -}}
{{- end -}}
