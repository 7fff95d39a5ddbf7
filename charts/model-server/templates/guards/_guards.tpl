{{/*
Guards: validations that involve more than one value, which a schema cannot express. Each message names the key, the
problem and the remedy. All problems are reported together.
*/}}

{{/*
model-server.validationErrors: the messages of all guards, one per line.
*/}}
{{- define "model-server.validationErrors" -}}
{{- range list "Names" "Versions" "Secret" "Service" "Ports" "Routes" "Nginx" "Network" "Monitoring" "Resolution" "ReleaseLists" "Tests" -}}
{{- include (printf "model-server.guard%s" .) $ -}}
{{- end -}}
{{- $versions := dict -}}
{{- include "model-server.versionContexts" (dict "context" $ "into" $versions) -}}
{{- include "model-server.guardSources" (dict "context" $ "versions" $versions.all) -}}
{{- range $scope := $versions.all -}}
{{- range list "Model" "Shadow" "Scaling" "Disruption" "Pod" "Lists" "Mounts" -}}
{{- include (printf "model-server.guard%s" .) $scope -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "model-server.guardNames" -}}
{{- include "model-server.guardFullname" . }}
{{- include "model-server.guardCommonLabels" . }}
{{- include "model-server.guardAnnotations" (dict "at" "commonAnnotations" "annotations" .Values.commonAnnotations) }}
{{- range $label := keys .Values.serviceAccount.labels | sortAlpha }}
{{- if include "model-server.isReservedLabel" $label }}
- serviceAccount.labels: the label {{ $label | quote }} is reserved by the chart. Remove it, or rename it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.isReservedLabel: true if the chart sets the label itself. Takes the label's name.
In place of the shared one: the pods also have the labels "app" and "version", which Istio reads.
*/}}
{{- define "model-server.isReservedLabel" -}}
{{- if or (has . (list "app" "version" "helm.sh/chart")) (hasPrefix "app.kubernetes.io/" .) -}}
true
{{- end -}}
{{- end -}}

{{- define "model-server.guardSecret" -}}
{{- with .Values.secret }}
{{- if and .create .existingSecret }}
- secret.create: conflicts with secret.existingSecret, which is {{ .existingSecret | quote }}. Remove secret.existingSecret, or set secret.create to false and remove secret.stringData.
{{- end }}
{{- if and .create (not .stringData) }}
- secret.stringData: must not be empty if secret.create is true. Set a key, for example with --set-file secret.stringData.token=FILE, or set secret.existingSecret to the name of a Secret.
{{- end }}
{{- if and .stringData (not .create) }}
- secret.stringData: is not used unless secret.create is true. Set secret.create to true, or remove secret.stringData.
{{- end }}
{{- if and .envFrom (not .create) (not .existingSecret) }}
- secret.envFrom: requires a Secret. Set secret.existingSecret to its name, or set secret.envFrom to false.
{{- end }}
{{- if and .envFrom .create }}
{{- $taken := include "model-server.configVariables" $ | fromYamlArray }}
{{- range $key := keys .stringData | sortAlpha }}
{{- if has $key $taken }}
- secret.stringData: {{ $key }} would override a setting that the chart writes, because secret.envFrom is true. Set the value under server or model instead.
{{- end }}
{{- end }}
{{- end }}
{{- if and (or .create .existingSecret) (regexMatch "^(/tmp|/etc/model-server(/.*)?)/?$" .mountPath) }}
- secret.mountPath: {{ .mountPath | quote }} is used by the chart. Choose another directory.
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardMonitoring" -}}
{{- if and (or .Values.podMonitor.enabled .Values.serviceMonitor.enabled) .Values.networkPolicy.enabled (not .Values.networkPolicy.metricsFrom) }}
- networkPolicy.metricsFrom: must not be empty if {{ ternary "podMonitor" "serviceMonitor" .Values.podMonitor.enabled }}.enabled is true, because Prometheus could not scrape the pods. Add the namespace of Prometheus, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}.
{{- end }}
{{- if and .Values.podMonitor.enabled .Values.serviceMonitor.enabled }}
- serviceMonitor.enabled: conflicts with podMonitor.enabled: each pod would be scraped twice. Enable only one of them.
{{- end }}
{{- range $monitor := list "podMonitor" "serviceMonitor" }}
{{- range $key := list "relabelings" "metricRelabelings" }}
{{- include "model-server.guardRelabelings" (dict "at" (printf "%s.%s" $monitor $key) "rules" (get (get $.Values $monitor) $key) "program" "Prometheus") }}
{{- end }}
{{- end }}
{{- end -}}
