{{/*
Services and what they have in common.
*/}}

{{/*
model-server.ipFamilies: the IP families of every Service of the release.
*/}}
{{- define "model-server.ipFamilies" -}}
{{- with .Values.service.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.service.ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.servicePort: the port that clients call. It is named and has a protocol, without which a mesh takes it for TCP.
Takes the port's number.
*/}}
{{- define "model-server.servicePort" -}}
name: http
port: {{ int64 . }}
targetPort: http
protocol: TCP
appProtocol: http
{{- end -}}

{{/*
model-server.exposure: how a Service is reached from outside the cluster.
Takes the Service's values.
*/}}
{{- define "model-server.exposure" -}}
type: {{ .type }}
{{- with .loadBalancerClass }}
loadBalancerClass: {{ . | quote }}
{{- end }}
{{- with .loadBalancerSourceRanges }}
loadBalancerSourceRanges:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .externalTrafficPolicy }}
externalTrafficPolicy: {{ . }}
{{- end }}
{{- end -}}
