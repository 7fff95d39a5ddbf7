{{/*
Guards on the versions of one release.
*/}}

{{- define "model-server.guardVersions" -}}
{{- $seen := list -}}
{{- range $index, $entry := .Values.versions }}
{{- $name := include "model-server.intOrString" .name -}}
{{- $at := printf "versions[%d].name" $index -}}
{{- if has $name $seen }}
- {{ $at }}: {{ $name | quote }} is the name of another version too. Give each its own.
{{- end }}
{{- if has $name (list "metrics" "nginx" "pods" "test") }}
- {{ $at }}: {{ $name | quote }} would give its objects the name of one of the chart's own. Choose another.
{{- end }}
{{- $seen = append $seen $name -}}
{{- end }}
{{- if and .Values.keepUnversioned (not .Values.versions) }}
- keepUnversioned: it is true, and versions is empty, so there is nothing to keep it beside. Set it to false, or list the versions.
{{- end }}
{{- if and .Values.keepUnversioned .Values.service.version }}
- service.version: it is set, and keepUnversioned is true: requests would leave the pods that are kept before a version is ready. Set it with the next upgrade, when keepUnversioned is false.
{{- end }}
{{- include "model-server.guardConfigMaps" . }}
{{- with .Values.service.version }}
{{- $wanted := include "model-server.intOrString" . -}}
{{- if not $seen }}
- service.version: it is {{ $wanted | quote }}, and versions is empty. List the versions, or take it out.
{{- else if not (has $wanted $seen) }}
- service.version: it is {{ $wanted | quote }}, and no version has that name. Set it to one of {{ join ", " $seen }}, or take it out.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardConfigMaps: a ConfigMap holds the files of one version, so no two versions may name the same.
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
- {{ .at }}model.source.configMap.name: {{ $name | quote }} is the one of version {{ get $seen $name }} too, and a ConfigMap holds the files of one version. Name each version's own.
{{- end }}
{{- $_ := set $seen $name $version }}
{{- end }}
{{- end }}
{{- end -}}
