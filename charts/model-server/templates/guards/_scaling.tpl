{{/*
Guards on the number of a version's pods and on how they end.
*/}}

{{- define "model-server.guardScaling" -}}
{{- $autoscaling := .Values.autoscaling -}}
{{- $keda := .Values.keda -}}
{{- if and $autoscaling.enabled $keda.enabled }}
- {{ .at }}keda.enabled: it is true, and autoscaling.enabled too: KEDA makes an autoscaler of its own, and the two would fight. Keep one of the two.
{{- end }}
{{- if $autoscaling.enabled }}
{{- if gt (int64 $autoscaling.minReplicas) (int64 $autoscaling.maxReplicas) }}
- {{ .at }}autoscaling.minReplicas: it is {{ int64 $autoscaling.minReplicas }}, more than autoscaling.maxReplicas, {{ int64 $autoscaling.maxReplicas }}. Lower the one or raise the other.
{{- end }}
{{- if and $autoscaling.targetCPUUtilizationPercentage (not (or ((.Values.resources).requests).cpu ((.Values.resources).limits).cpu)) }}
- {{ .at }}resources.requests.cpu: it is not set, and autoscaling.enabled is true: the autoscaler counts in percent of it. Set it to what one pod uses under a normal load.
{{- end }}
{{- if not (or $autoscaling.targetCPUUtilizationPercentage $autoscaling.extraMetrics) }}
- {{ .at }}autoscaling.extraMetrics: it is empty, and autoscaling.targetCPUUtilizationPercentage is null: there is nothing to scale by. Set one of the two.
{{- end }}
{{- end }}
{{- if $keda.enabled }}
{{- if not $keda.triggers }}
- {{ .at }}keda.triggers: it is empty, and keda.enabled is true: there is nothing to scale by. List a trigger, for example {type: cpu, metricType: Utilization, metadata: {value: "70"}}.
{{- end }}
{{- if gt (int64 $keda.minReplicaCount) (int64 $keda.maxReplicaCount) }}
- {{ .at }}keda.minReplicaCount: it is {{ int64 $keda.minReplicaCount }}, more than keda.maxReplicaCount, {{ int64 $keda.maxReplicaCount }}. Lower the one or raise the other.
{{- end }}
{{- if and (not (kindIs "invalid" $keda.idleReplicaCount)) (ge (int64 $keda.idleReplicaCount) (int64 $keda.minReplicaCount)) }}
- {{ .at }}keda.idleReplicaCount: it is {{ int64 $keda.idleReplicaCount }}, and keda.minReplicaCount {{ int64 $keda.minReplicaCount }}. KEDA wants fewer pods at rest than at work. Lower it, or set it to null.
{{- end }}
{{- end }}
{{- $rolling := .Values.strategy.rollingUpdate }}
{{- if and (eq .Values.strategy.type "RollingUpdate") (not (include "model-server.isPositive" $rolling.maxSurge)) (not (include "model-server.isPositive" $rolling.maxUnavailable)) }}
- {{ .at }}strategy.rollingUpdate.maxSurge: it is 0, and strategy.rollingUpdate.maxUnavailable too: no pod could be replaced. Set one of the two to 1 or more.
{{- end }}
{{- $needed := add .Values.server.drainSeconds .Values.server.gracefulTimeoutSeconds }}
{{- if lt (int64 .Values.terminationGracePeriodSeconds) (add $needed 5) }}
- {{ .at }}terminationGracePeriodSeconds: it is {{ int64 .Values.terminationGracePeriodSeconds }}, so a pod may be killed before server.drainSeconds + server.gracefulTimeoutSeconds, {{ $needed }}, are over and it has ended. Set it to at least {{ add $needed 5 }}.
{{- end }}
{{- end -}}

{{/*
model-server.isPositive: whether a number, or percent, is more than 0.
*/}}
{{- define "model-server.isPositive" -}}
{{- if include "model-server.intOrString" . | trimSuffix "%" | trimAll "0" -}}
true
{{- end -}}
{{- end -}}

{{/*
model-server.guardDisruption: a budget that lets no pod go holds up every drain of a node, for ever.
*/}}
{{- define "model-server.guardDisruption" -}}
{{- $budget := .Values.podDisruptionBudget -}}
{{- if $budget.enabled }}
{{- $min := not (kindIs "invalid" $budget.minAvailable) -}}
{{- $max := not (kindIs "invalid" $budget.maxUnavailable) -}}
{{- if and $min $max }}
- {{ .at }}podDisruptionBudget.minAvailable: it is set, and podDisruptionBudget.maxUnavailable too. Keep one of the two.
{{- else if $max }}
{{- if not (include "model-server.isPositive" $budget.maxUnavailable) }}
- {{ .at }}podDisruptionBudget.maxUnavailable: with {{ include "model-server.intOrString" $budget.maxUnavailable }} no node with a pod of this release can be drained. Set it to 1 or more.
{{- end }}
{{- else if $min }}
{{- $percent := hasSuffix "%" (toString $budget.minAvailable) -}}
{{- $known := include "model-server.minReplicas" . -}}
{{- if or $percent $known }}
{{- $fewest := int64 (default "100" $known) -}}
{{- $kept := int64 $budget.minAvailable -}}
{{- if $percent }}
{{- $kept = divf (mulf (trimSuffix "%" $budget.minAvailable | float64) $fewest) 100 | ceil | int64 }}
{{- end }}
{{- if and $fewest (ge $kept $fewest) }}
- {{ .at }}podDisruptionBudget.minAvailable: with {{ include "model-server.intOrString" $budget.minAvailable }} of {{ $fewest }} pods no node with a pod of this release can be drained. Set it to less than the pods that there are, or set neither number.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.minReplicas: the smallest number of pods that the values allow; empty where somebody else decides.
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
