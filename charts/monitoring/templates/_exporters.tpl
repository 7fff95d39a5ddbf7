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
