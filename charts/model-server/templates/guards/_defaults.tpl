{{/*
model-server.hasMissingKeys: not empty if a value that does not accept null is missing. A map that has no keys of
other names is compared by its number of keys.
Generated from values.yaml: change that, and run `python -m charttool generate`.
*/}}
{{- define "model-server.hasMissingKeys" -}}
{{- with .Values -}}
{{- $map := . -}}
{{- range splitList " " "global nameOverride fullnameOverride namespaceOverride commonLabels commonAnnotations clusterDomain image imagePullSecrets model versions keepUnversioned server shadow tracing secret strategy minReadySeconds terminationGracePeriodSeconds resources gpu runtimeClassName tmpSizeLimit probes lifecycle service ingress httpRoute nginx autoscaling keda podDisruptionBudget serviceAccount networkPolicy workloadAnnotations podAnnotations podLabels fixedIds podSecurityContext securityContext podMonitor serviceMonitor nodeSelector tolerations affinity topologySpreadConstraints priorityClassName schedulerName dnsPolicy dnsConfig hostAliases extraEnv extraEnvFrom extraVolumes extraVolumeMounts initContainers sidecars podSpec extraObjects tests" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- with .global -}}
{{- $map := . -}}
{{- range splitList " " "imageRegistry imagePullSecrets" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .model -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- with .source -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- with .image -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .persistentVolumeClaim -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .download -}}
{{- if lt (len .) 10 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .configMap -}}
{{- if lt (len .) 1 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .server -}}
{{- $map := . -}}
{{- range splitList " " "host logLevel logFormat drainSeconds gracefulTimeoutSeconds" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .shadow -}}
{{- if lt (len .) 4 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .tracing -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .secret -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .strategy -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- with .rollingUpdate -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .gpu -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .probes -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- with .startup -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .liveness -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .readiness -}}
{{- if lt (len .) 3 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .service -}}
{{- $map := . -}}
{{- range splitList " " "type port targetPort extraPorts version annotations ipFamilyPolicy ipFamilies loadBalancerClass loadBalancerSourceRanges externalTrafficPolicy" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .ingress -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .httpRoute -}}
{{- if lt (len .) 7 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .nginx -}}
{{- $map := . -}}
{{- range splitList " " "enabled image resources tmpSizeLimit httpConfig serverConfig extraEnv extraEnvFrom extraVolumes extraVolumeMounts initContainers sidecars workloadAnnotations podAnnotations podLabels nodeSelector tolerations affinity topologySpreadConstraints priorityClassName podSpec resolver keepaliveConnections trustedProxies rateLimit retries timeouts drainSeconds service" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .rateLimit -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .retries -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .timeouts -}}
{{- $map := . -}}
{{- range splitList " " "connectSeconds clientBodySeconds readSeconds" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .service -}}
{{- $map := . -}}
{{- range splitList " " "type port annotations loadBalancerClass loadBalancerSourceRanges externalTrafficPolicy" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .autoscaling -}}
{{- $map := . -}}
{{- range splitList " " "enabled minReplicas maxReplicas extraMetrics behavior" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .keda -}}
{{- $map := . -}}
{{- range splitList " " "enabled annotations minReplicaCount maxReplicaCount pollingInterval cooldownPeriod fallback triggers" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .podDisruptionBudget -}}
{{- $map := . -}}
{{- range splitList " " "enabled" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .serviceAccount -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .networkPolicy -}}
{{- $map := . -}}
{{- range splitList " " "enabled ingressFrom metricsFrom ingress dnsPorts egress nginxEgress istioNamespace" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .podMonitor -}}
{{- if lt (len .) 6 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .serviceMonitor -}}
{{- if lt (len .) 6 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .tests -}}
{{- $map := . -}}
{{- range splitList " " "runner inputData timeoutSeconds resources extraEnv extraVolumes extraVolumeMounts initContainers podSpec podAnnotations podLabels" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- end -}}
{{- end -}}
