{{/*
Guards on what users add to a pod.
*/}}

{{/*
model-server.guardPod: names that the chart uses itself. A second entry of a name is refused by the cluster, or wins unseen.
*/}}
{{- define "model-server.guardPod" -}}
{{- $at := .at -}}
{{- range $label := keys .Values.podLabels | sortAlpha }}
{{- if include "model-server.isReservedLabel" $label }}
- {{ $at }}podLabels: the label {{ $label | quote }} is set by the chart. Take it out, or give it another name.
{{- end }}
{{- end }}
{{- range $annotation := keys .Values.podAnnotations | sortAlpha }}
{{- if hasPrefix "checksum/" $annotation }}
- {{ $at }}podAnnotations: {{ $annotation | quote }} is one by which the chart rolls the pods. Give it another name.
{{- end }}
{{- end }}
{{- range $section, $amounts := pick (default (dict) .Values.resources) "limits" "requests" }}
{{- if and $.Values.gpu.count (hasKey (default (dict) $amounts) $.Values.gpu.resource) }}
- {{ $at }}gpu.count: it is {{ int64 $.Values.gpu.count }}, and resources.{{ $section }} has {{ $.Values.gpu.resource | quote }} too. Keep one of the two.
{{- end }}
{{- end }}
{{- $taken := list "MODEL_SERVER_CONFIG" }}
{{- range $key := include "model-server.config" . | fromYaml | keys }}
{{- $taken = append $taken (printf "MODEL_SERVER_%s" (upper $key)) }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name $taken }}
- {{ $at }}extraEnv: {{ .name }} is a setting that the chart writes, and would override it unseen. Set it under server or model.
{{- end }}
{{- end }}
{{- range .Values.extraVolumes }}
{{- if has .name (list "config" "download-ca" "download-headers" "model" "secret" "tmp") }}
- {{ $at }}extraVolumes: the name {{ .name | quote }} is used by the chart. Choose another.
{{- end }}
{{- end }}
{{- $containers := list }}
{{- range $section := list "initContainers" "sidecars" }}
{{- range index $.Values $section }}
{{- if has .name $containers }}
- {{ $at }}{{ $section }}: {{ .name | quote }} is the name of another container, too. Choose another.
{{- end }}
{{- $containers = append $containers .name }}
{{- if has .name (list "model-server" "pull-model") }}
- {{ $at }}{{ $section }}: the name {{ .name | quote }} is one of the chart's own. Choose another.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardMounts: places in the server's container that two mounts would share, which the cluster refuses.
*/}}
{{- define "model-server.guardMounts" -}}
{{- $at := .at -}}
{{- $held := dict "/etc/model-server" "the server's configuration" "/tmp" "temporary files" -}}
{{- if include "model-server.secretName" . -}}
{{- $_ := set $held (trimSuffix "/" .Values.secret.mountPath) "what secret.mountPath mounts" -}}
{{- end -}}
{{- if eq .Values.model.source.type "download" -}}
{{- $_ := set $held "/etc/download-ca" "the download's authorities" -}}
{{- $_ := set $held "/run/secrets/download" "the download's headers" -}}
{{- end -}}
{{- $mounts := list -}}
{{- if ne .Values.model.source.type "baked" -}}
{{- $mounts = append $mounts (dict "key" "model.path" "path" .Values.model.path) -}}
{{- end -}}
{{- range include "model-server.tplRender" (dict "value" .Values.extraVolumeMounts "context" .) | fromYamlArray -}}
{{- $mounts = append $mounts (dict "key" "extraVolumeMounts" "path" .mountPath) -}}
{{- end -}}
{{- range $mounts -}}
{{- $path := trimSuffix "/" .path -}}
{{- if hasKey $held $path }}
- {{ $at }}{{ .key }}: {{ .path | quote }} is the place of {{ get $held $path }}. Choose another.
{{- end -}}
{{- $_ := set $held $path (default (printf "what %s mounts" .key) (get $held $path)) -}}
{{- end -}}
{{- end -}}

{{- define "model-server.guardResolution" -}}
{{- if and (eq .Values.dnsPolicy "None") (not (.Values.dnsConfig).nameservers) }}
- dnsConfig.nameservers: it is empty, and dnsPolicy is "None", so the pods would resolve no name. List the servers, or choose another dnsPolicy.
{{- end }}
{{- end -}}
