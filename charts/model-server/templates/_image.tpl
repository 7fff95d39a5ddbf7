{{/*
Images.
*/}}

{{/*
model-server.imageReference: [registry/]repository and the digest, or the tag where there is no digest.
Takes a dict of context, image and tag, the one to take where the image names none.
*/}}
{{- define "model-server.imageReference" -}}
{{- $registry := default .image.registry (.context.Values.global).imageRegistry -}}
{{- $repository := .image.repository -}}
{{- if $registry -}}
{{- $repository = printf "%s/%s" $registry $repository -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .tag .image.tag) -}}
{{- end -}}
{{- end -}}

{{/*
model-server.image: the server's image.
*/}}
{{- define "model-server.image" -}}
{{- include "model-server.imageReference" (dict "context" . "image" .Values.image "tag" .Chart.AppVersion) -}}
{{- end -}}

{{/*
model-server.imagePullSecrets: the chart's and the umbrella's, each once. The kubelet uses them for image volumes too.
*/}}
{{- define "model-server.imagePullSecrets" -}}
{{- with concat .Values.imagePullSecrets (default (list) (.Values.global).imagePullSecrets) | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
