{{/*
Guards for the model of a version and its source.
*/}}

{{/*
model-server.guardSources: settings of a source that no version uses, and of one that a version sets but does not use.
Takes a dict of context and versions, the contexts of all versions.
*/}}
{{- define "model-server.guardSources" -}}
{{- $types := list -}}
{{- range .versions -}}
{{- $types = append $types .Values.model.source.type -}}
{{- end -}}
{{- include "model-server.guardModes" (dict "context" .context "key" "model.source.type" "modes" (uniq $types)) -}}
{{- range $index, $entry := .context.Values.versions -}}
{{- $source := dig "model" "source" dict $entry -}}
{{- $type := default $.context.Values.model.source.type $source.type -}}
{{- range $other := without (keys $source | sortAlpha) "type" $type }}
{{- if compact (values (get $source $other)) }}
- versions[{{ $index }}].model.source.{{ $other }}: is ignored, because the type of this source is {{ $type }}. Remove it, or set versions[{{ $index }}].model.source.type to {{ $other }}.
{{- end }}
{{- end }}
{{- end -}}
{{- end -}}

{{- define "model-server.guardModel" -}}
{{- $model := .Values.model -}}
{{- $source := $model.source -}}
{{- if and (eq $source.type "image") (not $source.image.reference) }}
- {{ .at }}model.source.image.reference: must not be empty if model.source.type is "image". Set it to the image that contains the model, or set model.source.type to "persistentVolumeClaim", "download", "configMap" or "baked".
{{- end }}
{{- if and (eq $source.type "persistentVolumeClaim") (not $source.persistentVolumeClaim.claimName) }}
- {{ .at }}model.source.persistentVolumeClaim.claimName: must not be empty if model.source.type is "persistentVolumeClaim". Set it to the claim that contains the model.
{{- end }}
{{- if eq $source.type "configMap" }}
{{- if not $source.configMap.name }}
- {{ .at }}model.source.configMap.name: must not be empty if model.source.type is "configMap". Set it to the ConfigMap that contains the version's files.
{{- end }}
{{- if not $model.name }}
- {{ .at }}model.name: must not be empty if model.source.type is "configMap", because the files are mounted in the model's directory. Set it to the name in manifest.json.
{{- end }}
{{- if not (regexMatch "^[1-9][0-9]*$" (include "model-server.intOrString" $model.version)) }}
- {{ .at }}model.version: must be a version number if model.source.type is "configMap", because the files are mounted in the version's directory. Set it to the version in manifest.json.
{{- end }}
{{- end }}
{{- if eq $source.type "download" }}
{{- include "model-server.guardDownload" (dict "download" $source.download "at" (printf "%smodel.source.download." .at)) }}
{{- end }}
{{- end -}}

{{/*
model-server.guardDownload: guards for model.source.download.
Takes a dict of download and at.
*/}}
{{- define "model-server.guardDownload" -}}
{{- $at := .at -}}
{{- with .download }}
{{- if not .url }}
- {{ $at }}url: must not be empty if model.source.type is "download". Set it to the URL of the archive, for example https://models.example.org/iris-1.tar.gz.
{{- end }}
{{- if not .sha256 }}
- {{ $at }}sha256: must not be empty if model.source.type is "download", because archives are extracted only if their digest matches. Set it to the output of sha256sum for the archive.
{{- end }}
{{- if and (or (hasPrefix "http://" .url) (hasPrefix "http://" .endpoint)) (not .allowHttp) }}
- {{ $at }}allowHttp: must be true to download over HTTP, which exposes the model and the credentials to eavesdroppers. Use https in url and endpoint, or set it to true.
{{- end }}
{{- if and (hasPrefix "http" .url) (or .endpoint .region) }}
- {{ $at }}{{ ternary "endpoint" "region" (not (empty .endpoint)) }}: applies only to object stores, but {{ $at }}url is an HTTP URL. Remove it, or use an s3:// URL.
{{- end }}
{{- end }}
{{- end -}}
