{{/*
Guards for the versions of a release.
*/}}

{{- define "model-server.guardVersions" -}}
{{- $seen := list -}}
{{- range $index, $entry := .Values.versions }}
{{- $name := include "model-server.intOrString" .name -}}
{{- $at := printf "versions[%d].name" $index -}}
{{- if has $name $seen }}
- {{ $at }}: {{ $name | quote }} is also the name of another version. Rename one of them.
{{- end }}
{{- if has $name (list "metrics" "nginx" "pods" "test") }}
- {{ $at }}: {{ $name | quote }} is reserved, because the chart has another object of that name. Choose another name.
{{- end }}
{{- $seen = append $seen $name -}}
{{- end }}
{{- if and .Values.keepUnversioned (not .Values.versions) }}
- keepUnversioned: has no effect, because versions is empty. Set it to false, or add the versions.
{{- end }}
{{- if and .Values.keepUnversioned .Values.service.version }}
- service.version: must be empty if keepUnversioned is true, because requests would shift to the version before its pods are ready. Set it in the next upgrade, when keepUnversioned is false.
{{- end }}
{{- include "model-server.guardConfigMaps" . }}
{{- with .Values.service.version }}
{{- $wanted := include "model-server.intOrString" . -}}
{{- if not $seen }}
- service.version: is {{ $wanted | quote }}, but versions is empty. Add the versions, or remove it.
{{- else if not (has $wanted $seen) }}
- service.version: is {{ $wanted | quote }}, which is not the name of a version. Set it to one of {{ join ", " $seen }}, or remove it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardConfigMaps: a ConfigMap contains the files of one version, so two versions cannot share it.
*/}}
{{- define "model-server.guardConfigMaps" -}}
{{- $versions := dict -}}
{{- include "model-server.versionContexts" (dict "context" $ "into" $versions) -}}
{{- $seen := dict -}}
{{- range $versions.all }}
{{- $name := .Values.model.source.configMap.name }}
{{- if and $name (eq .Values.model.source.type "configMap") }}
{{- $version := include "model-server.intOrString" .Values.model.version }}
{{- if ne (get $seen $name | default $version) $version }}
- {{ .at }}model.source.configMap.name: {{ $name | quote }} is also used by version {{ get $seen $name }}, but a ConfigMap contains the files of one version. Use one ConfigMap for each version.
{{- end }}
{{- $_ := set $seen $name $version }}
{{- end }}
{{- end }}
{{- end -}}
