{{/*
Guards: what the schema cannot say, because it takes more than one value to see. Each names the key, the problem and the remedy.
All that is wrong is said at once.
*/}}

{{/*
monitoring.guards: fails with every problem, or is empty.
*/}}
{{- define "monitoring.guards" -}}
{{- $problems := list (include "monitoring.guardRenames" .) -}}
{{- /* Values under an old key are missing under the new one: what else is said then would only mislead. */ -}}
{{- if not (join "" $problems) -}}
{{- range list "Names" "Mode" "Rules" "Prometheus" "Alertmanager" "Routes" "Egress" "Web" "Grafana" "Dashboards" "Adapter" -}}
{{- $problems = append $problems (include (printf "monitoring.guard%s" .) $) -}}
{{- end -}}
{{- end -}}
{{- with join "" $problems -}}
{{- fail (printf "\n\nThe values of %s cannot work:\n%s\n" $.Chart.Name .) -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.guardRenames: keys that have other names now, from renames.yaml.
*/}}
{{- define "monitoring.guardRenames" -}}
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
- {{ .old }}: as of {{ .since }} it is {{ .new }}. {{ include "monitoring.renameRemedy" (dict "rename" $rename "value" $there.value) }} UPGRADING.md tells how to rewrite a whole file.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.renameRemedy: what to write in place of the old key.
Takes a dict of rename and value, the old key's.
*/}}
{{- define "monitoring.renameRemedy" -}}
{{- $known := default (dict) .rename.values -}}
{{- if not $known -}}
Move the value there.
{{- else if hasKey $known (toString .value) -}}
Write {{ .rename.new }}: {{ get $known (toString .value) }} in its place.
{{- else -}}
Write {{ .rename.new }} with one of {{ values $known | sortAlpha | join ", " }} in its place.
{{- end -}}
{{- end -}}

{{- define "monitoring.guardNames" -}}
{{- $fullname := include "monitoring.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) }}
- fullnameOverride: the objects' name {{ $fullname | quote }} is no legal name of a Service, which begins with a letter and holds a-z, 0-9 and "-". Set fullnameOverride to one that is.
{{- end }}
{{- range $label := keys .Values.commonLabels | sortAlpha }}
{{- if or (eq $label "helm.sh/chart") (hasPrefix "app.kubernetes.io/" $label) }}
- commonLabels: the label {{ $label | quote }} is set by the chart. Take it out, or give it another name.
{{- end }}
{{- end }}
{{- range $component := list "prometheus" "alertmanager" "grafana" "kubeStateMetrics" "nodeExporter" "adapter" }}
{{- range $label := keys (get $.Values $component).podLabels | sortAlpha }}
{{- if hasPrefix "app.kubernetes.io/" $label }}
- {{ $component }}.podLabels: the label {{ $label | quote }} is set by the chart. Take it out, or give it another name.
{{- end }}
{{- end }}
{{- range $annotation := keys (get $.Values $component).podAnnotations | sortAlpha }}
{{- if hasPrefix "checksum/" $annotation }}
- {{ $component }}.podAnnotations: {{ $annotation | quote }} is one by which the chart rolls the pods. Give it another name.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardMode: what is set for a mode that is not this one.
*/}}
{{- define "monitoring.guardMode" -}}
{{- $receivers := .Values.alertmanager.receivers }}
{{- if and $receivers (eq .Values.mode "rules-only") }}
- alertmanager.receivers: it is set, and mode is "rules-only": this release tells nobody. Take it out, or set mode to "standalone" or "operator".
{{- end }}
{{- if and $receivers (eq .Values.mode "operator") (not .Values.operator.alertmanagerConfig.enabled) }}
- alertmanager.receivers: it is set, mode is "operator" and operator.alertmanagerConfig.enabled is false: nobody would be told. Set it to true, or take the receivers out.
{{- end }}
{{- if and (ne .Values.mode "standalone") .Values.adapter.enabled }}
- adapter.enabled: it is true, and mode is {{ .Values.mode | quote }}, which brings no Prometheus that it could ask. Set mode to "standalone", or adapter.enabled to false.
{{- end }}
{{- range $key := list "kubeStateMetrics" "nodeExporter" }}
{{- if and (eq $.Values.mode "rules-only") (get $.Values $key).enabled }}
- {{ $key }}.enabled: it is true, and mode is "rules-only", which runs nothing. Set it to null, or mode to "standalone" or "operator".
{{- end }}
{{- end }}
{{- end -}}
