{{/*
Versions that run at the same time in one release. The same templates render each of them, in a context of its own whose
values are the chart's values merged with those of the version.
*/}}

{{/*
model-server.deepMerge: merges a map into another one in place. Maps are merged recursively; all other values are
replaced, including by false, 0 and null, which Sprig's merge functions skip.
Takes a dict of base and over.
*/}}
{{- define "model-server.deepMerge" -}}
{{- range $key, $value := .over -}}
{{- if and (kindIs "map" $value) (kindIs "map" (get $.base $key)) -}}
{{- include "model-server.deepMerge" (dict "base" (get $.base $key) "over" $value) -}}
{{- else -}}
{{- $_ := set $.base $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
model-server.versionContext: appends the context of one version to the list "all" of a dict.
Takes a dict of context (the chart's context), values, version (its name, empty for the unversioned pods), at (the path
of its values, for messages) and into (the dict).
*/}}
{{- define "model-server.versionContext" -}}
{{- $scope := pick .context "Capabilities" "Chart" "Files" "Release" "Subcharts" "Template" -}}
{{- $_ := set $scope "Values" .values -}}
{{- $_ := set $scope "version" .version -}}
{{- $_ := set $scope "at" .at -}}
{{- $_ := set .into "all" (append .into.all $scope) -}}
{{- end -}}

{{/*
model-server.versionContexts: sets the list "all" of a dict to the contexts of all versions.
An integer as the name of a version is also its model.version, unless the entry sets another one.
Takes a dict of context and into (the dict).
*/}}
{{- define "model-server.versionContexts" -}}
{{- $_ := set .into "all" list -}}
{{- if or (not .context.Values.versions) .context.Values.keepUnversioned -}}
{{- include "model-server.versionContext" (dict "context" .context "values" .context.Values "version" "" "at" "" "into" .into) -}}
{{- end -}}
{{- range $index, $entry := .context.Values.versions -}}
{{- $name := include "model-server.intOrString" $entry.name -}}
{{- $values := deepCopy $.context.Values -}}
{{- if regexMatch "^[1-9][0-9]*$" $name -}}
{{- $_ := set $values.model "version" $name -}}
{{- end -}}
{{- include "model-server.deepMerge" (dict "base" $values "over" (omit $entry "name")) -}}
{{- include "model-server.versionContext" (dict "context" $.context "values" $values "version" $name "at" (printf "versions[%d]." $index) "into" $.into) -}}
{{- end -}}
{{- end -}}
