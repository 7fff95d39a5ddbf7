{{/*
Guards: what the schema cannot say, because it takes more than one value to see. Each names the key, the problem and the remedy.
All that is wrong is said at once.
*/}}

{{/*
model-server.guards: fails with every problem, or is empty.
*/}}
{{- define "model-server.guards" -}}
{{- $problems := list (include "model-server.guardRenames" .) -}}
{{- /* Values under an old key are missing under the new one: what else is said then would only mislead. */ -}}
{{- if not (join "" $problems) -}}
{{- range list "Names" "Versions" "Secret" "Service" "Routes" "Nginx" "Network" "Monitoring" "Resolution" -}}
{{- $problems = append $problems (include (printf "model-server.guard%s" .) $) -}}
{{- end -}}
{{- $versions := dict -}}
{{- include "model-server.scopes" (dict "root" $ "into" $versions) -}}
{{- range $scope := $versions.all -}}
{{- range list "Model" "Shadow" "Scaling" "Disruption" "Pod" "Mounts" -}}
{{- $problems = append $problems (include (printf "model-server.guard%s" .) $scope) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- with join "" $problems -}}
{{- fail (printf "\n\nThe values of %s cannot work:\n%s\n" $.Chart.Name .) -}}
{{- end -}}
{{- end -}}

{{/*
model-server.guardRenames: keys that have other names now, from renames.yaml.
*/}}
{{- define "model-server.guardRenames" -}}
{{- range .Files.Get "renames.yaml" | fromYamlArray -}}
{{- $rename := . -}}
{{- $there := dict "value" $.Values "found" true -}}
{{- range splitList "." .old -}}
{{- if and $there.found (kindIs "map" $there.value) (hasKey $there.value .) -}}
{{- $_ := set $there "value" (get $there.value .) -}}
{{- else -}}
{{- $_ := set $there "found" false -}}
{{- end -}}
{{- end -}}
{{- if $there.found }}
- {{ .old }}: as of {{ .since }} it is {{ .new }}. {{ include "model-server.renameRemedy" (dict "rename" $rename "value" $there.value) }} UPGRADING.md tells how to rewrite a whole file.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.renameRemedy: what to write in place of the old key.
Takes a dict of rename and value, the old key's.
*/}}
{{- define "model-server.renameRemedy" -}}
{{- $known := default (dict) .rename.values -}}
{{- if not $known -}}
Move the value there.
{{- else if hasKey $known (toString .value) -}}
Write {{ .rename.new }}: {{ get $known (toString .value) }} in its place.
{{- else -}}
Write {{ .rename.new }} with one of {{ values $known | sortAlpha | join ", " }} in its place.
{{- end -}}
{{- end -}}

{{- define "model-server.guardNames" -}}
{{- $fullname := include "model-server.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) }}
- fullnameOverride: the objects' name {{ $fullname | quote }} is no legal name of a Service, which begins with a letter and holds a-z, 0-9 and "-". Set fullnameOverride to one that is.
{{- end }}
{{- range $label := keys .Values.commonLabels | sortAlpha }}
{{- if include "model-server.isOwnLabel" $label }}
- commonLabels: the label {{ $label | quote }} is set by the chart. Take it out, or give it another name.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.isOwnLabel: whether the chart sets a label itself.
*/}}
{{- define "model-server.isOwnLabel" -}}
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
{{- if and (or .Values.podMonitor.enabled .Values.serviceMonitor.enabled) .Values.networkPolicy.enabled (not .Values.networkPolicy.metricsCallers) }}
- networkPolicy.metricsCallers: it is empty, and {{ ternary "podMonitor" "serviceMonitor" .Values.podMonitor.enabled }}.enabled is true: nobody could read the metrics. Name Prometheus' namespace, for example {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: monitoring}}}.
{{- end }}
{{- if and .Values.podMonitor.enabled .Values.serviceMonitor.enabled }}
- serviceMonitor.enabled: it is true, and podMonitor.enabled too: each pod would be scraped twice. Keep one of the two.
{{- end }}
{{- end -}}
