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
{{- range $index, $item := default (list) .items -}}
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
the lists. ownEnv, which may be missing, are the names of the chart's environment variables.
*/}}
{{- define "CHART.guardPodLists" -}}
{{- range $list, $keys := dict "extraEnv" (list "name") "extraVolumes" (list "name") "hostAliases" (list "ip") "topologySpreadConstraints" (list "topologyKey" "whenUnsatisfiable") -}}
{{- $items := default (list) (get $.values $list) -}}
{{- $seen := dict -}}
{{- range ternary (default (list) $.ownEnv) (list) (eq $list "extraEnv") -}}
{{- $_ := set $seen (quote .) "a variable of the chart" -}}
{{- end -}}
{{- if gt (add (len $items) (min 1 (len $seen))) 1 -}}
{{- $rendered := include "CHART.tplRender" (dict "value" $items "context" $.context) | fromYamlArray -}}
{{- include "CHART.guardUnique" (dict "list" (printf "%s%s" $.at $list) "items" $rendered "keys" $keys "seen" $seen) -}}
{{- end -}}
{{- end -}}
{{- with (.values.resources).claims -}}
{{- include "CHART.guardUnique" (dict "list" (printf "%sresources.claims" $.at) "items" .) -}}
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

{{/*
CHART.guardParentRefs: references to a parent that another one already names. The Gateway API requires them to name
different listeners.
Takes a dict of list (its path) and items, a list of ParentReference.
*/}}
{{- define "CHART.guardParentRefs" -}}
{{- $seen := dict -}}
{{- range $index, $reference := .items -}}
{{- $place := printf "%s[%d]" $.list $index -}}
{{- $parent := toJson (list (default "" .group) (default "Gateway" .kind) (default "" .namespace) .name) -}}
{{- $section := default "" .sectionName -}}
{{- $other := get $seen $parent -}}
{{- if and $other (or (not $section) (hasKey $other "") (hasKey $other $section)) }}
- {{ $place }}: names the same parent as {{ values $other | first }}, {{ .name | quote }}, without a different sectionName in each. Set sectionName in both, or remove the entry.
{{- end -}}
{{- $_ := set $seen $parent (merge (default (dict) $other) (dict $section $place)) -}}
{{- end -}}
{{- end -}}

{{/*
CHART.guardTLSHosts: hosts with two certificates, of which an Ingress controller would choose one.
Takes a dict of list (its path) and items, a list of IngressTLS.
*/}}
{{- define "CHART.guardTLSHosts" -}}
{{- $seen := dict -}}
{{- range $index, $entry := .items -}}
{{- $place := printf "%s[%d]" $.list $index -}}
{{- range .hosts -}}
{{- if ne $place (default $place (get $seen .)) }}
- {{ $place }}.hosts: {{ . | quote }} is also a host of {{ get $seen . }}, and a host can have only one certificate. Remove it from one of them.
{{- end -}}
{{- $_ := set $seen . $place -}}
{{- end -}}
{{- end -}}
{{- end -}}
