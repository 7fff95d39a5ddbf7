{{/*
CHART.imageReference: [registry/]repository and the digest, or the tag where there is no digest.
Takes a dict of context, image and tag, the one to take where the image names none.
*/}}
{{- define "CHART.imageReference" -}}
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
CHART.imagePullSecrets: the chart's and the umbrella's, each once. The kubelet uses them for image volumes,
too.
*/}}
{{- define "CHART.imagePullSecrets" -}}
{{- with concat .Values.imagePullSecrets (default (list) (.Values.global).imagePullSecrets) | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
CHART.nodeScheduling: the nodes that pods may run on.
Takes a dict of values, which may have priorityClassName, nodeSelector and tolerations, and schedulerName.
*/}}
{{- define "CHART.nodeScheduling" -}}
{{- with .values.priorityClassName }}
priorityClassName: {{ toJson . }}
{{- end }}
{{- with .schedulerName }}
schedulerName: {{ toJson . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
CHART.dnsEgress: names, at whatever address the cluster's resolver has.
*/}}
{{- define "CHART.dnsEgress" -}}
{{- with .Values.networkPolicy.dnsPorts -}}
- ports:
    {{- range . }}
    - port: {{ int64 . }}
      protocol: UDP
    - port: {{ int64 . }}
      protocol: TCP
    {{- end }}
{{- end }}
{{- end -}}
