{{/*
A downloaded model: an init container verifies the digest of the archive and extracts it before the server starts.
*/}}

{{/*
model-server.downloadPort: the port of a URL, or of the endpoint that replaces it.
Takes a dict of url and endpoint, which may be empty.
*/}}
{{- define "model-server.downloadPort" -}}
{{- $url := default .url .endpoint -}}
{{- with regexFind "^[a-z0-9]+://[^/?#]+" $url | regexFind ":[0-9]+$" -}}
{{- trimPrefix ":" . -}}
{{- else -}}
{{- ternary 80 443 (hasPrefix "http://" $url) -}}
{{- end -}}
{{- end -}}

{{/*
model-server.downloadContainer: the init container. Only this container can read the download's Secret: credentials of
object stores become environment variables, headers for web servers are a file.
*/}}
{{- define "model-server.downloadContainer" -}}
{{- $download := .Values.model.source.download -}}
{{- $headers := and $download.secretName (hasPrefix "http" $download.url) -}}
name: pull-model
image: {{ include "model-server.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command: ["modelctl", "pull"]
args:
  - {{ $download.url | quote }}
  - --sha256={{ $download.sha256 }}
  - {{ printf "--repository=%s" .Values.model.path | quote }}
  - --timeout={{ int64 $download.timeoutSeconds }}
  {{- with $download.endpoint }}
  - {{ printf "--endpoint=%s" . | quote }}
  {{- end }}
  {{- with $download.region }}
  - --region={{ . }}
  {{- end }}
  {{- if $download.allowHttp }}
  - --allow-http
  {{- end }}
  {{- if $download.caConfigMap }}
  - --ca-file=/etc/download-ca/ca.crt
  {{- end }}
  {{- if $headers }}
  - --header-file=/run/secrets/download/headers
  {{- end }}
{{- with .Values.extraEnv }}
env:
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- $hasCredentials := and $download.secretName (not $headers) }}
{{- if or $hasCredentials .Values.extraEnvFrom }}
envFrom:
  {{- if $hasCredentials }}
  - secretRef:
      name: {{ $download.secretName | quote }}
  {{- end }}
  {{- with .Values.extraEnvFrom }}
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
{{- end }}
{{- with $download.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - name: model
    mountPath: {{ .Values.model.path | quote }}
  - name: tmp
    mountPath: /tmp
  {{- if $headers }}
  - name: download-headers
    mountPath: /run/secrets/download
    readOnly: true
  {{- end }}
  {{- if $download.caConfigMap }}
  - name: download-ca
    mountPath: /etc/download-ca
    readOnly: true
  {{- end }}
{{- end -}}

{{/*
model-server.downloadVolumes: the volumes with the headers and the CA certificates of the download.
*/}}
{{- define "model-server.downloadVolumes" -}}
{{- $download := .Values.model.source.download -}}
{{- if and $download.secretName (hasPrefix "http" $download.url) }}
- name: download-headers
  secret:
    secretName: {{ $download.secretName | quote }}
    defaultMode: 0440
    items:
      - key: headers
        path: headers
{{- end }}
{{- with $download.caConfigMap }}
- name: download-ca
  configMap:
    name: {{ . | quote }}
{{- end }}
{{- end -}}
