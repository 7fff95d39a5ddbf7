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
{{- if .Values.extraEnv }}
{{- $taken := include "model-server.configVariables" . | fromYamlArray }}
{{- range .Values.extraEnv }}
{{- if has .name $taken }}
- {{ $at }}extraEnv: {{ .name }} would override a setting that the chart writes. Set the value under server or model instead.
{{- end }}
{{- end }}
{{- end }}
{{- $own := dict "volumes" (list "config" "download-ca" "download-headers" "model" "secret" "tmp") "containers" (list "model-server" "pull-model") "ports" (list "http" "http-admin") }}
{{- include "model-server.guardAdditions" (dict "values" .Values "at" $at "own" $own) }}
{{- include "model-server.guardAnnotations" (dict "at" (printf "%sworkloadAnnotations" $at) "annotations" .Values.workloadAnnotations) }}
{{- if .Values.podSpec }}
{{- $instead := dict "containers" "sidecars" "initContainers" "the value initContainers" "volumes" "extraVolumes" "terminationGracePeriodSeconds" "the value terminationGracePeriodSeconds" }}
{{- include "model-server.guardPodSpec" (dict "at" (printf "%spodSpec" $at) "patch" .Values.podSpec "instead" $instead) }}
{{- end }}
{{- end -}}

{{/*
model-server.guardAdditions: volumes and containers that users add to a pod.
Takes a dict of values, which may have extraVolumes, initContainers and sidecars, at, and own, the names that the chart uses
itself: volumes, containers, and ports of its container, which listens on 8080 and 8081.
*/}}
{{- define "model-server.guardAdditions" -}}
{{- $at := .at -}}
{{- $own := .own -}}
{{- range .values.extraVolumes }}
{{- if has .name $own.volumes }}
- {{ $at }}extraVolumes: the name {{ .name | quote }} is reserved by the chart. Rename the volume.
{{- end }}
{{- end }}
{{- $containers := list }}
{{- range $section := list "initContainers" "sidecars" }}
{{- range default list (get $.values $section) }}
{{- if has .name $containers }}
- {{ $at }}{{ $section }}: {{ .name | quote }} is also the name of another container. Rename one of them.
{{- end }}
{{- $containers = append $containers .name }}
{{- if has .name $own.containers }}
- {{ $at }}{{ $section }}: the name {{ .name | quote }} is reserved by the chart. Rename the container.
{{- end }}
{{- $name := .name }}
{{- range .ports }}
{{- if and $own.ports (has (int .containerPort) (list 8080 8081)) }}
- {{ $at }}{{ $section }}: the container {{ $name | quote }} has the port {{ int64 .containerPort }}, on which the chart's container listens in the same pod. Choose another port.
{{- end }}
{{- if and .name (has .name $own.ports) }}
- {{ $at }}{{ $section }}: the container {{ $name | quote }} has a port named {{ .name | quote }}, as the chart's container has. Rename the port.
{{- end }}
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
{{- $tests := .Values.tests -}}
{{- include "model-server.guardPodLabels" (dict "values" $tests "at" "tests.") }}
{{- include "model-server.guardAdditions" (dict "values" $tests "at" "tests." "own" (dict "volumes" list "containers" (list "test") "ports" list)) }}
{{- include "model-server.guardExtraMounts" (dict "context" . "values" $tests "at" "tests." "used" dict) }}
{{- if $tests.podSpec }}
{{- $instead := dict "initContainers" "tests.initContainers" "volumes" "tests.extraVolumes" }}
{{- include "model-server.guardPodSpec" (dict "at" "tests.podSpec" "patch" $tests.podSpec "instead" $instead) }}
{{- end }}
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
{{- $used := dict "/etc/model-server" "the server's configuration" "/tmp" "temporary files" -}}
{{- if include "model-server.secretName" . -}}
{{- $_ := set $used (trimSuffix "/" .Values.secret.mountPath) "secret.mountPath" -}}
{{- end -}}
{{- if eq .Values.model.source.type "download" -}}
{{- $_ := set $used "/etc/download-ca" "the CA certificates of the download" -}}
{{- $_ := set $used "/run/secrets/download" "the headers of the download" -}}
{{- end -}}
{{- if ne .Values.model.source.type "baked" -}}
{{- include "model-server.guardMount" (dict "key" (printf "%smodel.path" .at) "path" .Values.model.path "name" "model.path" "used" $used) -}}
{{- end -}}
{{- include "model-server.guardExtraMounts" (dict "context" . "values" .Values "at" .at "used" $used) -}}
{{- end -}}

{{/*
model-server.guardExtraMounts: mounts that users add to a container.
Takes a dict of context, values, which has extraVolumeMounts, at, and used, the paths in use with their purposes.
*/}}
{{- define "model-server.guardExtraMounts" -}}
{{- if .values.extraVolumeMounts -}}
{{- range include "model-server.tplRender" (dict "value" .values.extraVolumeMounts "context" .context) | fromYamlArray -}}
{{- include "model-server.guardMount" (dict "key" (printf "%sextraVolumeMounts" $.at) "path" .mountPath "name" "extraVolumeMounts" "used" $.used) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
model-server.guardMount: a mount path that another mount uses, or inside the read-only directory of the configuration, where
the container runtime cannot create a directory.
Takes a dict of key, path, name (in the message of a later mount) and used, to which it adds the path.
*/}}
{{- define "model-server.guardMount" -}}
{{- $path := trimSuffix "/" .path -}}
{{- if hasKey .used $path }}
- {{ .key }}: {{ .path | quote }} is already used for {{ get .used $path }}. Choose another path.
{{- else if and (hasKey .used "/etc/model-server") (hasPrefix "/etc/model-server/" $path) }}
- {{ .key }}: {{ .path | quote }} is inside "/etc/model-server", which is mounted read-only, so the container would not start. Choose another path.
{{- end -}}
{{- $_ := set .used $path (default .name (get .used $path)) -}}
{{- end -}}

{{- define "model-server.guardResolution" -}}
{{- if and (eq .Values.dnsPolicy "None") (not (.Values.dnsConfig).nameservers) }}
- dnsConfig.nameservers: must not be empty if dnsPolicy is "None", because the pods could not resolve names. Add a name server, or change dnsPolicy.
{{- end }}
{{- end -}}
