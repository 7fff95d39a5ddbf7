{{/*
Guards on one version's model and where it comes from.
*/}}

{{- define "model-server.guardModel" -}}
{{- $model := .Values.model -}}
{{- $source := $model.source -}}
{{- if and (eq $source.type "image") (not $source.image.reference) }}
- {{ .at }}model.source.image.reference: it is empty, and model.source.type is "image". Set it to the image that holds the model, or choose another model.source.type: "persistentVolumeClaim", "download", "configMap" or "baked".
{{- end }}
{{- if and (eq $source.type "persistentVolumeClaim") (not $source.persistentVolumeClaim.claimName) }}
- {{ .at }}model.source.persistentVolumeClaim.claimName: it is empty, and model.source.type is "persistentVolumeClaim". Set it to the claim that holds the model.
{{- end }}
{{- if eq $source.type "configMap" }}
{{- if not $source.configMap.name }}
- {{ .at }}model.source.configMap.name: it is empty, and model.source.type is "configMap". Set it to the ConfigMap that holds the version's files.
{{- end }}
{{- if not $model.name }}
- {{ .at }}model.name: it is empty, and model.source.type is "configMap", whose files are mounted as that model's folder. Set it to the name in the manifest.
{{- end }}
{{- if not (regexMatch "^[1-9][0-9]*$" (include "model-server.intOrString" $model.version)) }}
- {{ .at }}model.version: it is no version number, and model.source.type is "configMap", whose files are mounted as that version's folder. Set it to the number in the manifest.
{{- end }}
{{- end }}
{{- if eq $source.type "download" }}
{{- include "model-server.guardDownload" (dict "download" $source.download "at" (printf "%smodel.source.download." .at)) }}
{{- end }}
{{- end -}}

{{/*
model-server.guardDownload: takes a dict of download and at.
*/}}
{{- define "model-server.guardDownload" -}}
{{- $at := .at -}}
{{- with .download }}
{{- if not .url }}
- {{ $at }}url: it is empty, and model.source.type is "download". Set it to the archive that holds the model, for example https://models.example.org/iris-1.tar.gz.
{{- end }}
{{- if not .sha256 }}
- {{ $at }}sha256: it is empty, and model.source.type is "download". Set it to what sha256sum prints for the archive: what comes over the network is opened only if it is that.
{{- end }}
{{- if and (or (hasPrefix "http://" .url) (hasPrefix "http://" .endpoint)) (not .allowHttp) }}
- {{ $at }}allowHttp: it is false, and the model would come over HTTP, where everybody on the way can read it and the login. Use https, or set it to true.
{{- end }}
{{- if and (hasPrefix "http" .url) (or .endpoint .region) }}
- {{ $at }}{{ ternary "endpoint" "region" (not (empty .endpoint)) }}: it is set, and {{ $at }}url names a web server, which has none. Take it out, or use an s3:// address.
{{- end }}
{{- end }}
{{- end -}}
