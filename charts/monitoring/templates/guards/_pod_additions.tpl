{{/*
Guards for what users add to the pods of the components.
*/}}

{{/*
monitoring.guardPodAdditions: flags, variables, volumes, mounts and containers that collide with those of the chart or
with each other.
Takes a dict of context, key (the component's values) and values.
*/}}
{{- define "monitoring.guardPodAdditions" -}}
{{- $key := .key -}}
{{- include "monitoring.guardFlags" . }}
{{- with .values.podSpec }}
{{- $instead := dict "containers" (printf "%s.sidecars" $key) "initContainers" (printf "%s.initContainers" $key) "volumes" (printf "%s.extraVolumes" $key) }}
{{- include "monitoring.guardPodSpec" (dict "at" (printf "%s.podSpec" $key) "patch" . "instead" $instead) }}
{{- range $field, $value := pick . "serviceAccountName" "automountServiceAccountToken" "hostNetwork" "hostPID" "hostIPC" }}
- {{ $key }}.podSpec.{{ $field }}: would undo the permissions or the isolation that the chart gives the pods. Remove it{{ with get (dict "serviceAccountName" "serviceAccount.name" "automountServiceAccountToken" "serviceAccount.automountServiceAccountToken") $field }}, and set {{ $key }}.{{ . }} instead{{ end }}.
{{- end }}
{{- end }}
{{- with .values }}
{{- range .extraEnv }}
{{- if and .value (regexMatch "(?i)(password|secret|token|api_?key|access_key)$" .name) }}
- {{ $key }}.extraEnv: {{ .name }} is in plain text, visible to every user who can read the pods. Put it into a Secret, and use valueFrom.secretKeyRef.
{{- end }}
{{- end }}
{{- if or .extraEnv .extraVolumes .extraVolumeMounts .initContainers .sidecars }}
{{- $pod := (include (printf "monitoring.%sPod" $key) $.context | fromYaml).spec }}
{{- $main := first $pod.containers }}
{{- $all := concat (default list $pod.initContainers) $pod.containers }}
{{- range include "monitoring.repeated" (dict "items" $main.env "own" (sub (len (default list $main.env)) (len .extraEnv)) "field" "name") | fromJsonArray }}
- {{ $key }}.extraEnv: the chart already sets the variable {{ . | quote }}. Remove it.
{{- end }}
{{- $volumes := default list $pod.volumes }}
{{- if (default dict .persistence).enabled }}
{{- $volumes = prepend $volumes (dict "name" "data") }}
{{- end }}
{{- range include "monitoring.repeated" (dict "items" $volumes "own" (sub (len $volumes) (len .extraVolumes)) "field" "name") | fromJsonArray }}
- {{ $key }}.extraVolumes: the name {{ . | quote }} is already in use. Rename the volume.
{{- end }}
{{- range include "monitoring.repeated" (dict "items" $main.volumeMounts "field" "mountPath") | fromJsonArray }}
- {{ $key }}.extraVolumeMounts: the path {{ . | quote }} is already in use. Mount the volume at another path.
{{- end }}
{{- $sidecars := list }}
{{- range .sidecars }}
{{- $sidecars = append $sidecars .name }}
{{- end }}
{{- range $name := include "monitoring.repeated" (dict "items" $all "field" "name") | fromJsonArray }}
- {{ $key }}.{{ ternary "sidecars" "initContainers" (has $name $sidecars) }}: the name {{ $name | quote }} of a container or an init container is already in use. Rename the container.
{{- end }}
{{- $ports := list }}
{{- range $pod.containers }}
{{- $ports = concat $ports (default list .ports) }}
{{- end }}
{{- range $field := list "containerPort" "name" }}
{{- range include "monitoring.repeated" (dict "items" $ports "field" $field) | fromJsonArray }}
- {{ $key }}.sidecars: the port {{ . }} is already in use in the pod. Change the {{ $field }}.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.repeated: the values of a field that occur more than once in a list, as a JSON list. Ports of different
protocols may have one number.
Takes a dict of items, field and own, the number of the first items with which the others are compared; by default, all
are compared with each other.
*/}}
{{- define "monitoring.repeated" -}}
{{- $field := .field -}}
{{- $seen := list -}}
{{- $found := list -}}
{{- range $index, $item := .items -}}
{{- if hasKey . $field -}}
{{- $value := toJson (get . $field) | trimAll "\"" -}}
{{- $identity := printf "%s/%s" $value (ternary (default "TCP" .protocol) "" (eq $field "containerPort")) -}}
{{- if has $identity $seen -}}
{{- $found = append $found $value -}}
{{- end -}}
{{- if lt $index (int (ternary $.own (len $.items) (hasKey $ "own"))) -}}
{{- $seen = append $seen $identity -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $found | uniq | toJson -}}
{{- end -}}

{{/*
monitoring.reservedFlags: the flags that the chart sets or that its alerts depend on, by component, each with the value
that sets it, if there is one.
*/}}
{{- define "monitoring.reservedFlags" -}}
prometheus:
  agent: ""
  config.auto-reload: ""
  config.auto-reload-interval: ""
  config.file: ""
  query.lookback-delta: ""
  storage.tsdb.path: ""
  storage.tsdb.retention.size: prometheus.retention.size
  storage.tsdb.retention.time: prometheus.retention.time
  web.config.file: prometheus.auth.existingSecret
  web.external-url: prometheus.externalUrl
  web.listen-address: ""
  web.route-prefix: ""
alertmanager:
  cluster.listen-address: ""
  cluster.peer: ""
  config.file: ""
  storage.path: ""
  web.config.file: alertmanager.auth.existingSecret
  web.external-url: alertmanager.externalUrl
  web.listen-address: ""
  web.route-prefix: ""
grafana:
  config: ""
  homepath: ""
kubeStateMetrics:
  metric-annotations-allowlist: kubeStateMetrics.metricAnnotationsAllowList
  metric-labels-allowlist: kubeStateMetrics.metricLabelsAllowlist
  namespaces: rbac.namespaces
  port: ""
  resources: kubeStateMetrics.collect
  telemetry-port: ""
nodeExporter:
  collector.filesystem.fs-types-exclude: ""
  collector.filesystem.mount-points-exclude: ""
  path.procfs: ""
  path.rootfs: ""
  path.sysfs: ""
  web.listen-address: nodeExporter.port
adapter:
  cert-dir: ""
  config: ""
  metrics-relist-interval: adapter.relistInterval
  prometheus-url: ""
  secure-port: ""
  tls-cert-file: adapter.tls.existingSecret
  tls-private-key-file: adapter.tls.existingSecret
{{- end -}}

{{- define "monitoring.guardFlags" -}}
{{- $key := .key -}}
{{- with .values.extraArgs }}
{{- $reserved := get (include "monitoring.reservedFlags" $ | fromYaml) $key }}
{{- range $number, $flag := . }}
{{- $name := regexReplaceAll "^--?(no-)?([^= ]+).*$" $flag "${2}" }}
{{- if hasKey $reserved $name }}
- {{ $key }}.extraArgs[{{ $number }}]: the flag --{{ $name }} is reserved by the chart. {{ with get $reserved $name }}Remove it, and set {{ . }} instead.{{ else }}Remove it.{{ end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
