{{/*
Guards for entries of lists that must differ.
*/}}

{{/*
model-server.guardLists: lists of the pods of one version.
*/}}
{{- define "model-server.guardLists" -}}
{{- include "model-server.guardPodLists" (dict "context" . "at" .at "values" .Values) }}
{{- end -}}

{{/*
model-server.guardReleaseLists: lists that all versions share.
*/}}
{{- define "model-server.guardReleaseLists" -}}
{{- include "model-server.guardPodLists" (dict "context" . "at" "nginx." "values" .Values.nginx) }}
{{- include "model-server.guardPodLists" (dict "context" . "at" "tests." "values" .Values.tests) }}
{{- end -}}
