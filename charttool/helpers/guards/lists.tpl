{{/*
CHART.guardUnique: items of a list with the same key, which the API server and other programs reject.
Takes a dict of list (its path), items, keys (the fields that make up the key; by default name), defaults (of missing
fields, by name) and seen (a map of the keys in use to their places, which it extends). All but list and items may be
missing.
*/}}
{{- define "CHART.guardUnique" -}}
{{- $fields := default (list "name") .keys -}}
{{- $defaults := default (dict) .defaults -}}
{{- $seen := ternary .seen (dict) (hasKey . "seen") -}}
{{- range $index, $item := .items -}}
{{- $place := printf "%s[%d]" $.list $index -}}
{{- $values := list -}}
{{- range $fields -}}
{{- $values = append $values (default (get $defaults .) (get $item .) | toString | quote) -}}
{{- end -}}
{{- $key := join " and " $values -}}
{{- if hasKey $seen $key }}
- {{ $place }}: has the same {{ join " and " $fields }} as {{ get $seen $key }}, {{ $key }}. Change it, or remove the entry.
{{- end -}}
{{- $_ := set $seen $key (default $place (get $seen $key)) -}}
{{- end -}}
{{- end -}}

{{/*
CHART.guardPodLists: lists of a pod that the API server merges by key, as far as users write them. Helm 4 applies
objects on the server, which ends with "duplicate entries for key"; its own dry run applies nothing and succeeds.
Takes a dict of context, at (the path of the values, with a dot at its end, or empty) and values, which may have any of
the lists.
*/}}
{{- define "CHART.guardPodLists" -}}
{{- range $list, $keys := dict "extraEnv" (list "name") "extraVolumes" (list "name") "hostAliases" (list "ip") "topologySpreadConstraints" (list "topologyKey" "whenUnsatisfiable") -}}
{{- $items := get $.values $list -}}
{{- if gt (len (default (list) $items)) 1 -}}
{{- $rendered := include "CHART.tplRender" (dict "value" $items "context" $.context) | fromYamlArray -}}
{{- include "CHART.guardUnique" (dict "list" (printf "%s%s" $.at $list) "items" $rendered "keys" $keys) -}}
{{- end -}}
{{- end -}}
{{- range $list := list "initContainers" "sidecars" -}}
{{- with get $.values $list -}}
{{- range $index, $container := include "CHART.tplRender" (dict "value" . "context" $.context) | fromYamlArray -}}
{{- include "CHART.guardContainerLists" (dict "at" (printf "%s%s[%d]" $.at $list $index) "container" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
CHART.guardContainerLists: lists of a container that the API server merges by key.
Takes a dict of at, the path of the container, and container.
*/}}
{{- define "CHART.guardContainerLists" -}}
{{- include "CHART.guardUnique" (dict "list" (printf "%s.env" .at) "items" .container.env) -}}
{{- include "CHART.guardUnique" (dict "list" (printf "%s.volumeMounts" .at) "items" .container.volumeMounts "keys" (list "mountPath")) -}}
{{- include "CHART.guardUnique" (dict "list" (printf "%s.volumeDevices" .at) "items" .container.volumeDevices "keys" (list "devicePath")) -}}
{{- include "CHART.guardUnique" (dict "list" (printf "%s.ports" .at) "items" .container.ports "keys" (list "containerPort" "protocol") "defaults" (dict "protocol" "TCP")) -}}
{{- include "CHART.guardUnique" (dict "list" (printf "%s.resources.claims" .at) "items" (.container.resources).claims) -}}
{{- end -}}
