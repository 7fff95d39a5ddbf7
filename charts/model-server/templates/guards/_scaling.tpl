{{/*
Guards for the number of replicas and for termination.
*/}}

{{- define "model-server.guardScaling" -}}
{{- $autoscaling := .Values.autoscaling -}}
{{- $keda := .Values.keda -}}
{{- if and $autoscaling.enabled $keda.enabled }}
- {{ .at }}keda.enabled: conflicts with autoscaling.enabled: KEDA creates its own HorizontalPodAutoscaler. Enable only one of them.
{{- end }}
{{- if $autoscaling.enabled }}
{{- if gt (int64 $autoscaling.minReplicas) (int64 $autoscaling.maxReplicas) }}
- {{ .at }}autoscaling.minReplicas: is {{ int64 $autoscaling.minReplicas }}, but must not exceed autoscaling.maxReplicas, which is {{ int64 $autoscaling.maxReplicas }}. Lower the minimum or raise the maximum.
{{- end }}
{{- if and $autoscaling.targetCPUUtilizationPercentage (not (or ((.Values.resources).requests).cpu ((.Values.resources).limits).cpu)) }}
- {{ .at }}resources.requests.cpu: is required if autoscaling.enabled is true, because CPU utilization is a percentage of it. Set it to the CPU that a pod uses under normal load.
{{- end }}
{{- if not (or $autoscaling.targetCPUUtilizationPercentage $autoscaling.extraMetrics) }}
- {{ .at }}autoscaling.extraMetrics: must not be empty if autoscaling.targetCPUUtilizationPercentage is null, because the autoscaler needs a metric. Set one of them.
{{- end }}
{{- end }}
{{- $rolling := .Values.strategy.rollingUpdate }}
{{- if and (eq .Values.strategy.type "RollingUpdate") (not (include "model-server.isPositive" $rolling.maxSurge)) (not (include "model-server.isPositive" $rolling.maxUnavailable)) }}
- {{ .at }}strategy.rollingUpdate.maxSurge: must not be 0 if strategy.rollingUpdate.maxUnavailable is 0, because no pod could be replaced. Set one of them to 1 or more.
{{- end }}
{{- $needed := add .Values.server.drainSeconds .Values.server.gracefulTimeoutSeconds }}
{{- if lt (int64 .Values.terminationGracePeriodSeconds) (add $needed 5) }}
- {{ .at }}terminationGracePeriodSeconds: is {{ int64 .Values.terminationGracePeriodSeconds }}, but must exceed server.drainSeconds + server.gracefulTimeoutSeconds, which is {{ $needed }}, by at least 5, so that pods shut down before they are killed. Set it to at least {{ add $needed 5 }}.
{{- else }}
{{- with ((.Values.lifecycle).preStop).sleep }}
{{- if lt (int64 $.Values.terminationGracePeriodSeconds) (add .seconds $needed 5) }}
- {{ $.at }}lifecycle.preStop.sleep.seconds: is {{ int64 .seconds }}, after which the server needs another {{ add $needed 5 }} seconds, but terminationGracePeriodSeconds, which covers both, is {{ int64 $.Values.terminationGracePeriodSeconds }}. Set terminationGracePeriodSeconds to at least {{ add .seconds $needed 5 }}.
{{- end }}
{{- end }}
{{- end }}
{{- if $keda.enabled }}
{{- include "model-server.guardKeda" . }}
{{- end }}
{{- end -}}

{{/*
model-server.isPositive: true if a number or a percentage is greater than 0.
*/}}
{{- define "model-server.isPositive" -}}
{{- if include "model-server.intOrString" . | trimSuffix "%" | trimAll "0" -}}
true
{{- end -}}
{{- end -}}

{{/*
model-server.guardDisruption: a PodDisruptionBudget that allows no eviction blocks node drains.
*/}}
{{- define "model-server.guardDisruption" -}}
{{- $budget := .Values.podDisruptionBudget -}}
{{- if $budget.enabled }}
{{- $min := not (kindIs "invalid" $budget.minAvailable) -}}
{{- $max := not (kindIs "invalid" $budget.maxUnavailable) -}}
{{- if and $min $max }}
- {{ .at }}podDisruptionBudget.minAvailable: conflicts with podDisruptionBudget.maxUnavailable. Set only one of them.
{{- else if $max }}
{{- if not (include "model-server.isPositive" $budget.maxUnavailable) }}
- {{ .at }}podDisruptionBudget.maxUnavailable: is {{ include "model-server.intOrString" $budget.maxUnavailable }}, which blocks the drain of every node that runs a pod of this release. Set it to 1 or more.
{{- end }}
{{- else if $min }}
{{- $percent := hasSuffix "%" (toString $budget.minAvailable) -}}
{{- $known := include "model-server.minReplicas" . -}}
{{- if or $percent $known }}
{{- $replicas := int64 (default "100" $known) -}}
{{- $kept := int64 $budget.minAvailable -}}
{{- if $percent }}
{{- $kept = divf (mulf (trimSuffix "%" $budget.minAvailable | float64) $replicas) 100 | ceil | int64 }}
{{- end }}
{{- if and $replicas (ge $kept $replicas) }}
- {{ .at }}podDisruptionBudget.minAvailable: is {{ include "model-server.intOrString" $budget.minAvailable }} of {{ $replicas }} pods, which blocks the drain of every node that runs a pod of this release. Set it to less than the number of replicas, or set neither number.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.minReplicas: the minimum number of replicas; empty if another controller sets it.
*/}}
{{- define "model-server.minReplicas" -}}
{{- if .Values.autoscaling.enabled -}}
{{- int64 .Values.autoscaling.minReplicas -}}
{{- else if .Values.keda.enabled -}}
{{- int64 .Values.keda.minReplicaCount -}}
{{- else if not (kindIs "invalid" .Values.replicaCount) -}}
{{- int64 .Values.replicaCount -}}
{{- end -}}
{{- end -}}
