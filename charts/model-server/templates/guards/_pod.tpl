{{/*
Guards for values that users add to a pod.
*/}}

{{/*
model-server.guardPod: names that the chart uses itself. The API server rejects a second entry of the same name, or the
entry silently overrides the first.
*/}}
{{- define "model-server.guardPod" -}}
{{- $at := .at -}}
{{- include "model-server.guardPodMetadata" (dict "values" .Values "at" $at) }}
{{- range $section, $amounts := pick (default (dict) .Values.resources) "limits" "requests" }}
{{- if and $.Values.gpu.count (hasKey (default (dict) $amounts) $.Values.gpu.resource) }}
- {{ $at }}gpu.count: conflicts with resources.{{ $section }}, which also contains {{ $.Values.gpu.resource | quote }}. Set only one of them.
{{- end }}
{{- end }}
{{- $taken := list "MODEL_SERVER_CONFIG" }}
{{- range $key := include "model-server.config" . | fromYaml | keys }}
{{- $taken = append $taken (printf "MODEL_SERVER_%s" (upper $key)) }}
{{- end }}
{{- range .Values.extraEnv }}
{{- if has .name $taken }}
- {{ $at }}extraEnv: {{ .name }} would override a setting that the chart writes. Set the value under server or model instead.
{{- end }}
{{- end }}
{{- range .Values.extraVolumes }}
{{- if has .name (list "config" "download-ca" "download-headers" "model" "secret" "tmp") }}
- {{ $at }}extraVolumes: the name {{ .name | quote }} is reserved by the chart. Rename the volume.
{{- end }}
{{- end }}
{{- $containers := list }}
{{- range $section := list "initContainers" "sidecars" }}
{{- range index $.Values $section }}
{{- if has .name $containers }}
- {{ $at }}{{ $section }}: {{ .name | quote }} is also the name of another container. Rename one of them.
{{- end }}
{{- $containers = append $containers .name }}
{{- if has .name (list "model-server" "pull-model") }}
- {{ $at }}{{ $section }}: the name {{ .name | quote }} is reserved by the chart. Rename the container.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardPodLabels: labels of pods that the chart sets itself.
Takes a dict of values, which has podLabels, and at.
*/}}
{{- define "model-server.guardPodLabels" -}}
{{- $at := .at -}}
{{- range $label := keys .values.podLabels | sortAlpha }}
{{- if include "model-server.isReservedLabel" $label }}
- {{ $at }}podLabels: the label {{ $label | quote }} is reserved by the chart. Remove it, or rename it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardPodMetadata: labels and annotations of a Deployment's pods that the chart sets itself.
Takes a dict of values, which has podLabels and podAnnotations, and at.
*/}}
{{- define "model-server.guardPodMetadata" -}}
{{- $at := .at -}}
{{- include "model-server.guardPodLabels" . }}
{{- range $annotation := keys .values.podAnnotations | sortAlpha }}
{{- if hasPrefix "checksum/" $annotation }}
- {{ $at }}podAnnotations: the annotation {{ $annotation | quote }} is reserved by the chart, which restarts pods with checksum/ annotations. Rename it.
{{- end }}
{{- end }}
{{- end -}}

{{- define "model-server.guardTests" -}}
{{- include "model-server.guardPodLabels" (dict "values" .Values.tests "at" "tests.") }}
{{- range $annotation := keys .Values.tests.podAnnotations | sortAlpha }}
{{- if or (hasPrefix "helm.sh/" $annotation) (hasPrefix "argocd.argoproj.io/hook" $annotation) }}
- tests.podAnnotations: the annotation {{ $annotation | quote }} is reserved by the chart, which makes the test a hook. Remove it, and choose the runner with tests.runner.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardMounts: mount paths of the server's container that are used twice, which the API server rejects.
*/}}
{{- define "model-server.guardMounts" -}}
{{- $at := .at -}}
{{- $used := dict "/etc/model-server" "the server's configuration" "/tmp" "temporary files" -}}
{{- if include "model-server.secretName" . -}}
{{- $_ := set $used (trimSuffix "/" .Values.secret.mountPath) "secret.mountPath" -}}
{{- end -}}
{{- if eq .Values.model.source.type "download" -}}
{{- $_ := set $used "/etc/download-ca" "the CA certificates of the download" -}}
{{- $_ := set $used "/run/secrets/download" "the headers of the download" -}}
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
{{- if hasKey $used $path }}
- {{ $at }}{{ .key }}: {{ .path | quote }} is already used for {{ get $used $path }}. Choose another path.
{{- end -}}
{{- $_ := set $used $path (default .key (get $used $path)) -}}
{{- end -}}
{{- end -}}

{{- define "model-server.guardResolution" -}}
{{- if and (eq .Values.dnsPolicy "None") (not (.Values.dnsConfig).nameservers) }}
- dnsConfig.nameservers: must not be empty if dnsPolicy is "None", because the pods could not resolve names. Add a name server, or change dnsPolicy.
{{- end }}
{{- end -}}
