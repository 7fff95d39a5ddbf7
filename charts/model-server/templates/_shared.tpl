{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
model-server.releaseSelectorLabels: the labels that select all objects of a release, which never change.
*/}}
{{- define "model-server.releaseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "model-server.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
model-server.releaseLabels: the common labels without the selector labels. They change with the chart version, so no pod has
them.
*/}}
{{- define "model-server.releaseLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: model-serving
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
model-server.labels: the labels of every object except pods.
*/}}
{{- define "model-server.labels" -}}
{{ include "model-server.releaseSelectorLabels" . }}
{{ include "model-server.releaseLabels" . }}
{{- end -}}

{{/*
model-server.annotations: the annotations of an object, and those of all objects.
Takes a dict of context and, optionally, annotations.
*/}}
{{- define "model-server.annotations" -}}
{{- with merge (dict) (default (dict) .annotations) .context.Values.commonAnnotations -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.truncate: a name of limited length. A truncated name ends in a digest of the complete name, so that names with the
same beginning stay distinct.
Takes a dict of name and maxLength, the maximum number of characters.
*/}}
{{- define "model-server.truncate" -}}
{{- if gt (len .name) .maxLength -}}
{{- printf "%s-%s" (trunc (int (sub .maxLength 9)) .name | trimSuffix "-") (sha256sum .name | trunc 8) -}}
{{- else -}}
{{- .name -}}
{{- end -}}
{{- end -}}

{{/*
model-server.truncate63: a name truncated to 63 characters, the limit of most objects.
Takes the name.
*/}}
{{- define "model-server.truncate63" -}}
{{- include "model-server.truncate" (dict "name" . "maxLength" 63) -}}
{{- end -}}

{{/*
model-server.name: the value of the label app.kubernetes.io/name.
*/}}
{{- define "model-server.name" -}}
{{- include "model-server.truncate63" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
model-server.fullname: the full name, the prefix of all object names of a release.
*/}}
{{- define "model-server.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- include "model-server.truncate63" .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- include "model-server.truncate63" .Release.Name -}}
{{- else -}}
{{- include "model-server.truncate63" (printf "%s-%s" .Release.Name $name) -}}
{{- end -}}
{{- end -}}

{{/*
model-server.fullnameWithSuffix: the full name with a suffix.
Takes a dict of context and suffix.
*/}}
{{- define "model-server.fullnameWithSuffix" -}}
{{- include "model-server.truncate63" (printf "%s-%s" (include "model-server.fullname" .context) .suffix) -}}
{{- end -}}

{{/*
model-server.namespace: the namespace of all objects.
*/}}
{{- define "model-server.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
model-server.serviceFQDN: the fully qualified DNS name of a Service in the release's namespace.
Takes a dict of context and service.
*/}}
{{- define "model-server.serviceFQDN" -}}
{{- printf "%s.%s.svc.%s" .service (include "model-server.namespace" .context) .context.Values.clusterDomain -}}
{{- end -}}

{{/*
model-server.imageReference: [registry/]repository with the digest, or with the tag if there is no digest.
Takes a dict of context, image and tag, the default for an image without a tag.
*/}}
{{- define "model-server.imageReference" -}}
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
model-server.imagePullSecrets: the chart's and the global pull secrets without duplicates. The kubelet also uses them for image
volumes.
*/}}
{{- define "model-server.imagePullSecrets" -}}
{{- with concat .Values.imagePullSecrets (default (list) (.Values.global).imagePullSecrets) | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.nodeScheduling: the priority, the scheduler and the nodes of pods.
Takes a dict of values, which may have priorityClassName, nodeSelector and tolerations, and schedulerName.
*/}}
{{- define "model-server.nodeScheduling" -}}
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
model-server.dnsEgress: the egress rule for DNS. The address of the cluster's DNS server is unknown, so it allows any.
*/}}
{{- define "model-server.dnsEgress" -}}
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
model-server.patchedPodSpec: the spec of a pod, with the user's patch merged over it.
Takes a dict of context, spec (as YAML) and patch.
*/}}
{{- define "model-server.patchedPodSpec" -}}
{{- if .patch -}}
{{- $spec := fromYaml .spec -}}
{{- $patch := include "model-server.tplRender" (dict "value" .patch "context" .context) | fromYaml -}}
{{- include "model-server.mergePatch" (dict "base" $spec "patch" $patch) -}}
{{- toYaml $spec -}}
{{- else -}}
{{- .spec -}}
{{- end -}}
{{- end -}}

{{/*
model-server.podSecurityContext: podSecurityContext with the IDs of the image, without those that are null, and without any if
fixedIds is false.
Takes a dict of context and ids, a map of the IDs that apply unless podSecurityContext has the same key.
*/}}
{{- define "model-server.podSecurityContext" -}}
{{- $result := dict -}}
{{- range $key, $id := .ids }}{{ $_ := set $result $key $id }}{{ end -}}
{{- range $key, $value := .context.Values.podSecurityContext }}{{ $_ := set $result $key $value }}{{ end -}}
{{- range $key := list "runAsUser" "runAsGroup" "fsGroup" -}}
{{- if or (not $.context.Values.fixedIds) (kindIs "invalid" (get $result $key)) }}{{ $_ := unset $result $key }}{{ end -}}
{{- end -}}
{{- with $result }}{{ toYaml . }}{{ end -}}
{{- end -}}

{{/*
model-server.intOrString: a number as an integer, because Helm holds numbers as floats and would render 1e+06; a string
unchanged.
*/}}
{{- define "model-server.intOrString" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ int64 . }}{{ end -}}
{{- end -}}

{{/*
model-server.tplRender: renders a value that may contain template syntax.
Takes a dict of value and context.
*/}}
{{- define "model-server.tplRender" -}}
{{- tpl (toYaml .value) .context -}}
{{- end -}}

{{/*
model-server.milliseconds: a duration such as 30s, 1.5s, 500ms or 1h30m, in milliseconds, rounded down.
Takes the string.
*/}}
{{- define "model-server.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9.]+(ms|[smhdwy])" . -1 -}}
{{- $sum = addf $sum (mulf (regexFind "^[0-9.]+" . | float64) (get $units (regexFind "[a-z]+$" .))) -}}
{{- end -}}
{{- floor $sum | int64 -}}
{{- end -}}

{{/*
model-server.isRegex: whether a text is a regular expression of Go, which Prometheus and Alertmanager use.
Takes the text.
*/}}
{{- define "model-server.isRegex" -}}
{{- /* With an empty alternative, each valid expression matches "". */ -}}
{{- if regexMatch (printf "^(?s:%s)$|" .) "" -}}
true
{{- end -}}
{{- end -}}

{{/*
model-server.withDefaults: the items of a list with defaults. Those that the API server adds inside a list of a custom resource
would look like drift to Argo CD.
Takes a dict of items and defaults. Defaults of a nested map, or of a list of maps, apply only where an item has it.
*/}}
{{- define "model-server.withDefaults" -}}
{{- range .items }}
{{- $item := deepCopy . }}
{{- include "model-server.addDefaults" (dict "into" $item "defaults" $.defaults) }}
- {{ toYaml $item | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{/*
model-server.addDefaults: adds defaults to a map in place.
Takes a dict of into and defaults.
*/}}
{{- define "model-server.addDefaults" -}}
{{- range $key, $default := .defaults -}}
{{- $part := get $.into $key -}}
{{- if kindIs "map" $default -}}
{{- range ternary $part (list $part) (kindIs "slice" $part) -}}
{{- if kindIs "map" . -}}
{{- include "model-server.addDefaults" (dict "into" . "defaults" $default) -}}
{{- end -}}
{{- end -}}
{{- else if not (hasKey $.into $key) -}}
{{- $_ := set $.into $key $default -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
model-server.parentRefs: the parents of an HTTPRoute, by default Gateways.
Takes a list of ParentReference.
*/}}
{{- define "model-server.parentRefs" -}}
{{- include "model-server.withDefaults" (dict "items" . "defaults" (dict "group" "gateway.networking.k8s.io" "kind" "Gateway")) -}}
{{- end -}}

{{/*
model-server.mergePatch: applies a JSON merge patch (RFC 7396) to a map in place. Maps are merged, null removes a key, and every
other value replaces the old one, so a list replaces the whole list.
Takes a dict of base and patch.
*/}}
{{- define "model-server.mergePatch" -}}
{{- range $key, $value := .patch -}}
{{- if kindIs "invalid" $value -}}
{{- $_ := unset $.base $key -}}
{{- else if kindIs "map" $value -}}
{{- $inner := ternary (get $.base $key) (dict) (kindIs "map" (get $.base $key)) -}}
{{- include "model-server.mergePatch" (dict "base" $inner "patch" $value) -}}
{{- $_ := set $.base $key $inner -}}
{{- else -}}
{{- $_ := set $.base $key $value -}}
{{- end -}}
{{- end -}}
{{- end -}}
