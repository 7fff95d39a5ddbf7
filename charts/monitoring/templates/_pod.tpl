{{/*
Parts that the pods of all components share.
*/}}

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
Takes a scope with user, the user ID of the image, and usesApi, which mounts the API token.
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
monitoring.scheduling: node selection and affinity of a component's pods.
Takes a scope.
*/}}
{{- define "monitoring.scheduling" -}}
{{- include "monitoring.nodeScheduling" . }}
{{- with .values.affinity }}
affinity:
  {{- include "monitoring.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
monitoring.topologySpread: spreads the replicas of a component over nodes.
Takes a scope.
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
