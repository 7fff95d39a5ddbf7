{{/*
Guards for KEDA: what its admission webhook refuses, and what its operator refuses later, so that it would not scale.
tests/charts/model_server/test_keda.py compares them with the webhook.
*/}}

{{- define "model-server.guardKeda" -}}
{{- $at := .at -}}
{{- $keda := .Values.keda -}}
{{- /* KEDA takes a minimum of 0 as 1 here. */ -}}
{{- $minimum := max 1 (int64 $keda.minReplicaCount) -}}
{{- if gt $minimum (int64 $keda.maxReplicaCount) }}
- {{ $at }}keda.minReplicaCount: is {{ int64 $keda.minReplicaCount }}, but must not exceed keda.maxReplicaCount, which is {{ int64 $keda.maxReplicaCount }}. Lower the minimum or raise the maximum.
{{- end }}
{{- if and (not (kindIs "invalid" $keda.idleReplicaCount)) (ge (int64 $keda.idleReplicaCount) $minimum) }}
- {{ $at }}keda.idleReplicaCount: is {{ int64 $keda.idleReplicaCount }}, but KEDA requires it to be lower than keda.minReplicaCount, which is {{ int64 $keda.minReplicaCount }}. Lower it, or set it to null.
{{- end }}
{{- if not $keda.triggers }}
- {{ $at }}keda.triggers: must not be empty if keda.enabled is true. Add a trigger, for example {type: cpu, metricType: Utilization, metadata: {value: "70"}}.
{{- else }}
{{- $triggers := include "model-server.tplRender" (dict "value" $keda.triggers "context" .) | fromYamlArray }}
{{- include "model-server.guardResourceTriggersOnly" (dict "at" $at "keda" $keda "triggers" $triggers) }}
{{- $scope := dict "context" . "at" $at "containers" (include "model-server.measuredContainers" . | fromYamlArray) }}
{{- range $index, $trigger := $triggers }}
{{- $scope := merge (dict "key" (printf "%skeda.triggers[%d]" $at $index) "trigger" $trigger) $scope }}
{{- if include "model-server.measuresResource" $trigger }}
{{- include "model-server.guardResourceTrigger" $scope }}
{{- else }}
{{- include "model-server.guardTriggerMetadata" $scope }}
{{- end }}
{{- if and $trigger.useCachedMetrics (has $trigger.type (list "cpu" "memory" "cron")) }}
- {{ $scope.key }}.useCachedMetrics: must not be true, because KEDA caches no metrics of the type {{ $trigger.type }}. Set it to false.
{{- end }}
{{- end }}
{{- end }}
{{- if eq "scalingModifiers" (default "" $keda.fallback.behavior) }}
- {{ $at }}keda.fallback.behavior: must not be "scalingModifiers", because the ScaledObject has no formula. Set it to one of static, currentReplicas, currentReplicasIfHigher, currentReplicasIfLower.
{{- end }}
{{- end -}}

{{/*
model-server.measuresResource: true if a trigger measures a resource of the pods. Takes the trigger.
*/}}
{{- define "model-server.measuresResource" -}}
{{- if has .type (list "cpu" "memory") }}true{{ end -}}
{{- end -}}

{{/*
model-server.guardResourceTriggersOnly: what takes a trigger that does not measure the pods.
Takes a dict of at, keda and triggers.
*/}}
{{- define "model-server.guardResourceTriggersOnly" -}}
{{- $others := 0 -}}
{{- range .triggers }}{{ if not (include "model-server.measuresResource" .) }}{{ $others = 1 }}{{ end }}{{ end -}}
{{- if not $others }}
{{- if eq 0 (int64 .keda.minReplicaCount) }}
- {{ .at }}keda.minReplicaCount: is 0, but every trigger measures the CPU or the memory of pods, so nothing could scale up from 0. Set it to 1 or more.
{{- end }}
{{- if .keda.fallback }}
- {{ .at }}keda.fallback: is set, but every trigger is of the type cpu or memory, for which KEDA has no fallback. Remove it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardResourceTrigger: a trigger that measures the CPU or the memory of containers.
Takes a dict of context, at, key (the trigger's path), trigger and containers.
*/}}
{{- define "model-server.guardResourceTrigger" -}}
{{- $type := .trigger.type -}}
{{- $metricType := default "" .trigger.metricType -}}
{{- $value := default "" .trigger.metadata.value -}}
{{- if not (has $metricType (list "Utilization" "AverageValue")) }}
- {{ .key }}.metricType: must be Utilization or AverageValue, because the type of the trigger is {{ $type }}. Set it to one of Utilization, AverageValue.
{{- else if and (eq $metricType "Utilization") (not (regexMatch "^[+]?0*[1-9][0-9]{0,8}$" $value)) }}
- {{ .key }}.metadata.value: must be a percentage without a sign, because metricType is Utilization, got {{ $value | quote }}. Set it to a number, for example "70".
{{- else if and (eq $metricType "AverageValue") (not (include "model-server.isPositiveQuantity" $value)) }}
- {{ .key }}.metadata.value: must be a Kubernetes quantity, because metricType is AverageValue, got {{ $value | quote }}. Set it to an amount of {{ $type }}, for example {{ ternary "\"500m\"" "\"512Mi\"" (eq $type "cpu") }}.
{{- end }}
{{- $container := default "" .trigger.metadata.containerName -}}
{{- $names := list }}{{ range .containers }}{{ $names = append $names .name }}{{ end }}
{{- if and $container (not (has $container $names)) }}
- {{ .key }}.metadata.containerName: {{ $container | quote }} is not a container of the pods, so the autoscaler would find no metric. Set it to one of {{ join ", " $names }}.
{{- end }}
{{- $podLevel := include "model-server.hasResource" (dict "resources" .context.Values.podSpec.resources "name" $type) }}
{{- if or $container (not $podLevel) }}
{{- range .containers }}
{{- if and (has $container (list "" .name)) (not (include "model-server.hasResource" (dict "resources" .resources "name" $type))) }}
- {{ $.at }}{{ .path }}resources.requests.{{ $type }}: is required by {{ $.key }}, because KEDA refuses a trigger of the type {{ $type }} if a container that it measures has no request. Set it to the {{ ternary "CPU" $type (eq $type "cpu") }} that the container uses under normal load{{ if .path }}, or set {{ $.key }}.metadata.containerName to model-server{{ end }}.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.hasResource: true if resources request or limit some of a resource. Takes a dict of resources and name.
*/}}
{{- define "model-server.hasResource" -}}
{{- $resources := default dict .resources -}}
{{- range list "requests" "limits" -}}
{{- $amount := get (default dict (get $resources .)) $.name -}}
{{- if include "model-server.isPositiveQuantity" (toString $amount) }}true{{ end -}}
{{- end -}}
{{- end -}}

{{/*
model-server.isPositiveQuantity: true if a text is a Kubernetes quantity above zero. Takes the text.
*/}}
{{- define "model-server.isPositiveQuantity" -}}
{{- if and (regexMatch "^[+]?[0.]*[1-9]" .) (regexMatch "^[+]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][-+]?[0-9]+)?$" .) -}}
true
{{- end -}}
{{- end -}}

{{/*
model-server.guardTriggerMetadata: a trigger that measures something other than the pods. The webhook accepts what its
scaler refuses.
Takes a dict of key (the trigger's path) and trigger.
*/}}
{{- define "model-server.guardTriggerMetadata" -}}
{{- $trigger := .trigger -}}
{{- $metadata := $trigger.metadata -}}
{{- if eq "Utilization" (default "" $trigger.metricType) }}
- {{ .key }}.metricType: must not be Utilization, because only the types cpu and memory are measured as a percentage. Set it to one of AverageValue, Value.
{{- end }}
{{- if eq $trigger.type "cron" }}
{{- if eq (get $metadata "desiredReplicas") "0" }}
- {{ .key }}.metadata.desiredReplicas: must not be "0", which KEDA refuses. Set it to 1 or more, start and end to the time in which pods run, and keda.minReplicaCount to 0.
{{- end }}
{{- if and $metadata.start (eq $metadata.start $metadata.end) }}
- {{ .key }}.metadata.end: equals start, which KEDA refuses. Set it to the end of the time in which pods run.
{{- end }}
{{- else if and (eq $trigger.type "prometheus") $metadata.authModes (not $trigger.authenticationRef) }}
- {{ .key }}.authenticationRef: is required by metadata.authModes, because KEDA reads credentials from a TriggerAuthentication only. Set its name, or remove metadata.authModes.
{{- end }}
{{- end -}}
