{{/*
monitoring.hasMissingKeys: not empty if a value that does not accept null is missing. A map that has no keys of
other names is compared by its number of keys.
Generated from values.yaml: change that, and run `python -m charttool generate`.
*/}}
{{- define "monitoring.hasMissingKeys" -}}
{{- with .Values -}}
{{- $map := . -}}
{{- range splitList " " "global nameOverride fullnameOverride namespaceOverride commonLabels commonAnnotations clusterDomain imagePullSecrets mode runbookUrl alertLabels alerts extraRules thresholds slo dashboards prometheus alertmanager grafana kubeStateMetrics nodeExporter adapter operator rbac networkPolicy fixedIds podSecurityContext securityContext extraObjects tests" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- with .global -}}
{{- $map := . -}}
{{- range splitList " " "imageRegistry imagePullSecrets" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .thresholds -}}
{{- if lt (len .) 26 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .slo -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- with .availability -}}
{{- if lt (len .) 1 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .latency -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .dashboards -}}
{{- if lt (len .) 4 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .prometheus -}}
{{- if lt (len .) 35 }}x{{ end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .retention -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .persistence -}}
{{- if lt (len .) 8 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .scrape -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .auth -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .service -}}
{{- if lt (len .) 4 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .ingress -}}
{{- if lt (len .) 6 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .httpRoute -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .serviceAccount -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .alertmanager -}}
{{- $map := . -}}
{{- range splitList " " "enabled image reloader replicaCount externalUrl receivers templates route routes timeIntervals inhibitRules deadMansSwitchReceiver egress persistence auth service ingress httpRoute resources workloadAnnotations podAnnotations podLabels serviceAccount nodeSelector tolerations affinity topologySpreadConstraints priorityClassName schedulerName extraArgs extraEnv extraEnvFrom extraVolumes extraVolumeMounts initContainers sidecars podSpec" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .reloader -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .route -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .persistence -}}
{{- if lt (len .) 8 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .auth -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .service -}}
{{- if lt (len .) 4 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .ingress -}}
{{- if lt (len .) 6 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .httpRoute -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .serviceAccount -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .grafana -}}
{{- if lt (len .) 33 }}x{{ end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .admin -}}
{{- if lt (len .) 1 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .oidc -}}
{{- if lt (len .) 9 }}x{{ end -}}
{{- with .clientSecret -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .persistence -}}
{{- if lt (len .) 8 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .service -}}
{{- if lt (len .) 4 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .ingress -}}
{{- if lt (len .) 6 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .httpRoute -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .serviceAccount -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .kubeStateMetrics -}}
{{- $map := . -}}
{{- range splitList " " "image collect metricLabelsAllowlist metricAnnotationsAllowList resources workloadAnnotations podAnnotations podLabels serviceAccount nodeSelector tolerations affinity topologySpreadConstraints priorityClassName schedulerName extraArgs extraEnv extraEnvFrom extraVolumes extraVolumeMounts initContainers sidecars podSpec" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .serviceAccount -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .nodeExporter -}}
{{- $map := . -}}
{{- range splitList " " "image hostNetwork hostPID port resources workloadAnnotations podAnnotations podLabels serviceAccount nodeSelector tolerations affinity priorityClassName schedulerName extraArgs extraEnv extraEnvFrom extraVolumes extraVolumeMounts initContainers sidecars podSpec" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .serviceAccount -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .adapter -}}
{{- if lt (len .) 25 }}x{{ end -}}
{{- with .image -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .tls -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .serviceAccount -}}
{{- if lt (len .) 5 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .operator -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- with .podMonitor -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .alertmanagerConfig -}}
{{- if lt (len .) 1 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .rbac -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- with .networkPolicy -}}
{{- $map := . -}}
{{- range splitList " " "enabled ingressFrom dnsPorts apiServerPorts egress" -}}
{{- if not (hasKey $map .) }}x{{ end -}}
{{- end -}}
{{- else }}x{{ end -}}
{{- with .tests -}}
{{- if lt (len .) 2 }}x{{ end -}}
{{- else }}x{{ end -}}
{{- end -}}
{{- end -}}
