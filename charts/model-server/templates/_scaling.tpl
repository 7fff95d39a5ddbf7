{{/*
Autoscaling and rollout deadlines.
*/}}

{{/*
model-server.isAutoscalable: true if a HorizontalPodAutoscaler or KEDA may scale the pods. While versions run alongside
them, the unversioned pods keep their number, because the autoscaler would also count the pods of the versions.
*/}}
{{- define "model-server.isAutoscalable" -}}
{{- if not (and .Values.keepUnversioned (not .version)) -}}
true
{{- end -}}
{{- end -}}

{{/*
model-server.scalingMetrics: the CPU of the server's container, because an idle sidecar would hide a saturated server in
the pod's average, and the user's metrics.
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
model-server.scaledObjectSpec: the spec of the ScaledObject.
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
{{- with include "model-server.scaledObjectAutoscaler" . | trim }}
advanced:
  horizontalPodAutoscalerConfig:
    {{- . | nindent 4 }}
{{- end }}
triggers:
  {{- include "model-server.tplRender" (dict "value" .Values.keda.triggers "context" .) | nindent 2 }}
{{- end -}}

{{/*
model-server.scaledObjectAutoscaler: the HorizontalPodAutoscaler that KEDA creates. KEDA refuses a name above 63 characters,
and puts a prefix in front of the name of the ScaledObject.
*/}}
{{- define "model-server.scaledObjectAutoscaler" -}}
{{- $name := include "model-server.workloadName" . -}}
{{- if gt (len $name) 54 }}
name: {{ $name | quote }}
{{- end }}
{{- with .Values.autoscaling.behavior }}
behavior:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.measuredContainers: the containers that an autoscaler may measure, each with the path of its values, as YAML.
*/}}
{{- define "model-server.measuredContainers" -}}
- {{ toJson (dict "path" "" "name" "model-server" "resources" .Values.resources) }}
{{- if .Values.sidecars }}
{{- range $index, $sidecar := include "model-server.tplRender" (dict "value" .Values.sidecars "context" .) | fromYamlArray }}
- {{ toJson (dict "path" (printf "sidecars[%d]." $index) "name" $sidecar.name "resources" $sidecar.resources) }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.progressDeadlineSeconds: ten minutes to pull the images, the default of Kubernetes, plus the time to
download and to load the model.
*/}}
{{- define "model-server.progressDeadlineSeconds" -}}
{{- $source := .Values.model.source -}}
{{- $download := ternary $source.download.timeoutSeconds 0 (eq $source.type "download") -}}
{{- add .Values.model.loadTimeoutSeconds $download .Values.minReadySeconds 600 -}}
{{- end -}}
