{{/*
Guards: what the schema cannot say, because it takes more than one value to see. Each names the key, the problem and the remedy.
All that is wrong is said at once.
*/}}

{{/*
model-server.guards: fails with every problem, or is empty.
*/}}
{{- define "model-server.guards" -}}
{{- $problems := list -}}
{{- range list "Names" "Model" "Secret" "Scaling" "Disruption" "Traffic" "Pod" -}}
{{- $problems = append $problems (include (printf "model-server.guard%s" .) $) -}}
{{- end -}}
{{- with join "" $problems -}}
{{- fail (printf "\n\nThe values of %s cannot work:\n%s\n" $.Chart.Name .) -}}
{{- end -}}
{{- end -}}

{{- define "model-server.guardNames" -}}
{{- $fullname := include "model-server.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) }}
- fullnameOverride: the objects' name {{ $fullname | quote }} is no legal name of a Service, which begins with a letter and holds a-z, 0-9 and "-". Set fullnameOverride to one that is.
{{- end }}
{{- $own := list "app" "version" "helm.sh/chart" -}}
{{- range $section := list "commonLabels" "podLabels" }}
{{- range $label := keys (index $.Values $section) | sortAlpha }}
{{- if or (has $label $own) (hasPrefix "app.kubernetes.io/" $label) }}
- {{ $section }}: the label {{ $label | quote }} is set by the chart. Take it out, or give it another name.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardModel" -}}
{{- with .Values.model.source }}
{{- if and (eq .type "image") (not .image.reference) }}
- model.source.image.reference: it is empty, and model.source.type is "image". Set it to the image that holds the model, or set model.source.type to "persistentVolumeClaim" or "baked".
{{- end }}
{{- if and (eq .type "persistentVolumeClaim") (not .persistentVolumeClaim.claimName) }}
- model.source.persistentVolumeClaim.claimName: it is empty, and model.source.type is "persistentVolumeClaim". Set it to the claim that holds the model.
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardSecret" -}}
{{- with .Values.secret }}
{{- if and .create .existingSecret }}
- secret.create: it is true, and secret.existingSecret is set to {{ .existingSecret | quote }}. Keep one of the two.
{{- end }}
{{- if and .create (not .stringData) }}
- secret.stringData: it is empty, and secret.create is true. Give a value, for example by --set-file secret.stringData.token=FILE, or name a Secret in secret.existingSecret.
{{- end }}
{{- if and .stringData (not .create) }}
- secret.stringData: it is set, and secret.create is false, so nothing would use it. Set secret.create to true, or take it out.
{{- end }}
{{- if and .envFrom (not .create) (not .existingSecret) }}
- secret.envFrom: it is true, and there is no Secret. Name one in secret.existingSecret, or set secret.envFrom to false.
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardScaling" -}}
{{- if .Values.autoscaling.enabled }}
{{- if gt (int64 .Values.autoscaling.minReplicas) (int64 .Values.autoscaling.maxReplicas) }}
- autoscaling.minReplicas: it is {{ int64 .Values.autoscaling.minReplicas }}, more than autoscaling.maxReplicas, {{ int64 .Values.autoscaling.maxReplicas }}. Lower the one or raise the other.
{{- end }}
{{- if not (.Values.resources.requests).cpu }}
- resources.requests.cpu: it is not set, and autoscaling.enabled is true: the autoscaler counts in percent of it. Set it to what one pod uses under a normal load.
{{- end }}
{{- end }}
{{- $needed := add .Values.server.drainSeconds .Values.server.gracefulTimeoutSeconds }}
{{- if le (int64 .Values.terminationGracePeriodSeconds) $needed }}
- terminationGracePeriodSeconds: it is {{ int64 .Values.terminationGracePeriodSeconds }}, so a pod is killed before server.drainSeconds + server.gracefulTimeoutSeconds, {{ $needed }}, are over. Set it to at least {{ add $needed 5 }}.
{{- end }}
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
- podDisruptionBudget.minAvailable: it is set, and podDisruptionBudget.maxUnavailable too. Keep one of the two.
{{- else if $max }}
{{- if eq (toString $budget.maxUnavailable | trimSuffix "%") "0" }}
- podDisruptionBudget.maxUnavailable: with {{ $budget.maxUnavailable }} no node with a pod of this release can be drained. Set it to 1 or more.
{{- end }}
{{- else if $min }}
{{- $pods := ternary .Values.autoscaling.minReplicas .Values.replicaCount .Values.autoscaling.enabled -}}
{{- $percent := hasSuffix "%" (toString $budget.minAvailable) -}}
{{- if or $percent (not (kindIs "invalid" $pods)) }}
{{- $fewest := int64 (default 100 $pods) -}}
{{- $kept := int64 $budget.minAvailable -}}
{{- if $percent }}
{{- $kept = divf (mulf (trimSuffix "%" $budget.minAvailable | float64) $fewest) 100 | ceil | int64 }}
{{- end }}
{{- if ge $kept $fewest }}
- podDisruptionBudget.minAvailable: with {{ $budget.minAvailable }} of {{ $fewest }} pods no node with a pod of this release can be drained. Set it to less than the pods that there are, or set neither number.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardTraffic" -}}
{{- with .Values.service }}
{{- if eq .type "ClusterIP" }}
{{- $set := dict "nodePort" .nodePort "externalTrafficPolicy" .externalTrafficPolicy }}
{{- range $key := keys $set | sortAlpha }}
{{- if get $set $key }}
- service.{{ $key }}: it is set, and service.type is "ClusterIP". Set service.type to "NodePort" or "LoadBalancer", or take it out.
{{- end }}
{{- end }}
{{- end }}
{{- if and (has "IPv6" .ipFamilies) (not (contains ":" $.Values.server.host)) }}
- server.host: it is {{ $.Values.server.host | quote }}, which no IPv6 request reaches, and service.ipFamilies holds "IPv6". Set server.host to "::".
{{- end }}
{{- if ne .type "LoadBalancer" }}
{{- $set := dict "loadBalancerClass" .loadBalancerClass "loadBalancerSourceRanges" .loadBalancerSourceRanges }}
{{- range $key := keys $set | sortAlpha }}
{{- if get $set $key }}
- service.{{ $key }}: it is set, and service.type is {{ $.Values.service.type | quote }}. Set service.type to "LoadBalancer", or take it out.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
- ingress.hosts: it is empty, and ingress.enabled is true. Name a host, for example [{host: iris.example.org, paths: [{path: /, pathType: Prefix}]}].
{{- end }}
{{- end -}}

{{/*
model-server.guardPod: names that the chart uses itself. A second entry of a name is refused by the cluster, or wins unseen.
*/}}
{{- define "model-server.guardPod" -}}
{{- $taken := list "MODEL_SERVER_CONFIG" }}
{{- range $key := include "model-server.config" . | fromYaml | keys }}
{{- $taken = append $taken (printf "MODEL_SERVER_%s" (upper $key)) }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name $taken }}
- extraEnv: {{ .name }} is a setting that the chart writes, and would override it unseen. Set it under server or model.
{{- end }}
{{- end }}
{{- range .Values.extraVolumes }}
{{- if has .name (list "config" "model" "secret" "tmp") }}
- extraVolumes: the name {{ .name | quote }} is used by the chart. Choose another.
{{- end }}
{{- end }}
{{- range $section := list "initContainers" "sidecars" }}
{{- range index $.Values $section }}
{{- if eq .name "model-server" }}
- {{ $section }}: the name "model-server" is the server's own. Choose another.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
