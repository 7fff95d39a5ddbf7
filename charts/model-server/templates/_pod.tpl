{{/*
The pod: one server, its configuration, its model and a folder to write to.
*/}}

{{/*
model-server.passThrough: a user's part of a manifest, through tpl.
Takes a dict of value and context.
*/}}
{{- define "model-server.passThrough" -}}
{{- tpl (toYaml .value) .context -}}
{{- end -}}

{{/*
model-server.podTemplate: the whole template of the Deployment.
The checksums roll the pods when what they read at their start has changed; nothing else in here changes with a release.
*/}}
{{- define "model-server.podTemplate" -}}
metadata:
  labels:
    {{- include "model-server.podLabels" . | nindent 4 }}
  annotations:
    checksum/config: {{ include "model-server.config" . | sha256sum }}
    {{- if .Values.secret.create }}
    checksum/secret: {{ toJson .Values.secret.stringData | sha256sum }}
    {{- end }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "model-server.serviceAccountName" . | quote }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ int64 .Values.terminationGracePeriodSeconds }}
  {{- with include "model-server.imagePullSecrets" . }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with .Values.podSecurityContext }}
  securityContext:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.initContainers }}
  initContainers:
    {{- include "model-server.passThrough" (dict "value" . "context" $) | nindent 4 }}
  {{- end }}
  containers:
    - {{ include "model-server.container" . | nindent 6 | trim }}
    {{- with .Values.sidecars }}
    {{- include "model-server.passThrough" (dict "value" . "context" $) | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "model-server.volumes" . | nindent 4 }}
  {{- with include "model-server.scheduling" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
model-server.volumes: what the pod brings along.
*/}}
{{- define "model-server.volumes" -}}
- name: config
  configMap:
    name: {{ include "model-server.fullname" . }}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.tmpSizeLimit | quote }}
{{- with include "model-server.modelVolume" . }}
{{ . }}
{{- end }}
{{- with include "model-server.secretName" . }}
- name: secret
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- with .Values.extraVolumes }}
{{ include "model-server.passThrough" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}

{{/*
model-server.scheduling: where the pods may run and how they spread.
*/}}
{{- define "model-server.scheduling" -}}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- include "model-server.passThrough" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
{{- $selector := dict "matchLabels" (include "model-server.selectorLabels" $ | fromYaml) }}
topologySpreadConstraints:
  {{- range . }}
  {{- $constraint := . }}
  {{- if not (hasKey . "labelSelector") }}
  {{- $constraint = merge (dict "labelSelector" $selector) . }}
  {{- end }}
  - {{ include "model-server.passThrough" (dict "value" $constraint "context" $) | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end -}}
