{{/*
The server's container.
*/}}

{{/*
model-server.container: the container spec of the server.
*/}}
{{- define "model-server.container" -}}
{{- $ports := include "model-server.ports" . | fromYaml -}}
name: model-server
image: {{ include "model-server.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - name: MODEL_SERVER_CONFIG
    value: /etc/model-server/config.yaml
  {{- with .Values.extraEnv }}
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
{{- with include "model-server.envFrom" . }}
{{ . }}
{{- end }}
ports:
  - name: http
    containerPort: {{ $ports.http }}
    protocol: TCP
  - name: http-admin
    containerPort: {{ $ports.admin }}
    protocol: TCP
{{ include "model-server.probes" . }}
{{- with .Values.lifecycle }}
lifecycle:
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- with include "model-server.resources" . | fromYaml }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
volumeMounts:
  - name: config
    mountPath: /etc/model-server
    readOnly: true
  - name: tmp
    mountPath: /tmp
  {{- with include "model-server.modelMount" . }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- if include "model-server.secretName" . }}
  - name: secret
    mountPath: {{ .Values.secret.mountPath | quote }}
    readOnly: true
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
model-server.resources: the resources, with the accelerators as a limit, from which Kubernetes derives the request.
*/}}
{{- define "model-server.resources" -}}
{{- $resources := deepCopy (default (dict) .Values.resources) -}}
{{- if .Values.gpu.count -}}
{{- $limits := default (dict) $resources.limits -}}
{{- $_ := set $limits .Values.gpu.resource (int64 .Values.gpu.count) -}}
{{- $_ := set $resources "limits" $limits -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{/*
model-server.envFrom: the ConfigMaps and Secrets that become environment variables.
*/}}
{{- define "model-server.envFrom" -}}
{{- if or .Values.secret.envFrom .Values.extraEnvFrom -}}
envFrom:
  {{- if .Values.secret.envFrom }}
  - secretRef:
      name: {{ include "model-server.secretName" . | quote }}
  {{- end }}
  {{- with .Values.extraEnvFrom }}
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.extraEnv: the environment variables that users add to a container without any of the chart's.
Takes a dict of context and values, which has extraEnv and extraEnvFrom.
*/}}
{{- define "model-server.extraEnv" -}}
{{- with .values.extraEnv }}
env:
  {{- include "model-server.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
{{- end }}
{{- with .values.extraEnvFrom }}
envFrom:
  {{- include "model-server.tplRender" (dict "value" . "context" $.context) | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.probes: the startup probe allows model.loadTimeoutSeconds to load the model and delays the other probes.
*/}}
{{- define "model-server.probes" -}}
{{- $startup := .Values.probes.startup -}}
startupProbe:
  httpGet:
    path: /readyz
    port: http-admin
  periodSeconds: {{ int64 $startup.periodSeconds }}
  timeoutSeconds: {{ int64 $startup.timeoutSeconds }}
  failureThreshold: {{ divf (float64 .Values.model.loadTimeoutSeconds) (float64 $startup.periodSeconds) | ceil | int64 }}
livenessProbe:
  httpGet:
    path: /healthz
    port: http-admin
  periodSeconds: {{ int64 .Values.probes.liveness.periodSeconds }}
  timeoutSeconds: {{ int64 .Values.probes.liveness.timeoutSeconds }}
  failureThreshold: {{ int64 .Values.probes.liveness.failureThreshold }}
readinessProbe:
  httpGet:
    path: /readyz
    port: http-admin
  periodSeconds: {{ int64 .Values.probes.readiness.periodSeconds }}
  timeoutSeconds: {{ int64 .Values.probes.readiness.timeoutSeconds }}
  failureThreshold: {{ int64 .Values.probes.readiness.failureThreshold }}
{{- end -}}
