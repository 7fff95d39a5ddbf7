{{/*
Names. Parent charts may call these helpers to refer to the objects of a release.
*/}}

{{/*
model-server.workloadName: the name of a version's Deployment and of the objects that belong to it.
*/}}
{{- define "model-server.workloadName" -}}
{{- if .version -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" .version) -}}
{{- else -}}
{{- include "model-server.fullname" . -}}
{{- end -}}
{{- end -}}

{{/*
model-server.nginxName: the name of the nginx objects.
*/}}
{{- define "model-server.nginxName" -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" "nginx") -}}
{{- end -}}

{{/*
model-server.podsServiceName: the name of the headless Service, whose DNS name resolves to the pods.
*/}}
{{- define "model-server.podsServiceName" -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" "pods") -}}
{{- end -}}

{{/*
model-server.metricsServiceName: the name of the Service that the ServiceMonitor selects.
*/}}
{{- define "model-server.metricsServiceName" -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" "metrics") -}}
{{- end -}}

{{/*
model-server.frontendServiceName: the name of the Service that clients call.
*/}}
{{- define "model-server.frontendServiceName" -}}
{{- if .Values.nginx.enabled -}}
{{- include "model-server.nginxName" . -}}
{{- else -}}
{{- include "model-server.fullname" . -}}
{{- end -}}
{{- end -}}

{{/*
model-server.testName: the name of the test objects.
*/}}
{{- define "model-server.testName" -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" "test") -}}
{{- end -}}

{{/*
model-server.serviceAccountName: the name of the created or the existing ServiceAccount, or "default".
*/}}
{{- define "model-server.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "model-server.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/*
model-server.secretName: the name of the existing or the created Secret; empty if there is none.
*/}}
{{- define "model-server.secretName" -}}
{{- if .Values.secret.existingSecret -}}
{{- .Values.secret.existingSecret -}}
{{- else if .Values.secret.create -}}
{{- include "model-server.fullname" . -}}
{{- end -}}
{{- end -}}
