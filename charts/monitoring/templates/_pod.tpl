{{/*
Parts that the pods of all components share.
*/}}

{{/*
monitoring.podTemplate: the pod template of a component's workload: its own containers and volumes, and the user's.
Takes a scope with container, sidecar, initContainer and volumes (as YAML; all but container may be missing), and
settings, a map of further fields of the pod.
*/}}
{{- define "monitoring.podTemplate" -}}
metadata:
  {{- include "monitoring.podMetadata" . | nindent 2 }}
spec:
  {{- include "monitoring.patchedPodSpec" (dict "context" .context "spec" (include "monitoring.podSpec" .) "patch" .values.podSpec) | nindent 2 }}
{{- end -}}

{{/*
monitoring.podSpec: the spec of a component's pods, before the user's patch.
Takes the scope of monitoring.podTemplate.
*/}}
{{- define "monitoring.podSpec" -}}
{{ include "monitoring.podIdentity" . }}
{{- with .settings }}
{{ toYaml . }}
{{- end }}
{{- if or .initContainer .values.initContainers }}
initContainers:
  {{- with .values.initContainers }}
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
  {{- end }}
  {{- with .initContainer }}
  - {{ . | nindent 4 | trim }}
  {{- end }}
{{- end }}
containers:
  - {{ .container | nindent 4 | trim }}
  {{- with .sidecar }}
  - {{ . | nindent 4 | trim }}
  {{- end }}
  {{- with .values.sidecars }}
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
  {{- end }}
{{- if or .volumes .values.extraVolumes }}
volumes:
  {{- with .volumes }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with .values.extraVolumes }}
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
  {{- end }}
{{- end }}
{{- with include "monitoring.scheduling" . | trim }}
{{ . }}
{{- end }}
{{- end -}}

{{/*
monitoring.podMetadata: labels and annotations of a pod.
Takes a scope, optionally with checksums, a map of annotations whose change restarts the pods.
*/}}
{{- define "monitoring.podMetadata" -}}
labels:
  {{- include "monitoring.podLabels" . | nindent 2 }}
{{- with merge (dict) (default (dict) .checksums) .values.podAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
monitoring.podIdentity: service account, pull secrets and security context of a pod.
Takes a scope with user, the user ID of the image.
*/}}
{{- define "monitoring.podIdentity" -}}
serviceAccountName: {{ include "monitoring.serviceAccountName" . | quote }}
automountServiceAccountToken: {{ .values.serviceAccount.automountServiceAccountToken }}
enableServiceLinks: false
{{- with include "monitoring.imagePullSecrets" .context }}
{{ . }}
{{- end }}
securityContext:
  {{- $own := dict "runAsUser" .user "runAsGroup" .user "fsGroup" .user }}
  {{- include "monitoring.podSecurityContext" (dict "context" .context "ids" $own) | nindent 2 }}
{{- end -}}

{{/*
monitoring.serviceAccountName: the name of the ServiceAccount of a component's pods.
Takes a scope.
*/}}
{{- define "monitoring.serviceAccountName" -}}
{{- $account := .values.serviceAccount -}}
{{- default (ternary (include "monitoring.componentName" .) "default" $account.create) $account.name -}}
{{- end -}}

{{/*
monitoring.serviceAccount: the ServiceAccount of a component's pods, from its metadata on.
Takes a scope.
*/}}
{{- define "monitoring.serviceAccount" -}}
{{- $account := .values.serviceAccount -}}
metadata:
  name: {{ include "monitoring.serviceAccountName" . | quote }}
  namespace: {{ include "monitoring.namespace" .context | quote }}
  {{- include "monitoring.objectLabels" (merge (pick $account "labels" "annotations") .) | nindent 2 }}
# Pods that use the API server mount the token explicitly.
automountServiceAccountToken: false
{{- end -}}

{{/*
monitoring.containerImage: image and pull policy of a container.
Takes a dict of context and image.
*/}}
{{- define "monitoring.containerImage" -}}
image: {{ include "monitoring.image" . | quote }}
imagePullPolicy: {{ .image.pullPolicy }}
{{- end -}}

{{/*
monitoring.containerSettings: resources and security context of a container.
Takes a dict of context and resources.
*/}}
{{- define "monitoring.containerSettings" -}}
{{- with .resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .context.Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
monitoring.extraArgs: the user's command-line flags of a component.
Takes a scope.
*/}}
{{- define "monitoring.extraArgs" -}}
{{- with .values.extraArgs -}}
{{ include "monitoring.tplRender" (dict "value" . "context" $.context) }}
{{- end }}
{{- end -}}

{{/*
monitoring.environment: env and envFrom of a component's container.
Takes a scope with env, the chart's own variables as YAML, which may be missing.
*/}}
{{- define "monitoring.environment" -}}
{{- if or .env .values.extraEnv }}
env:
  {{- with .env }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with .values.extraEnv }}
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
  {{- end }}
{{- end }}
{{- with .values.extraEnvFrom }}
envFrom:
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
monitoring.volumeMounts: the volume mounts of a component's container.
Takes a scope with mounts, the chart's own as YAML, which may be empty.
*/}}
{{- define "monitoring.volumeMounts" -}}
{{- if or .mounts .values.extraVolumeMounts }}
volumeMounts:
  {{- with .mounts }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with .values.extraVolumeMounts }}
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.scheduling: the nodes of a component's pods, and their distribution across nodes and zones.
Takes a scope.
*/}}
{{- define "monitoring.scheduling" -}}
{{- include "monitoring.nodeScheduling" (dict "values" .values "schedulerName" .values.schedulerName) }}
{{- with .values.affinity }}
affinity:
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
{{- end }}
{{- $constraints := .values.topologySpreadConstraints }}
{{- if and (not $constraints) (gt (int64 .values.replicaCount) 1) }}
{{- $constraints = list (dict "maxSkew" 1 "topologyKey" "kubernetes.io/hostname" "whenUnsatisfiable" "ScheduleAnyway") }}
{{- end }}
{{- with $constraints }}
{{- $selector := dict "matchLabels" (include "monitoring.selectorLabels" $ | fromYaml) }}
topologySpreadConstraints:
  {{- range . }}
  {{- $constraint := . }}
  {{- if not (hasKey . "labelSelector") }}
  {{- $constraint = merge (dict "labelSelector" $selector) . }}
  {{- end }}
  - {{ include "monitoring.tplRender" (dict "value" $constraint "context" $.context) | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.webProbes: probes of a server that uses Prometheus' exporter-toolkit. With authentication, its endpoints
reject the kubelet, so the probes only open a connection.
Takes a dict of auth and startupSeconds.
*/}}
{{- define "monitoring.webProbes" -}}
{{- $alive := dict "httpGet" (dict "path" "/-/healthy" "port" "http" "scheme" "HTTP") -}}
{{- $ready := dict "httpGet" (dict "path" "/-/ready" "port" "http" "scheme" "HTTP") -}}
{{- if .auth.existingSecret -}}
{{- $alive = dict "tcpSocket" (dict "port" "http") -}}
{{- $ready = $alive -}}
{{- end -}}
startupProbe:
  {{- toYaml $ready | nindent 2 }}
  periodSeconds: 5
  failureThreshold: {{ div (int64 .startupSeconds) 5 }}
livenessProbe:
  {{- toYaml $alive | nindent 2 }}
  periodSeconds: 15
  timeoutSeconds: 10
  failureThreshold: 6
readinessProbe:
  {{- toYaml $ready | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 4
  failureThreshold: 3
{{- end -}}

{{/*
monitoring.secretVolumes: volumes of the user's Secrets.
Takes a list of names.
*/}}
{{- define "monitoring.secretVolumes" -}}
{{- range . }}
- name: {{ printf "secret-%s" (. | sha256sum | trunc 12) }}
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- end -}}

{{/*
monitoring.secretMounts: the mounts of these volumes.
Takes a dict of names and directory.
*/}}
{{- define "monitoring.secretMounts" -}}
{{- range .names }}
- name: {{ printf "secret-%s" (. | sha256sum | trunc 12) }}
  mountPath: {{ printf "%s/%s" $.directory . | quote }}
  readOnly: true
{{- end }}
{{- end -}}

{{/*
monitoring.credentialsVolume: a volume of the Secret with credentials, if one is set.
Takes a dict of name and auth.
*/}}
{{- define "monitoring.credentialsVolume" -}}
{{- if .auth.existingSecret }}
- name: {{ .name }}
  secret:
    secretName: {{ .auth.existingSecret | quote }}
    defaultMode: 0440
{{- end }}
{{- end -}}
