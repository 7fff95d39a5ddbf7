{{/*
Comparison of responses to mirrored requests with those of another version, the baseline.
*/}}

{{/*
model-server.baselineVersion: the version that this one compares its responses with; empty if it compares nothing, as
the baseline itself does.
*/}}
{{- define "model-server.baselineVersion" -}}
{{- with .Values.shadow.compareWith -}}
{{- $baseline := include "model-server.intOrString" . -}}
{{- if ne $baseline $.version -}}
{{- $baseline -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
model-server.baselineUrl: the URL of a version's Service.
Takes a dict of context and version.
*/}}
{{- define "model-server.baselineUrl" -}}
{{- $name := include "model-server.fullnameWithSuffix" (dict "context" .context "suffix" .version) -}}
{{- printf "http://%s:%d" (include "model-server.serviceFQDN" (dict "context" .context "service" $name)) (int64 .context.Values.service.port) -}}
{{- end -}}

{{/*
model-server.baselineVersions: the versions that other versions of the release compare with, as a YAML list.
*/}}
{{- define "model-server.baselineVersions" -}}
{{- $versions := dict -}}
{{- include "model-server.versionContexts" (dict "context" $ "into" $versions) -}}
{{- $baseline := list -}}
{{- range $versions.all -}}
{{- with include "model-server.baselineVersion" . -}}
{{- $baseline = append $baseline . -}}
{{- end -}}
{{- end -}}
{{- $baseline | uniq | sortAlpha | toYaml -}}
{{- end -}}
