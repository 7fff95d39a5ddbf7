{{/*
Versions: one release may run several side by side. Each is rendered by the same templates, in a context of its own
whose values are the chart's with the version's laid over them.
*/}}

{{/*
model-server.deepMerge: lays one map over another, in place: maps are merged, all else is replaced, also by false, 0 or null.
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
model-server.versionContext: the context of one version.
Takes a dict of context (the chart's context), values, version (its name; empty for the release without versions), at
(where its values are written, for messages) and into, whose list all gets it.
*/}}
{{- define "model-server.versionContext" -}}
{{- $scope := pick .context "Capabilities" "Chart" "Files" "Release" "Subcharts" "Template" -}}
{{- $_ := set $scope "Values" .values -}}
{{- $_ := set $scope "version" .version -}}
{{- $_ := set $scope "at" .at -}}
{{- $_ := set .into "all" (append .into.all $scope) -}}
{{- end -}}

{{/*
model-server.versionContexts: the contexts of all versions, in the list all of the dict into.
A whole number as a version's name is its model's version too, unless it says another.
Takes a dict of context and into.
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
