{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
monitoring.releaseSelectorLabels: the labels that select all objects of a release, which never change.
*/}}
{{- define "monitoring.releaseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "monitoring.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
monitoring.releaseLabels: the common labels without the selector labels. They change with the chart version, so no pod has
them.
*/}}
{{- define "monitoring.releaseLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: model-serving
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
monitoring.labels: the labels of every object except pods.
*/}}
{{- define "monitoring.labels" -}}
{{ include "monitoring.releaseSelectorLabels" . }}
{{ include "monitoring.releaseLabels" . }}
{{- end -}}

{{/*
monitoring.annotations: the annotations of an object, and those of all objects.
Takes a dict of context and, optionally, annotations.
*/}}
{{- define "monitoring.annotations" -}}
{{- with merge (dict) (default (dict) .annotations) .context.Values.commonAnnotations -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
monitoring.truncate: a name of limited length. A truncated name ends in a digest of the complete name, so that names with the
same beginning stay distinct.
Takes a dict of name and maxLength, the maximum number of characters.
*/}}
{{- define "monitoring.truncate" -}}
{{- if gt (len .name) .maxLength -}}
{{- printf "%s-%s" (trunc (int (sub .maxLength 9)) .name | trimSuffix "-") (sha256sum .name | trunc 8) -}}
{{- else -}}
{{- .name -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.truncate63: a name truncated to 63 characters, the limit of most objects.
Takes the name.
*/}}
{{- define "monitoring.truncate63" -}}
{{- include "monitoring.truncate" (dict "name" . "maxLength" 63) -}}
{{- end -}}

{{/*
monitoring.name: the value of the label app.kubernetes.io/name.
*/}}
{{- define "monitoring.name" -}}
{{- include "monitoring.truncate63" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
monitoring.fullname: the full name, the prefix of all object names of a release.
*/}}
{{- define "monitoring.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- include "monitoring.truncate63" .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- include "monitoring.truncate63" .Release.Name -}}
{{- else -}}
{{- include "monitoring.truncate63" (printf "%s-%s" .Release.Name $name) -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.namespace: the namespace of all objects.
*/}}
{{- define "monitoring.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
monitoring.serviceFQDN: the fully qualified DNS name of a Service in the release's namespace.
Takes a dict of context and service.
*/}}
{{- define "monitoring.serviceFQDN" -}}
{{- printf "%s.%s.svc.%s" .service (include "monitoring.namespace" .context) .context.Values.clusterDomain -}}
{{- end -}}

{{/*
monitoring.imageReference: [registry/]repository with the digest, or with the tag if there is no digest.
Takes a dict of context, image and tag, the default for an image without a tag.
*/}}
{{- define "monitoring.imageReference" -}}
{{- $registry := default .image.registry (.context.Values.global).imageRegistry -}}
{{- $repository := .image.repository -}}
{{- if $registry -}}
{{- $repository = printf "%s/%s" $registry $repository -}}
{{- end -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .tag .image.tag) -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.imagePullSecrets: the chart's and the global pull secrets without duplicates. The kubelet also uses them for image
volumes.
*/}}
{{- define "monitoring.imagePullSecrets" -}}
{{- with concat .Values.imagePullSecrets (default (list) (.Values.global).imagePullSecrets) | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
monitoring.nodeScheduling: the priority, the scheduler and the nodes of pods.
Takes a dict of values, which may have priorityClassName, nodeSelector and tolerations, and schedulerName.
*/}}
{{- define "monitoring.nodeScheduling" -}}
{{- with .values.priorityClassName }}
priorityClassName: {{ toJson . }}
{{- end }}
{{- with .schedulerName }}
schedulerName: {{ toJson . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
monitoring.dnsEgress: the egress rule for DNS. The address of the cluster's DNS server is unknown, so it allows any.
*/}}
{{- define "monitoring.dnsEgress" -}}
{{- with .Values.networkPolicy.dnsPorts -}}
- ports:
    {{- range . }}
    - port: {{ int64 . }}
      protocol: UDP
    - port: {{ int64 . }}
      protocol: TCP
    {{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.patchedPodSpec: the spec of a pod, with the user's patch merged over it.
Takes a dict of context, spec (as YAML) and patch.
*/}}
{{- define "monitoring.patchedPodSpec" -}}
{{- if .patch -}}
{{- $spec := fromYaml .spec -}}
{{- $patch := include "monitoring.tplRender" (dict "value" .patch "context" .context) | fromYaml -}}
{{- include "monitoring.mergePatch" (dict "base" $spec "patch" $patch) -}}
{{- toYaml $spec -}}
{{- else -}}
{{- .spec -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.podSecurityContext: podSecurityContext with the IDs of the image, without those that are null, and without any if
fixedIds is false.
Takes a dict of context and ids, a map of the IDs that apply unless podSecurityContext has the same key.
*/}}
{{- define "monitoring.podSecurityContext" -}}
{{- $result := dict -}}
{{- range $key, $id := .ids }}{{ $_ := set $result $key $id }}{{ end -}}
{{- range $key, $value := .context.Values.podSecurityContext }}{{ $_ := set $result $key $value }}{{ end -}}
{{- range $key := list "runAsUser" "runAsGroup" "fsGroup" -}}
{{- if or (not $.context.Values.fixedIds) (kindIs "invalid" (get $result $key)) }}{{ $_ := unset $result $key }}{{ end -}}
{{- end -}}
{{- with $result }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/*
monitoring.tplRender: renders a value that may contain template syntax.
Takes a dict of value and context.
*/}}
{{- define "monitoring.tplRender" -}}
{{- tpl (toYaml .value) .context -}}
{{- end -}}

{{/*
monitoring.milliseconds: a duration such as 30s, 1.5s, 500ms or 1h30m, in milliseconds, rounded down.
Takes the string.
*/}}
{{- define "monitoring.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9.]+(ms|[smhdwy])" . -1 -}}
{{- $sum = addf $sum (mulf (regexFind "^[0-9.]+" . | float64) (get $units (regexFind "[a-z]+$" .))) -}}
{{- end -}}
{{- floor $sum | int64 -}}
{{- end -}}

{{/*
monitoring.isRegex: whether a text is a regular expression of Go, which Prometheus and Alertmanager use.
Takes the text.
*/}}
{{- define "monitoring.isRegex" -}}
{{- /* With an empty alternative, each valid expression matches "". */ -}}
{{- if regexMatch (printf "^(?s:%s)$|" .) "" -}}
true
{{- end -}}
{{- end -}}

{{/*
monitoring.withDefaults: the items of a list with defaults. Those that the API server adds inside a list of a custom resource
would look like drift to Argo CD.
Takes a dict of items and defaults. Defaults of a nested map, or of a list of maps, apply only where an item has it.
*/}}
{{- define "monitoring.withDefaults" -}}
{{- range .items }}
{{- $item := deepCopy . }}
{{- include "monitoring.addDefaults" (dict "into" $item "defaults" $.defaults) }}
- {{ toYaml $item | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{/*
monitoring.addDefaults: adds defaults to a map in place.
Takes a dict of into and defaults.
*/}}
{{- define "monitoring.addDefaults" -}}
{{- range $key, $default := .defaults -}}
{{- $part := get $.into $key -}}
{{- if kindIs "map" $default -}}
{{- range ternary $part (list $part) (kindIs "slice" $part) -}}
{{- if kindIs "map" . -}}
{{- include "monitoring.addDefaults" (dict "into" . "defaults" $default) -}}
{{- end -}}
{{- end -}}
{{- else if not (hasKey $.into $key) -}}
{{- $_ := set $.into $key $default -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.parentRefs: the parents of an HTTPRoute, by default Gateways.
Takes a list of ParentReference.
*/}}
{{- define "monitoring.parentRefs" -}}
{{- include "monitoring.withDefaults" (dict "items" . "defaults" (dict "group" "gateway.networking.k8s.io" "kind" "Gateway")) -}}
{{- end -}}

{{/*
monitoring.mergePatch: applies a JSON merge patch (RFC 7396) to a map in place. Maps are merged, null removes a key, and every
other value replaces the old one, so a list replaces the whole list.
Takes a dict of base and patch.
*/}}
{{- define "monitoring.mergePatch" -}}
{{- range $key, $value := .patch -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $.base $key -}}
{{- else if kindIs "map" $value -}}
{{- $inner := ternary (get $.base $key) (dict) (kindIs "map" (get $.base $key)) -}}
{{- include "monitoring.mergePatch" (dict "base" $inner "patch" $value) -}}
{{- $_ := set $.base $key $inner -}}
{{- else -}}
{{- $_ := set $.base $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
