{{/*
Guards for the pods of all components.
*/}}

{{/*
monitoring.componentNames: the name of each component, by the key of its values.
*/}}
{{- define "monitoring.componentNames" -}}
prometheus: prometheus
alertmanager: alertmanager
grafana: grafana
kubeStateMetrics: kube-state-metrics
nodeExporter: node-exporter
adapter: adapter
{{- end -}}

{{/*
monitoring.guardScope: values that need permissions in the whole cluster.
*/}}
{{- define "monitoring.guardScope" -}}
{{- if include "monitoring.isNamespaced" . }}
{{- if .Values.adapter.enabled }}
- adapter.enabled: is true, but rbac.scope is "namespace", and the adapter registers an API of the whole cluster. Set it to false, and scale with KEDA instead, or set rbac.scope to "cluster".
{{- end }}
{{- if .Values.nodeExporter.enabled }}
- nodeExporter.enabled: is true, but rbac.scope is "namespace", which includes no nodes. Set it to null, or set rbac.scope to "cluster".
{{- end }}
{{- if .Values.prometheus.scrape.verifyKubelet }}
- prometheus.scrape.verifyKubelet: is true, but rbac.scope is "namespace", with which no kubelet is scraped. Set it to false, or set rbac.scope to "cluster".
{{- end }}
{{- else if .Values.rbac.namespaces }}
- rbac.namespaces: is set, but rbac.scope is "cluster", which includes all namespaces. Set rbac.scope to "namespace", or remove it.
{{- end }}
{{- end -}}

{{- define "monitoring.guardPods" -}}
{{- $accounts := dict }}
{{- range $key, $component := include "monitoring.componentNames" . | fromYaml }}
{{- $values := get $.Values $key }}
{{- range $at, $labels := dict "podLabels" $values.podLabels "serviceAccount.labels" $values.serviceAccount.labels }}
{{- range $label := keys $labels | sortAlpha }}
{{- if include "monitoring.isReservedLabel" $label }}
- {{ $key }}.{{ $at }}: the label {{ $label | quote }} is reserved by the chart. Remove it, or rename it.
{{- end }}
{{- end }}
{{- end }}
{{- range $annotation := keys $values.podAnnotations | sortAlpha }}
{{- if hasPrefix "checksum/" $annotation }}
- {{ $key }}.podAnnotations: the annotation {{ $annotation | quote }} is reserved by the chart, which restarts the pods by it. Rename it.
{{- end }}
{{- end }}
{{- include "monitoring.guardAnnotations" (dict "at" (printf "%s.workloadAnnotations" $key) "annotations" $values.workloadAnnotations) }}
{{- include "monitoring.guardPodLists" (dict "context" $ "at" (printf "%s." $key) "values" $values) }}
{{- include "monitoring.guardPodLists" (dict "context" $ "at" (printf "%s.reloader." $key) "values" (default (dict) $values.reloader)) }}
{{- $scope := dict "context" $ "component" $component "values" $values }}
{{- include "monitoring.guardServiceAccount" (dict "scope" $scope "at" (printf "%s.serviceAccount" $key) "accounts" $accounts) }}
{{- include "monitoring.guardPodAdditions" (dict "context" $ "key" $key "values" $values) }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardServiceAccount: ServiceAccounts that exist twice, lack permissions or share those of a program.
Takes a dict of scope, at and accounts, a map of the components by the names of their accounts, which it extends.
*/}}
{{- define "monitoring.guardServiceAccount" -}}
{{- $account := .scope.values.serviceAccount }}
{{- $name := include "monitoring.serviceAccountName" .scope }}
{{- $usesApi := has .scope.component (list "prometheus" "kube-state-metrics" "adapter") }}
{{- if and $account.create (hasKey .accounts $name) }}
- {{ .at }}.name: the ServiceAccount {{ $name | quote }} is also that of {{ get .accounts $name }}. Choose another name, or set {{ .at }}.create to false to share it.
{{- end }}
{{- if and $usesApi (not $account.create) (not $account.name) }}
- {{ .at }}.name: is empty, but {{ .at }}.create is false, so the account "default", which other pods of the namespace use, would get the permissions of {{ .scope.component }}. Set it to the name of an existing ServiceAccount.
{{- end }}
{{- if and (not $account.create) (or $account.annotations $account.labels) }}
- {{ .at }}.create: is false, so its annotations and labels have no effect. Remove {{ .at }}.annotations and {{ .at }}.labels and set them on the existing ServiceAccount, or set {{ .at }}.create to true.
{{- end }}
{{- if and $usesApi (not $account.automountServiceAccountToken) (not (contains "/var/run/secrets/kubernetes.io/serviceaccount" (toJson .scope.values.extraVolumeMounts))) }}
- {{ .at }}.automountServiceAccountToken: is false, but {{ .scope.component }} uses the API server. Set it to true, or mount a token at /var/run/secrets/kubernetes.io/serviceaccount with extraVolumes and extraVolumeMounts.
{{- end }}
{{- if $account.create }}
{{- $_ := set .accounts $name .scope.component }}
{{- end }}
{{- end -}}
