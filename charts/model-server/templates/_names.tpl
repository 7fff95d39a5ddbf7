{{/*
Names of objects. Every one is a legal DNS label of at most 63 characters.
*/}}

{{/*
model-server.shorten: a name cut to 63 characters. A cut name ends in a digest of the whole, so that two long names stay two.
Takes the name.
*/}}
{{- define "model-server.shorten" -}}
{{- if gt (len .) 63 -}}
{{- printf "%s-%s" (trunc 54 . | trimSuffix "-") (sha256sum . | trunc 8) -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end -}}

{{/*
model-server.name: what runs; the label app.kubernetes.io/name.
*/}}
{{- define "model-server.name" -}}
{{- include "model-server.shorten" (default .Chart.Name .Values.nameOverride) -}}
{{- end -}}

{{/*
model-server.fullname: the name of all objects of a release that there is one of.
*/}}
{{- define "model-server.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- include "model-server.shorten" .Values.fullnameOverride -}}
{{- else if contains $name .Release.Name -}}
{{- include "model-server.shorten" .Release.Name -}}
{{- else -}}
{{- include "model-server.shorten" (printf "%s-%s" .Release.Name $name) -}}
{{- end -}}
{{- end -}}

{{/*
model-server.testName: the name of the test's pod, and what runs in it.
*/}}
{{- define "model-server.testName" -}}
{{- include "model-server.shorten" (printf "%s-test" (include "model-server.fullname" .)) -}}
{{- end -}}

{{/*
model-server.namespace: the one place that decides the namespace.
*/}}
{{- define "model-server.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride -}}
{{- end -}}

{{/*
model-server.serviceAccountName: the created one, the given one, or "default".
*/}}
{{- define "model-server.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "model-server.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/*
model-server.secretName: the existing or the created Secret; empty if there is none.
*/}}
{{- define "model-server.secretName" -}}
{{- if .Values.secret.existingSecret -}}
{{- .Values.secret.existingSecret -}}
{{- else if .Values.secret.create -}}
{{- include "model-server.fullname" . -}}
{{- end -}}
{{- end -}}
