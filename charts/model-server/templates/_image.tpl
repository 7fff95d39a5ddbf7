{{/*
The server's image.
*/}}

{{/*
model-server.image: [registry/]repository and the digest, or the tag where there is no digest.
*/}}
{{- define "model-server.image" -}}
{{- $registry := default .Values.image.registry (.Values.global).imageRegistry -}}
{{- $repository := .Values.image.repository -}}
{{- if $registry -}}
{{- $repository = printf "%s/%s" $registry $repository -}}
{{- end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
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
