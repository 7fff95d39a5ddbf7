{{/*
kube-state-metrics and node-exporter.
*/}}

{{/*
monitoring.apiGroups: the API group of each resource that kube-state-metrics can export.
*/}}
{{- define "monitoring.apiGroups" -}}
apps: [daemonsets, deployments, replicasets, statefulsets]
autoscaling: [horizontalpodautoscalers]
batch: [cronjobs, jobs]
core: [namespaces, nodes, persistentvolumeclaims, persistentvolumes, pods, resourcequotas, services]
networking.k8s.io: [ingresses, networkpolicies]
policy: [poddisruptionbudgets]
storage.k8s.io: [storageclasses]
{{- end -}}

{{/*
monitoring.nodeExporterFlags: the command line of node-exporter. Without hostNetwork, the network collectors would
report the pod's network instead of the node's, so they are disabled.
*/}}
{{- define "monitoring.nodeExporterFlags" -}}
- --path.procfs=/host/proc
- --path.sysfs=/host/sys
- --path.rootfs=/host/root
- --web.listen-address=:{{ int64 .Values.nodeExporter.port }}
- --collector.filesystem.mount-points-exclude=^/(dev|proc|run|sys|var/lib/(docker|containerd|kubelet)/.+)($|/)
- --collector.filesystem.fs-types-exclude=^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|devtmpfs|fusectl|hugetlbfs|mqueue|nsfs|overlay|proc|procfs|pstore|rpc_pipefs|securityfs|selinuxfs|squashfs|sysfs|tmpfs|tracefs)$
{{- if not .Values.nodeExporter.hostNetwork }}
{{- range list "arp" "bonding" "conntrack" "ipvs" "netclass" "netdev" "netstat" "sockstat" "softnet" "udp_queues" }}
- --no-collector.{{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.kubeStateMetricsPod: the pod template of kube-state-metrics.
*/}}
{{- define "monitoring.kubeStateMetricsPod" -}}
{{- $scope := dict "context" . "component" "kube-state-metrics" "values" .Values.kubeStateMetrics "user" 65534 -}}
{{- $container := include "monitoring.kubeStateMetricsContainer" $scope -}}
{{- include "monitoring.podTemplate" (merge (dict "container" $container) $scope) -}}
{{- end -}}

{{/*
monitoring.nodeExporterPod: the pod template of node-exporter.
*/}}
{{- define "monitoring.nodeExporterPod" -}}
{{- $scope := dict "context" . "component" "node-exporter" "values" .Values.nodeExporter "user" 65534 -}}
{{- $settings := dict -}}
{{- if .Values.nodeExporter.hostNetwork -}}
{{- $settings = dict "hostNetwork" true "dnsPolicy" "ClusterFirstWithHostNet" -}}
{{- end -}}
{{- if .Values.nodeExporter.hostPID -}}
{{- $_ := set $settings "hostPID" true -}}
{{- end -}}
{{- $container := include "monitoring.nodeExporterContainer" $scope -}}
{{- $volumes := include "monitoring.nodeExporterVolumes" $scope -}}
{{- include "monitoring.podTemplate" (merge (dict "settings" $settings "container" $container "volumes" $volumes) $scope) -}}
{{- end -}}

{{/*
monitoring.kubeStateMetricsContainer: the container of kube-state-metrics.
Takes a scope.
*/}}
{{- define "monitoring.kubeStateMetricsContainer" -}}
name: kube-state-metrics
{{ include "monitoring.containerImage" (dict "context" .context "image" .values.image) }}
args:
  - --port=8080
  - --telemetry-port=8081
  - --resources={{ include "monitoring.collectedResources" .context | fromJsonArray | join "," }}
  {{- if include "monitoring.isNamespaced" .context }}
  - --namespaces={{ include "monitoring.watchedNamespaces" .context | fromJsonArray | join "," }}
  {{- end }}
  {{- with .values.metricLabelsAllowlist }}
  - {{ printf "--metric-labels-allowlist=%s" (join "," .) | quote }}
  {{- end }}
  {{- with .values.metricAnnotationsAllowList }}
  - {{ printf "--metric-annotations-allowlist=%s" (join "," .) | quote }}
  {{- end }}
  {{- with include "monitoring.extraArgs" . }}
  {{- . | nindent 2 }}
  {{- end }}
{{- include "monitoring.environment" . }}
ports:
  - name: metrics
    containerPort: 8080
    protocol: TCP
  - name: telemetry
    containerPort: 8081
    protocol: TCP
livenessProbe:
  httpGet: {path: /livez, port: metrics, scheme: HTTP}
  periodSeconds: 15
  timeoutSeconds: 10
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: telemetry, scheme: HTTP}
  periodSeconds: 5
  timeoutSeconds: 4
{{ include "monitoring.containerSettings" (dict "context" .context "resources" .values.resources) | trim }}
{{- include "monitoring.volumeMounts" . }}
{{- end -}}

{{/*
monitoring.nodeExporterContainer: the container of node-exporter.
Takes a scope.
*/}}
{{- define "monitoring.nodeExporterContainer" -}}
name: node-exporter
{{ include "monitoring.containerImage" (dict "context" .context "image" .values.image) }}
args:
  {{- include "monitoring.nodeExporterFlags" .context | nindent 2 }}
  {{- with include "monitoring.extraArgs" . }}
  {{- . | nindent 2 }}
  {{- end }}
{{- include "monitoring.environment" . }}
ports:
  - name: metrics
    containerPort: {{ int64 .values.port }}
    {{- if .values.hostNetwork }}
    hostPort: {{ int64 .values.port }}
    {{- end }}
    protocol: TCP
livenessProbe:
  httpGet: {path: /, port: metrics, scheme: HTTP}
  periodSeconds: 15
  timeoutSeconds: 10
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /, port: metrics, scheme: HTTP}
  periodSeconds: 5
  timeoutSeconds: 4
{{ include "monitoring.containerSettings" (dict "context" .context "resources" .values.resources) | trim }}
{{- include "monitoring.volumeMounts" (merge (dict "mounts" (include "monitoring.nodeExporterMounts" .)) .) }}
{{- end -}}

{{/*
monitoring.nodeExporterMounts: the chart's volume mounts of this container.
Takes a scope.
*/}}
{{- define "monitoring.nodeExporterMounts" -}}
- name: proc
  mountPath: /host/proc
  readOnly: true
- name: sys
  mountPath: /host/sys
  readOnly: true
- name: root
  mountPath: /host/root
  mountPropagation: HostToContainer
  readOnly: true
{{- end -}}

{{/*
monitoring.nodeExporterVolumes: the chart's volumes of these pods.
Takes a scope.
*/}}
{{- define "monitoring.nodeExporterVolumes" -}}
- name: proc
  hostPath: {path: /proc, type: Directory}
- name: sys
  hostPath: {path: /sys, type: Directory}
- name: root
  hostPath: {path: /, type: Directory}
{{- end -}}
