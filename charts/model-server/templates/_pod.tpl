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
  {{- include "model-server.patchedPodSpec" (dict "context" . "spec" (include "model-server.podSpec" .) "patch" .Values.podSpec) | nindent 2 }}
{{- end -}}

{{/*
model-server.podSpec: the spec of the pods, before the user's patch.
*/}}
{{- define "model-server.podSpec" -}}
{{ include "model-server.podIdentity" (dict "context" . "token" .Values.serviceAccount.automountServiceAccountToken) }}
terminationGracePeriodSeconds: {{ int64 .Values.terminationGracePeriodSeconds }}
{{- with include "model-server.initContainers" . }}
initContainers:
  {{- . | nindent 2 }}
{{- end }}
containers:
  - {{ include "model-server.container" . | nindent 4 | trim }}
  {{- with .Values.sidecars }}
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
volumes:
  {{- include "model-server.volumes" . | nindent 2 }}
{{- with include "model-server.podDNS" . | trim }}
{{ . }}
{{- end }}
{{- with .Values.runtimeClassName }}
runtimeClassName: {{ . | quote }}
{{- end }}
{{- with include "model-server.scheduling" (dict "context" . "values" .Values "selectorLabels" (include "model-server.workloadSelectorLabels" .)) | trim }}
{{ . }}
{{- end }}
{{- end -}}

{{/*
model-server.podIdentity: the ServiceAccount, the pull secrets and the security context of all pods.
Takes a dict of context and token, true to mount the token of the ServiceAccount.
*/}}
{{- define "model-server.podIdentity" -}}
serviceAccountName: {{ include "model-server.serviceAccountName" .context | quote }}
automountServiceAccountToken: {{ .token }}
enableServiceLinks: false
{{- with include "model-server.imagePullSecrets" .context }}
{{ . }}
{{- end }}
{{- with include "model-server.podSecurityContext" (dict "context" .context "ids" dict) }}
securityContext:
  {{- . | nindent 2 }}
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
model-server.scheduling: the nodes of pods, and their distribution across nodes and zones.
Takes a dict of context, values (of the pods) and selectorLabels, as YAML.
*/}}
{{- define "model-server.scheduling" -}}
{{- include "model-server.nodeScheduling" (dict "values" .values "schedulerName" .context.Values.schedulerName) }}
{{- with .values.affinity }}
affinity:
  {{- include "model-server.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
{{- end }}
{{- with .values.topologySpreadConstraints }}
{{- $selector := dict "matchLabels" (fromYaml $.selectorLabels) }}
topologySpreadConstraints:
  {{- range . }}
  {{- $constraint := . }}
  {{- if not (hasKey . "labelSelector") }}
  {{- $constraint = merge (dict "labelSelector" $selector) . }}
  {{- end }}
  - {{ include "model-server.tplRender" (dict "value" $constraint "context" $.context) | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end -}}
