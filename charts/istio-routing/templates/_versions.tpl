{{/*
Versions, in the form that all templates use.
*/}}

{{/*
istio-routing.versions: every version with name, weight, mirror, drain, service and at (its place in the values, for
messages), in the lists all, live (not drained) and drained of the dict into.
Takes a dict of context and into.
*/}}
{{- define "istio-routing.versions" -}}
{{- $context := .context -}}
{{- $alone := eq (len $context.Values.versions) 1 -}}
{{- range $key := list "all" "live" "drained" }}{{ $_ := set $.into $key list }}{{ end -}}
{{- range $index, $entry := $context.Values.versions -}}
{{- $name := include "istio-routing.intOrString" $entry.name -}}
{{- $weight := int64 (default (ternary 100 0 (and $alone (not (hasKey $entry "weight")) (not $entry.drain))) $entry.weight) -}}
{{- $service := default (include "istio-routing.truncate63" (printf "%s-%s" $context.Values.service.name $name)) $entry.service -}}
{{- $version := dict "name" $name "weight" $weight "mirror" (default 0 $entry.mirror) "drain" (default false $entry.drain) "service" $service "at" (printf "versions[%d]." $index) -}}
{{- $_ := set $.into "all" (append $.into.all $version) -}}
{{- $list := ternary "drained" "live" $version.drain -}}
{{- $_ := set $.into $list (append (get $.into $list) $version) -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.versionNames: the names of versions, for messages.
Takes the list of versions.
*/}}
{{- define "istio-routing.versionNames" -}}
{{- $names := list -}}
{{- range . }}{{ $names = append $names .name }}{{ end -}}
{{- join ", " $names -}}
{{- end -}}
