{{/*
Shared helpers that this chart uses. Generated from charttool/helpers: change them there,
and run `python -m charttool generate`.
*/}}

{{/*
model-server.releaseSelectorLabels: everything of a release, for its life.
*/}}
{{- define "model-server.releaseSelectorLabels" -}}
app.kubernetes.io/name: {{ include "model-server.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/*
model-server.releaseLabels: what every object says of the release that it belongs to, less its name. A new chart
version changes them, so no pod has them.
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
model-server.labels: the labels of every object but the pods.
*/}}
{{- define "model-server.labels" -}}
{{ include "model-server.releaseSelectorLabels" . }}
{{ include "model-server.releaseLabels" . }}
{{- end -}}

{{/*
model-server.truncate: a name of at most so many characters. A cut name ends in a digest of the whole, so that two long
names stay two.
Takes a dict of name and most.
*/}}
{{- define "model-server.truncate" -}}
{{- if gt (len .name) .most -}}
{{- printf "%s-%s" (trunc (int (sub .most 9)) .name | trimSuffix "-") (sha256sum .name | trunc 8) -}}
{{- else -}}
{{- .name -}}
{{- end -}}
{{- end -}}

{{/*
model-server.truncate63: a name cut to the 63 characters of most objects.
Takes the name.
*/}}
{{- define "model-server.truncate63" -}}
{{- include "model-server.truncate" (dict "name" . "most" 63) -}}
{{- end -}}

{{/*
model-server.name: what it is; the label app.kubernetes.io/name.
*/}}
{{- define "model-server.name" -}}
{{- include "model-server.truncate63" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
model-server.fullname: the name of all objects of a release that there is one of, and the beginning of the others'.
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
model-server.fullnameWithSuffix: the full name with something behind it, for what there is more than one of.
Takes a dict of context and suffix.
*/}}
{{- define "model-server.fullnameWithSuffix" -}}
{{- include "model-server.truncate63" (printf "%s-%s" (include "model-server.fullname" .context) .suffix) -}}
{{- end -}}

{{/*
model-server.namespace: the one place that decides the namespace.
*/}}
{{- define "model-server.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
model-server.serviceFQDN: the whole name of a Service of the release's namespace: short ones mean something else in each.
Takes a dict of context and service.
*/}}
{{- define "model-server.serviceFQDN" -}}
{{- printf "%s.%s.svc.%s" .service (include "model-server.namespace" .context) .context.Values.clusterDomain -}}
{{- end -}}

{{/*
model-server.imageReference: [registry/]repository and the digest, or the tag where there is no digest.
Takes a dict of context, image and tag, the one to take where the image names none.
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
model-server.imagePullSecrets: the chart's and the umbrella's, each once. The kubelet uses them for image volumes,
too.
*/}}
{{- define "model-server.imagePullSecrets" -}}
{{- with concat .Values.imagePullSecrets (default (list) (.Values.global).imagePullSecrets) | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
model-server.nodeScheduling: the nodes that pods may run on.
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
model-server.dnsEgress: names, at whatever address the cluster's resolver has.
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
model-server.intOrString: a number without a point, for Helm holds numbers as floats and would write 1e+06; a text
as it is.
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
