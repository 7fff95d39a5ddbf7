{{/*
The pod: a server, its configuration, its model and a writable directory.
*/}}

{{/*
model-server.podTemplate: the pod template of a version's Deployment.
The checksums restart the pods when a file changes that they read at startup. Nothing here changes with the revision.
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
  {{- include "model-server.podIdentity" . | nindent 2 }}
  terminationGracePeriodSeconds: {{ int64 .Values.terminationGracePeriodSeconds }}
  {{- with include "model-server.initContainers" . }}
  initContainers:
    {{- . | nindent 4 }}
  {{- end }}
  containers:
    - {{ include "model-server.container" . | nindent 6 | trim }}
    {{- with .Values.sidecars }}
    {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "model-server.volumes" . | nindent 4 }}
  {{- with include "model-server.podDNS" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with include "model-server.scheduling" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
model-server.podIdentity: the ServiceAccount, the pull secrets and the security context of all pods.
*/}}
{{- define "model-server.podIdentity" -}}
serviceAccountName: {{ include "model-server.serviceAccountName" . | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with include "model-server.imagePullSecrets" . }}
{{ . }}
{{- end }}
{{- with .Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.initContainers: the user's init containers, which may prepare the download, and the download.
*/}}
{{- define "model-server.initContainers" -}}
{{- with .Values.initContainers -}}
{{ include "model-server.tplRender" (dict "value" . "context" $) }}
{{- end }}
{{- if eq .Values.model.source.type "download" }}
- {{ include "model-server.downloadContainer" . | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{/*
model-server.volumes: the volumes of the pod.
*/}}
{{- define "model-server.volumes" -}}
- name: config
  configMap:
    name: {{ include "model-server.workloadName" . | quote }}
- name: tmp
  emptyDir:
    sizeLimit: {{ toJson .Values.tmpSizeLimit }}
{{- with include "model-server.modelVolume" . }}
{{ . }}
{{- end }}
{{- if eq .Values.model.source.type "download" }}
{{- include "model-server.downloadVolumes" . }}
{{- end }}
{{- with include "model-server.secretName" . }}
- name: secret
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- with .Values.extraVolumes }}
{{ include "model-server.tplRender" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}

{{/*
model-server.podDNS: the name resolution of a pod.
*/}}
{{- define "model-server.podDNS" -}}
{{- with .Values.dnsPolicy }}
dnsPolicy: {{ . }}
{{- end }}
{{- with .Values.dnsConfig }}
dnsConfig:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.hostAliases }}
hostAliases:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.scheduling: the nodes of the pods, and their distribution across nodes and zones.
*/}}
{{- define "model-server.scheduling" -}}
{{- include "model-server.nodeScheduling" (dict "values" .Values "schedulerName" .Values.schedulerName) }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
{{- $selector := dict "matchLabels" (include "model-server.workloadSelectorLabels" $ | fromYaml) }}
topologySpreadConstraints:
  {{- range . }}
  {{- $constraint := . }}
  {{- if not (hasKey . "labelSelector") }}
  {{- $constraint = merge (dict "labelSelector" $selector) . }}
  {{- end }}
  - {{ include "model-server.tplRender" (dict "value" $constraint "context" $) | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end -}}
