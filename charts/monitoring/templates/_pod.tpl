{{/*
What the pods of all components have in common.
*/}}

{{/*
monitoring.podMetadata: labels and annotations. Takes a scope, which may have checksums, a map of what rolls the pods.
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
monitoring.podIdentity: who a pod is and what it may. Takes a scope with user, the number that the image runs as, and
usesApi, whether it asks the API server.
*/}}
{{- define "monitoring.podIdentity" -}}
serviceAccountName: {{ include "monitoring.componentName" . | quote }}
automountServiceAccountToken: {{ default false .usesApi }}
enableServiceLinks: false
{{- with include "monitoring.imagePullSecrets" .context }}
{{ . }}
{{- end }}
securityContext:
  {{- $own := dict "runAsUser" .user "runAsGroup" .user "fsGroup" .user }}
  {{- merge (dict) (default (dict) .context.Values.podSecurityContext) $own | toYaml | nindent 2 }}
{{- end -}}

{{/*
monitoring.containerImage: which image, and when it is pulled. Takes a dict of context and image.
*/}}
{{- define "monitoring.containerImage" -}}
image: {{ include "monitoring.image" . | quote }}
imagePullPolicy: {{ .image.pullPolicy }}
{{- end -}}

{{/*
monitoring.containerLimits: what a container may use and do. Takes a dict of context and resources.
*/}}
{{- define "monitoring.containerLimits" -}}
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
monitoring.scheduling: the nodes that the pods may run on, and their affinity. Takes a scope.
*/}}
{{- define "monitoring.scheduling" -}}
{{- include "monitoring.nodeScheduling" . }}
{{- with .values.affinity }}
affinity:
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
monitoring.topologySpread: the pods of a component on different nodes, where there are several. Takes a scope.
*/}}
{{- define "monitoring.topologySpread" -}}
{{- if gt (int64 .values.replicaCount) 1 }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "monitoring.selectorLabels" . | nindent 8 }}
{{- end }}
{{- end -}}

{{/*
monitoring.webProbes: whether a program with Prometheus' web toolkit is alive and ready. Behind a login, its pages answer
only who has it, so then the open port has to do. Takes a dict of auth and startupSeconds.
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
monitoring.secretVolumes: Secrets of the user's, each as a volume. Takes the list of names.
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
monitoring.secretMounts: the same as mounts. Takes a dict of names and folder.
*/}}
{{- define "monitoring.secretMounts" -}}
{{- range .names }}
- name: {{ printf "secret-%s" (. | sha256sum | trunc 12) }}
  mountPath: {{ printf "%s/%s" $.folder . | quote }}
  readOnly: true
{{- end }}
{{- end -}}

{{/*
monitoring.loginVolume: the Secret of a login, if there is one. Takes a dict of name and auth.
*/}}
{{- define "monitoring.loginVolume" -}}
{{- if .auth.existingSecret }}
- name: {{ .name }}
  secret:
    secretName: {{ .auth.existingSecret | quote }}
    defaultMode: 0440
{{- end }}
{{- end -}}
