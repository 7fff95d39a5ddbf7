{{/*
What Prometheus reads, and the labels that it puts to it.
*/}}

{{/*
monitoring.ownPods: how the pods of a component of this release are found. Takes a dict of context and component.
*/}}
{{- define "monitoring.ownPods" -}}
- role: pod
  namespaces:
    names: [{{ include "monitoring.namespace" .context | quote }}]
  selectors:
    - role: pod
      label: {{ printf "app.kubernetes.io/instance=%s,app.kubernetes.io/name=%s,app.kubernetes.io/component=%s" .context.Release.Name (include "monitoring.name" .context) .component | quote }}
{{- end -}}

{{/*
monitoring.keepPort: of a pod's ports, the one with a name. Takes the name.
*/}}
{{- define "monitoring.keepPort" -}}
- source_labels: [__meta_kubernetes_pod_container_port_name]
  action: keep
  regex: {{ . }}
{{- end -}}

{{/*
monitoring.dropEnded: pods that do not run are no targets.
*/}}
{{- define "monitoring.dropEnded" -}}
- source_labels: [__meta_kubernetes_pod_phase]
  action: drop
  regex: Pending|Succeeded|Failed|Completed
{{- end -}}

{{/*
monitoring.podTarget: the labels of everything that is read of a pod.
*/}}
{{- define "monitoring.podTarget" -}}
{{ include "monitoring.dropEnded" . }}
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
    - role: pod
  relabel_configs:
    {{- include "monitoring.keepPort" "http-admin" | nindent 4 }}
    {{- include "monitoring.podTarget" . | nindent 4 }}
    - source_labels: [__meta_kubernetes_pod_container_name]
      target_label: container
{{- end -}}

{{- define "monitoring.scrapeNodes" -}}
- job_name: cadvisor
  metrics_path: /metrics/cadvisor
  {{- include "monitoring.kubelet" . | nindent 2 }}
  metric_relabel_configs:
    # What neither rules nor dashboards use, a third of all series of a node.
    - source_labels: [__name__]
      action: drop
      regex: container_(blkio_.*|memory_failures_total|memory_(mapped_file|swap|failcnt|max_usage_bytes)|tasks_state|cpu_load.*|last_seen|file_descriptors|sockets|threads_max|ulimits_soft|spec_.*|fs_(inodes.*|io_.*|sector_.*|read_seconds.*|write_seconds.*|reads_merged.*|writes_merged.*))
- job_name: kubelet
  {{- include "monitoring.kubelet" . | nindent 2 }}
  metric_relabel_configs:
    - source_labels: [__name__]
      action: keep
      regex: kubelet_(volume_stats_.*|running_pods|running_containers|node_name)
{{- end -}}

{{/*
monitoring.kubelet: how the kubelets are found and asked.
*/}}
{{- define "monitoring.kubelet" -}}
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

{{- define "monitoring.scrapeOwn" -}}
{{- if include "monitoring.hasKubeStateMetrics" . }}
# Its series tell of others: they keep their own labels and get none of the target's.
- job_name: kube-state-metrics
  honor_labels: true
  # It grows with the cluster, and without it nearly every alert is blind.
  sample_limit: 0
  kubernetes_sd_configs:
    {{- include "monitoring.ownPods" (dict "context" . "component" "kube-state-metrics") | nindent 4 }}
  relabel_configs:
    {{- include "monitoring.keepPort" "metrics" | nindent 4 }}
    {{- include "monitoring.dropEnded" . | nindent 4 }}
{{- end }}
{{- if include "monitoring.hasNodeExporter" . }}
{{- include "monitoring.scrapeComponent" (dict "context" . "component" "node-exporter" "port" "metrics") }}
{{- end }}
{{- include "monitoring.scrapeComponent" (dict "context" . "component" "prometheus" "port" "http" "login" (include "monitoring.loginOf" (dict "auth" .Values.prometheus.auth "folder" "/etc/prometheus/login"))) }}
{{- include "monitoring.scrapeComponent" (dict "context" . "component" "alertmanager" "port" "http" "login" (include "monitoring.loginOf" (dict "auth" .Values.alertmanager.auth "folder" "/etc/prometheus/alertmanager-login"))) }}
{{- if include "monitoring.hasGrafana" . }}
{{- include "monitoring.scrapeComponent" (dict "context" . "component" "grafana" "port" "http") }}
{{- end }}
{{- end -}}

{{/*
monitoring.scrapeComponent: pods of this release. Takes a dict of context, component and port, and login where one is asked for.
*/}}
{{- define "monitoring.scrapeComponent" }}
- job_name: {{ .component }}
  {{- with .login }}
  {{- . | nindent 2 }}
  {{- end }}
  kubernetes_sd_configs:
    {{- include "monitoring.ownPods" . | nindent 4 }}
  relabel_configs:
    {{- include "monitoring.keepPort" .port | nindent 4 }}
    {{- include "monitoring.podTarget" . | nindent 4 }}
{{- end -}}

{{/*
monitoring.scrapeAnnotated: pods that ask for it by the annotations that many charts set.
*/}}
{{- define "monitoring.scrapeAnnotated" -}}
- job_name: annotated
  kubernetes_sd_configs:
    - role: pod
  relabel_configs:
    - source_labels: [__meta_kubernetes_pod_annotation_prometheus_io_scrape]
      action: keep
      regex: "true"
    # Every port of a pod becomes the same target, which Prometheus reads once.
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
    {{- include "monitoring.podTarget" . | nindent 4 }}
{{- end -}}
