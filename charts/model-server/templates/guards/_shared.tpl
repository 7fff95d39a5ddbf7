{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
model-server.validate: fails with all validation errors, or renders nothing.
The chart defines model-server.validationErrors, which renders the messages of its guards, one per line.
*/}}
{{- define "model-server.validate" -}}
{{- $errors := include "model-server.guardRenames" . -}}
{{- /* A value that is renamed or null is missing, so the other guards would report misleading errors. */ -}}
{{- if and (not $errors) (include "model-server.hasMissingKeys" .) -}}
{{- $errors = include "model-server.guardNull" . -}}
{{- end -}}
{{- if not $errors -}}
{{- $errors = include "model-server.validationErrors" . -}}
{{- end -}}
{{- with $errors -}}
{{- fail (printf "\n\nThe values of %s are invalid:\n%s\n" $.Chart.Name .) -}}
{{- end -}}
{{- end -}}

{{/*
model-server.guardRenames: renamed keys, from renames.yaml.
*/}}
{{- define "model-server.guardRenames" -}}
{{- range .Files.Get "renames.yaml" | fromYamlArray -}}
{{- $rename := . -}}
{{- $found := dict "value" $.Values "exists" true -}}
{{- range splitList "." .old -}}
{{- if and $found.exists (kindIs "map" $found.value) (hasKey $found.value .) -}}
{{- $_ := set $found "value" (get $found.value .) -}}
{{- else -}}
{{- $_ := set $found "exists" false -}}
{{- end -}}
{{- end -}}
{{- if $found.exists }}
- {{ .old }}: was renamed to {{ .new }} in version {{ .since }}. {{ include "model-server.renameRemedy" (dict "rename" $rename "value" $found.value) }} UPGRADING.md describes how to migrate a values file.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.renameRemedy: the remedy for a renamed key.
Takes a dict of rename and value, the value of the old key.
*/}}
{{- define "model-server.renameRemedy" -}}
{{- $known := default (dict) .rename.values -}}
{{- if not $known -}}
Move the value there.
{{- else if hasKey $known (toString .value) -}}
Set {{ .rename.new }} to {{ get $known (toString .value) }} instead.
{{- else -}}
Set {{ .rename.new }} to one of {{ values $known | sortAlpha | join ", " }} instead.
{{- end -}}
{{- end -}}

{{- define "model-server.guardFullname" -}}
{{- $fullname := include "model-server.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) }}
- fullnameOverride: the full name {{ $fullname | quote }} is not a valid Service name: it must begin with a letter and contain only a-z, 0-9 and "-". Set fullnameOverride to a valid name.
{{- end }}
{{- end -}}

{{- define "model-server.guardCommonLabels" -}}
{{- range $label := keys .Values.commonLabels | sortAlpha }}
{{- if include "model-server.isReservedLabel" $label }}
- commonLabels: the label {{ $label | quote }} is reserved by the chart. Remove it, or rename it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardModes: values that are set although the mode ignores them, except for switches that are off.
Takes a dict of context, key (the key that selects the mode) and modes, a list of the modes in use.
*/}}
{{- define "model-server.guardModes" -}}
{{- $key := .key -}}
{{- $modes := .modes -}}
{{- $values := .context.Values -}}
{{- range $path, $ignored := include (printf "model-server.ignored.%s.%s" $key (first $modes)) .context | fromJson -}}
{{- $value := include "model-server.valueAsJson" (dict "values" $values "path" $path) -}}
{{- $used := dict -}}
{{- range $modes }}{{ if has . $ignored.modes }}{{ $_ := set $used . true }}{{ end }}{{ end -}}
{{- $off := and (hasSuffix ".enabled" $path) (eq $value "false") -}}
{{- if not (or (not $value) $off $used (eq $value (toJson $ignored.default))) }}
- {{ $path }}: has no effect if {{ $key }} is {{ join " and " $modes }}. Remove it, or set {{ $key }} to {{ join " or " $ignored.modes }}.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.valueAsJson: a value as JSON; empty if the value is missing or null.
Takes a dict of values and path.
*/}}
{{- define "model-server.valueAsJson" -}}
{{- $value := .values -}}
{{- range splitList "." .path -}}
{{- $value = index (default dict $value) . -}}
{{- end -}}
{{- if not (kindIs "invalid" $value) }}{{ toJson $value }}{{ end -}}
{{- end -}}

{{/*
model-server.guardRelabelings: refuses relabeling rules with an invalid regular expression.
Takes a dict of at, their path, rules and program, the one that would reject them.
*/}}
{{- define "model-server.guardRelabelings" -}}
{{- range $number, $rule := ternary .rules list (kindIs "slice" .rules) }}
{{- $regex := toString (default "" $rule.regex) }}
{{- if not (or (contains "{{" $regex) (include "model-server.isRegex" $regex)) }}
- {{ $.at }}[{{ $number }}].regex: {{ $regex | quote }} is not a regular expression in RE2 syntax, so {{ $.program }} would reject it. Correct it; special characters such as "(" are literal only after a backslash.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardPodSpec: keys of a podSpec patch that would replace what the chart writes, or that its workload cannot have.
Takes a dict of at (the path of the patch), patch and instead, which maps such keys to the values to use in their place.
*/}}
{{- define "model-server.guardPodSpec" -}}
{{- $at := .at -}}
{{- $instead := .instead -}}
{{- range $key := keys .patch | sortAlpha }}
{{- if has $key (list "activeDeadlineSeconds" "containers" "ephemeralContainers" "initContainers" "restartPolicy" "terminationGracePeriodSeconds" "volumes") }}
- {{ $at }}.{{ $key }}: cannot be patched, because the chart depends on it. {{ with get $instead $key }}Use {{ . }} instead.{{ else }}Remove it.{{ end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardAnnotations: annotations by which Helm or Argo CD would treat an object as a hook, or that Helm sets.
Takes a dict of at and annotations.
*/}}
{{- define "model-server.guardAnnotations" -}}
{{- $at := .at -}}
{{- range $annotation := keys .annotations | sortAlpha }}
{{- if or (hasPrefix "helm.sh/hook" $annotation) (hasPrefix "argocd.argoproj.io/hook" $annotation) (hasPrefix "meta.helm.sh/" $annotation) }}
- {{ $at }}: the annotation {{ $annotation | quote }} is reserved for hooks and for Helm. Remove it.
{{- end }}
{{- end }}
{{- end -}}

{{/*
model-server.guardUnique: items of a list with the same key, which the API server and other programs reject.
Takes a dict of list (its path), items, keys (the fields that make up the key; by default name), defaults (of missing
fields, by name) and seen (a map of the keys in use to their places, which it extends). All but list and items may be
missing.
*/}}
{{- define "model-server.guardUnique" -}}
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
model-server.guardPodLists: lists of a pod that the API server merges by key, as far as users write them. Helm 4 applies
objects on the server, which ends with "duplicate entries for key"; its own dry run applies nothing and succeeds.
Takes a dict of context, at (the path of the values, with a dot at its end, or empty) and values, which may have any of
the lists. ownEnv, which may be missing, are the names of the chart's environment variables.
*/}}
{{- define "model-server.guardPodLists" -}}
{{- range $list, $keys := dict "extraEnv" (list "name") "extraVolumes" (list "name") "hostAliases" (list "ip") "topologySpreadConstraints" (list "topologyKey" "whenUnsatisfiable") -}}
{{- $items := default (list) (get $.values $list) -}}
{{- $seen := dict -}}
{{- range ternary (default (list) $.ownEnv) (list) (eq $list "extraEnv") -}}
{{- $_ := set $seen (quote .) "a variable of the chart" -}}
{{- end -}}
{{- if gt (add (len $items) (min 1 (len $seen))) 1 -}}
{{- $rendered := include "model-server.tplRender" (dict "value" $items "context" $.context) | fromYamlArray -}}
{{- include "model-server.guardUnique" (dict "list" (printf "%s%s" $.at $list) "items" $rendered "keys" $keys "seen" $seen) -}}
{{- end -}}
{{- end -}}
{{- with (.values.resources).claims -}}
{{- include "model-server.guardUnique" (dict "list" (printf "%sresources.claims" $.at) "items" .) -}}
{{- end -}}
{{- range $list := list "initContainers" "sidecars" -}}
{{- with get $.values $list -}}
{{- range $index, $container := include "model-server.tplRender" (dict "value" . "context" $.context) | fromYamlArray -}}
{{- include "model-server.guardContainerLists" (dict "at" (printf "%s%s[%d]" $.at $list $index) "container" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
model-server.guardContainerLists: lists of a container that the API server merges by key.
Takes a dict of at, the path of the container, and container.
*/}}
{{- define "model-server.guardContainerLists" -}}
{{- include "model-server.guardUnique" (dict "list" (printf "%s.env" .at) "items" .container.env) -}}
{{- include "model-server.guardUnique" (dict "list" (printf "%s.volumeMounts" .at) "items" .container.volumeMounts "keys" (list "mountPath")) -}}
{{- include "model-server.guardUnique" (dict "list" (printf "%s.volumeDevices" .at) "items" .container.volumeDevices "keys" (list "devicePath")) -}}
{{- include "model-server.guardUnique" (dict "list" (printf "%s.ports" .at) "items" .container.ports "keys" (list "containerPort" "protocol") "defaults" (dict "protocol" "TCP")) -}}
{{- include "model-server.guardUnique" (dict "list" (printf "%s.resources.claims" .at) "items" (.container.resources).claims) -}}
{{- end -}}

{{/*
model-server.guardParentRefs: references to a parent that another one already names. The Gateway API requires them to name
different listeners.
Takes a dict of list (its path) and items, a list of ParentReference.
*/}}
{{- define "model-server.guardParentRefs" -}}
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
model-server.guardTLSHosts: hosts with two certificates, of which an Ingress controller would choose one.
Takes a dict of list (its path) and items, a list of IngressTLS.
*/}}
{{- define "model-server.guardTLSHosts" -}}
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

{{/*
model-server.guardNull: null, which Helm removes together with the key. Sets a value whose default is empty to that default,
for all templates: Helm renders the template that includes model-server.validate first, because its path is the deepest. Any
other default is not empty, so null is ambiguous. A section with such defaults is reported once.
*/}}
{{- define "model-server.guardNull" -}}
{{- $values := .Values -}}
{{- $blank := dict -}}
{{- range $path, $entry := .Files.Get "files/defaults.json" | fromJson -}}
{{- $map := $values -}}
{{- $at := list -}}
{{- $section := "" -}}
{{- range splitList "." $path | initial -}}
{{- $at = append $at . -}}
{{- if not (hasKey $map .) -}}
{{- $_ := set $map . dict -}}
{{- $_ := set $blank (join "." $at) true -}}
{{- end -}}
{{- if and (not $section) (hasKey $blank (join "." $at)) -}}
{{- $section = join "." $at -}}
{{- end -}}
{{- $map = get $map . -}}
{{- end -}}
{{- $key := splitList "." $path | last -}}
{{- if not (or $entry.nullable (hasKey $map $key)) -}}
{{- if hasKey $entry "empty" -}}
{{- $_ := set $map $key $entry.empty -}}
{{- else if not $section }}
- {{ $path }}: is null. Remove the line to keep {{ $entry.keep }}, or {{ $entry.write }}.
{{- else if get $blank $section -}}
{{- $_ := set $blank $section false }}
- {{ $section }}: is null. Remove the line to keep the defaults of its keys, or set a key below it.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
