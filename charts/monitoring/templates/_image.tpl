{{/*
Images.
*/}}

{{/*
monitoring.image: [registry/]repository and the digest, or the tag where there is no digest.
Takes a dict of root and image.
*/}}
{{- define "monitoring.image" -}}
{{- $registry := default .image.registry (.root.Values.global).imageRegistry -}}
{{- $repository := .image.repository -}}
{{- if $registry -}}
{{- $repository = printf "%s/%s" $registry $repository -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository .image.tag -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.imagePullSecrets: the chart's and the umbrella's, each once.
*/}}
{{- define "monitoring.imagePullSecrets" -}}
{{- with concat .Values.imagePullSecrets (default (list) (.Values.global).imagePullSecrets) | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}
