{{/*
Guards: what the schema cannot say, because it takes more than one value to see. Each names the key, the problem and the remedy.
All that is wrong is said at once.
*/}}

{{/*
model-server.validationErrors: what all guards say.
*/}}
{{- define "model-server.validationErrors" -}}
{{- range list "Names" "Versions" "Secret" "Service" "Routes" "Nginx" "Network" "Monitoring" "Resolution" -}}
{{- include (printf "model-server.guard%s" .) $ -}}
{{- end -}}
{{- $versions := dict -}}
{{- include "model-server.versionContexts" (dict "context" $ "into" $versions) -}}
{{- range $scope := $versions.all -}}
{{- range list "Model" "Shadow" "Scaling" "Disruption" "Pod" "Mounts" -}}
{{- include (printf "model-server.guard%s" .) $scope -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "model-server.guardNames" -}}
{{- include "model-server.guardFullname" . }}
{{- include "model-server.guardCommonLabels" . }}
{{- end -}}

{{/*
model-server.isReservedLabel: whether the chart sets a label itself. Takes its name.
In place of the shared one: pods have labels without a prefix, too, by which Istio tells versions.
*/}}
{{- define "model-server.isReservedLabel" -}}
{{- if or (has . (list "app" "version" "helm.sh/chart")) (hasPrefix "app.kubernetes.io/" .) -}}
true
{{- end -}}
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
{{- if and (or .create .existingSecret) (has (trimSuffix "/" .mountPath) (list "/etc/model-server" "/tmp")) }}
- secret.mountPath: {{ .mountPath | quote }} is a folder of the chart's own. Choose another.
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardMonitoring" -}}
{{- if and (or .Values.podMonitor.enabled .Values.serviceMonitor.enabled) .Values.networkPolicy.enabled (not .Values.networkPolicy.metricsFrom) }}
- networkPolicy.metricsFrom: it is empty, and {{ ternary "podMonitor" "serviceMonitor" .Values.podMonitor.enabled }}.enabled is true: nobody could read the metrics. Name Prometheus' namespace, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}.
{{- end }}
{{- if and .Values.podMonitor.enabled .Values.serviceMonitor.enabled }}
- serviceMonitor.enabled: it is true, and podMonitor.enabled too: each pod would be scraped twice. Keep one of the two.
{{- end }}
{{- end -}}
