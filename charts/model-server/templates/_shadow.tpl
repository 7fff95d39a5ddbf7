{{/*
Shadows: which version is asked what one that gets them was asked.
*/}}

{{/*
model-server.baselineVersion: the version that this one compares with; empty for one that compares nothing, such as that
version itself.
*/}}
{{- define "model-server.baselineVersion" -}}
{{- with .Values.shadow.compareWith -}}
{{- $compared := include "model-server.intOrString" . -}}
{{- if ne $compared $.version -}}
{{- $compared -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
model-server.baselineUrl: the address of a version's own Service.
Takes a dict of context and version.
*/}}
{{- define "model-server.baselineUrl" -}}
{{- $name := include "model-server.fullnameWithSuffix" (dict "context" .context "suffix" .version) -}}
{{- printf "http://%s:%d" (include "model-server.serviceFQDN" (dict "context" .context "service" $name)) (int64 .context.Values.service.port) -}}
{{- end -}}

{{/*
model-server.baselineVersions: the versions that others of the release compare with, as a YAML list.
*/}}
{{- define "model-server.baselineVersions" -}}
{{- $versions := dict -}}
{{- include "model-server.versionContexts" (dict "context" $ "into" $versions) -}}
{{- $compared := list -}}
{{- range $versions.all -}}
{{- with include "model-server.baselineVersion" . -}}
{{- $compared = append $compared . -}}
{{- end -}}
{{- end -}}
{{- $compared | uniq | sortAlpha | toYaml -}}
{{- end -}}
