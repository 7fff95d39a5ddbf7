{{/*
Scrape jobs of Prometheus and their target labels.
*/}}

{{/*
monitoring.podDiscovery: service discovery of a component's pods of this release.
Takes a dict of context and component.
*/}}
{{- define "monitoring.podDiscovery" -}}
- role: pod
  namespaces:
    names: [{{ include "monitoring.namespace" .context | quote }}]
  selectors:
    - role: pod
      label: {{ printf "app.kubernetes.io/instance=%s,app.kubernetes.io/name=%s,app.kubernetes.io/component=%s" .context.Release.Name (include "monitoring.name" .context) .component | quote }}
{{- end -}}

{{/*
monitoring.watchedPods: service discovery of all pods that the permissions include.
*/}}
{{- define "monitoring.watchedPods" -}}
- role: pod
  {{- if include "monitoring.isNamespaced" . }}
  namespaces:
    names: {{ include "monitoring.watchedNamespaces" . }}
  {{- end }}
{{- end -}}

{{/*
monitoring.keepContainerPort: keeps the targets of a named container port.
Takes the name.
*/}}
{{- define "monitoring.keepContainerPort" -}}
- source_labels: [__meta_kubernetes_pod_container_port_name]
  action: keep
  regex: {{ . }}
{{- end -}}

{{/*
monitoring.dropInactivePods: drops pods that do not run.
*/}}
{{- define "monitoring.dropInactivePods" -}}
- source_labels: [__meta_kubernetes_pod_phase]
  action: drop
  regex: Pending|Succeeded|Failed|Completed
{{- end -}}

{{/*
monitoring.podTargetLabels: the target labels of all pods.
*/}}
{{- define "monitoring.podTargetLabels" -}}
{{ include "monitoring.dropInactivePods" . }}
- source_labels: [__meta_kubernetes_namespace]
  target_label: namespace
- source_labels: [__meta_kubernetes_pod_name]
  target_label: pod
- source_labels: [__meta_kubernetes_pod_node_name]
  target_label: node
{{- end -}}

{{- define "monitoring.scrapeModels" -}}
- job_name: model-server
  kubernetes_sd_configs:
    {{- include "monitoring.watchedPods" . | nindent 4 }}
  relabel_configs:
    {{- include "monitoring.keepContainerPort" "http-admin" | nindent 4 }}
    {{- include "monitoring.podTargetLabels" . | nindent 4 }}
    - source_labels: [__meta_kubernetes_pod_container_name]
      target_label: container
{{- end -}}

{{- define "monitoring.scrapeKubelets" -}}
- job_name: cadvisor
  metrics_path: /metrics/cadvisor
  {{- include "monitoring.kubeletScrape" . | nindent 2 }}
  metric_relabel_configs:
    # Series that neither rules nor dashboards use, a third of all series of a node.
    - source_labels: [__name__]
      action: drop
      regex: container_(blkio_.*|memory_failures_total|memory_(mapped_file|swap|failcnt|max_usage_bytes)|tasks_state|cpu_load.*|last_seen|file_descriptors|sockets|threads_max|ulimits_soft|spec_.*|fs_(inodes.*|io_.*|sector_.*|read_seconds.*|write_seconds.*|reads_merged.*|writes_merged.*))
- job_name: kubelet
  {{- include "monitoring.kubeletScrape" . | nindent 2 }}
  metric_relabel_configs:
    - source_labels: [__name__]
      action: keep
      regex: kubelet_(volume_stats_.*|running_pods|running_containers|node_name)
{{- end -}}

{{/*
monitoring.kubeletScrape: service discovery and authentication for the kubelets.
*/}}
{{- define "monitoring.kubeletScrape" -}}
scheme: https
kubernetes_sd_configs:
  - role: node
authorization:
  credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token
tls_config:
  ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt
  insecure_skip_verify: {{ not .Values.prometheus.scrape.verifyKubelet }}
relabel_configs:
  - source_labels: [__meta_kubernetes_node_name]
    target_label: node
{{- end -}}

{{- define "monitoring.scrapeComponents" -}}
{{- if include "monitoring.hasKubeStateMetrics" . }}
# Its series describe other objects: they keep their own labels instead of those of the target.
- job_name: kube-state-metrics
  honor_labels: true
  # The number of samples grows with the cluster, and nearly every alert depends on them.
  sample_limit: 0
  kubernetes_sd_configs:
    {{- include "monitoring.podDiscovery" (dict "context" . "component" "kube-state-metrics") | nindent 4 }}
  relabel_configs:
    {{- include "monitoring.keepContainerPort" "metrics" | nindent 4 }}
    {{- include "monitoring.dropInactivePods" . | nindent 4 }}
{{- end }}
{{- if include "monitoring.hasNodeExporter" . }}
{{- include "monitoring.scrapeComponent" (dict "context" . "component" "node-exporter" "port" "metrics") }}
{{- end }}
{{- include "monitoring.scrapeComponent" (dict "context" . "component" "prometheus" "port" "http" "login" (include "monitoring.basicAuth" (dict "auth" .Values.prometheus.auth "directory" "/etc/prometheus/login"))) }}
{{- if include "monitoring.hasAlertmanager" . }}
{{- include "monitoring.scrapeComponent" (dict "context" . "component" "alertmanager" "port" "http" "login" (include "monitoring.basicAuth" (dict "auth" .Values.alertmanager.auth "directory" "/etc/prometheus/alertmanager-login"))) }}
{{- end }}
{{- if include "monitoring.hasGrafana" . }}
{{- include "monitoring.scrapeComponent" (dict "context" . "component" "grafana" "port" "http") }}
{{- end }}
{{- end -}}

{{/*
monitoring.scrapeComponent: a scrape job for a component of this release.
Takes a dict of context, component and port, and login if the component requires authentication.
*/}}
{{- define "monitoring.scrapeComponent" }}
- job_name: {{ .component }}
  {{- with .login }}
  {{- . | nindent 2 }}
  {{- end }}
  kubernetes_sd_configs:
    {{- include "monitoring.podDiscovery" . | nindent 4 }}
  relabel_configs:
    {{- include "monitoring.keepContainerPort" .port | nindent 4 }}
    {{- include "monitoring.podTargetLabels" . | nindent 4 }}
{{- end -}}

{{/*
monitoring.scrapeAnnotated: a scrape job for pods with the prometheus.io annotations that many charts set.
*/}}
{{- define "monitoring.scrapeAnnotated" -}}
- job_name: annotated
  kubernetes_sd_configs:
    {{- include "monitoring.watchedPods" . | nindent 4 }}
  relabel_configs:
    - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
      action: keep
      regex: "true"
    # All ports of a pod become the same target, which Prometheus scrapes once.
    - source_labels: [__address__, __meta_kubernetes_pod_annotation_prometheus_io_port]
      action: replace
      regex: (.+?)(?::[0-9]+)?;([0-9]+)
      replacement: $1:$2
      target_label: __address__
    - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scheme]
      action: replace
      regex: (https?)
      target_label: __scheme__
    - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_path]
      action: replace
      regex: (.+)
      target_label: __metrics_path__
    {{- include "monitoring.podTargetLabels" . | nindent 4 }}
{{- end -}}
