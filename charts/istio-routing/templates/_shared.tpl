{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
istio-routing.releaseSelectorLabels: the labels that select all objects of a release, which never change.
*/}}
{{- define "istio-routing.releaseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "istio-routing.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
istio-routing.releaseLabels: the common labels without the selector labels. They change with the chart version, so no pod has
them.
*/}}
{{- define "istio-routing.releaseLabels" -}}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
app.kubernetes.io/part-of: model-serving
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/*
istio-routing.labels: the labels of every object except pods.
*/}}
{{- define "istio-routing.labels" -}}
{{ include "istio-routing.releaseSelectorLabels" . }}
{{ include "istio-routing.releaseLabels" . }}
{{- end -}}

{{/*
istio-routing.annotations: the annotations of an object, and those of all objects.
Takes a dict of context and, optionally, annotations.
*/}}
{{- define "istio-routing.annotations" -}}
{{- with merge (dict) (default (dict) .annotations) .context.Values.commonAnnotations -}}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
istio-routing.truncate: a name of limited length. A truncated name ends in a digest of the complete name, so that names with the
same beginning stay distinct.
Takes a dict of name and maxLength, the maximum number of characters.
*/}}
{{- define "istio-routing.truncate" -}}
{{- if gt (len .name) .maxLength -}}
{{- printf "%s-%s" (trunc (int (sub .maxLength 9)) .name | trimSuffix "-") (sha256sum .name | trunc 8) -}}
{{- else -}}
{{- .name -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.truncate63: a name truncated to 63 characters, the limit of most objects.
Takes the name.
*/}}
{{- define "istio-routing.truncate63" -}}
{{- include "istio-routing.truncate" (dict "name" . "maxLength" 63) -}}
{{- end -}}

{{/*
istio-routing.name: the value of the label app.kubernetes.io/name.
*/}}
{{- define "istio-routing.name" -}}
{{- include "istio-routing.truncate63" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
istio-routing.fullnameWithSuffix: the full name with a suffix.
Takes a dict of context and suffix.
*/}}
{{- define "istio-routing.fullnameWithSuffix" -}}
{{- include "istio-routing.truncate63" (printf "%s-%s" (include "istio-routing.fullname" .context) .suffix) -}}
{{- end -}}

{{/*
istio-routing.namespace: the namespace of all objects.
*/}}
{{- define "istio-routing.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
istio-routing.serviceFQDN: the fully qualified DNS name of a Service in the release's namespace.
Takes a dict of context and service.
*/}}
{{- define "istio-routing.serviceFQDN" -}}
{{- printf "%s.%s.svc.%s" .service (include "istio-routing.namespace" .context) .context.Values.clusterDomain -}}
{{- end -}}

{{/*
istio-routing.intOrString: a number as an integer, because Helm holds numbers as floats and would render 1e+06; a string
unchanged.
*/}}
{{- define "istio-routing.intOrString" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ int64 . }}{{ end -}}
{{- end -}}

{{/*
istio-routing.milliseconds: a duration such as 30s, 1.5s, 500ms or 1h30m, in milliseconds, rounded down.
Takes the string.
*/}}
{{- define "istio-routing.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 "y" 31536000000 -}}
{{- $sum := 0 -}}
{{- range regexFindAll "[0-9.]+(ms|[smhdwy])" . -1 -}}
{{- $sum = addf $sum (mulf (regexFind "^[0-9.]+" . | float64) (get $units (regexFind "[a-z]+$" .))) -}}
{{- end -}}
{{- floor $sum | int64 -}}
{{- end -}}

{{/*
istio-routing.withDefaults: the items of a list with defaults. Those that the API server adds inside a list of a custom resource
would look like drift to Argo CD.
Takes a dict of items and defaults. Defaults of a nested map, or of a list of maps, apply only where an item has it.
*/}}
{{- define "istio-routing.withDefaults" -}}
{{- range .items }}
{{- $item := deepCopy . }}
{{- include "istio-routing.addDefaults" (dict "into" $item "defaults" $.defaults) }}
- {{ toYaml $item | nindent 2 | trim }}
{{- end }}
{{- end -}}

{{/*
istio-routing.addDefaults: adds defaults to a map in place.
Takes a dict of into and defaults.
*/}}
{{- define "istio-routing.addDefaults" -}}
{{- range $key, $default := .defaults -}}
{{- $part := get $.into $key -}}
{{- if kindIs "map" $default -}}
{{- range ternary $part (list $part) (kindIs "slice" $part) -}}
{{- if kindIs "map" . -}}
{{- include "istio-routing.addDefaults" (dict "into" . "defaults" $default) -}}
{{- end -}}
{{- end -}}
{{- else if not (hasKey $.into $key) -}}
{{- $_ := set $.into $key $default -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
istio-routing.parentRefs: the parents of an HTTPRoute, by default Gateways.
Takes a list of ParentReference.
*/}}
{{- define "istio-routing.parentRefs" -}}
{{- include "istio-routing.withDefaults" (dict "items" . "defaults" (dict "group" "gateway.networking.k8s.io" "kind" "Gateway")) -}}
{{- end -}}
