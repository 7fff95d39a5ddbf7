{{/*
How the number of pods is decided, and how many may be missing.
*/}}

{{/*
model-server.isAutoscalable: whether an autoscaler, KEDA's too, may look after the pods. The pods without a version have none
while versions stand beside them: it would count theirs too. Their number stays as it is.
*/}}
{{- define "model-server.isAutoscalable" -}}
{{- if not (and .Values.keepUnversioned (not .version)) -}}
true
{{- end -}}
{{- end -}}

{{/*
model-server.scalingMetrics: the container's CPU, not the pod's, for a sidecar at rest would hide a server at its
limit; and the user's own.
*/}}
{{- define "model-server.scalingMetrics" -}}
{{- with .Values.autoscaling.targetCPUUtilizationPercentage }}
- type: ContainerResource
  containerResource:
    name: cpu
    container: model-server
    target:
      type: Utilization
      averageUtilization: {{ int64 . }}
{{- end }}
{{- with .Values.autoscaling.extraMetrics }}
{{ include "model-server.tplRender" (dict "value" . "context" $) }}
{{- end }}
{{- end -}}

{{/*
model-server.scaledObjectSpec: what KEDA scales, between what, by what.
*/}}
{{- define "model-server.scaledObjectSpec" -}}
scaleTargetRef:
  apiVersion: apps/v1
  kind: Deployment
  name: {{ include "model-server.workloadName" . | quote }}
{{- with .Values.keda }}
minReplicaCount: {{ int64 .minReplicaCount }}
maxReplicaCount: {{ int64 .maxReplicaCount }}
{{- if not (kindIs "invalid" .idleReplicaCount) }}
idleReplicaCount: {{ int64 .idleReplicaCount }}
{{- end }}
pollingInterval: {{ int64 .pollingInterval }}
cooldownPeriod: {{ int64 .cooldownPeriod }}
{{- with .fallback }}
fallback:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- with .Values.autoscaling.behavior }}
advanced:
  horizontalPodAutoscalerConfig:
    behavior:
      {{- toYaml . | nindent 6 }}
{{- end }}
triggers:
  {{- include "model-server.tplRender" (dict "value" .Values.keda.triggers "context" .) | nindent 2 }}
{{- end -}}

{{/*
model-server.progressDeadlineSeconds: ten minutes to pull the images, as is Kubernetes' default, and the time to load
the model and to download it.
*/}}
{{- define "model-server.progressDeadlineSeconds" -}}
{{- $source := .Values.model.source -}}
{{- $download := ternary $source.download.timeoutSeconds 0 (eq $source.type "download") -}}
{{- add .Values.model.loadTimeoutSeconds $download .Values.minReadySeconds 600 -}}
{{- end -}}
