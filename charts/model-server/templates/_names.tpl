{{/*
Names. Other charts may call these helpers to name what belongs to a release of this one.
*/}}

{{/*
model-server.workloadName: the name of a version's Deployment and of what belongs to it.
*/}}
{{- define "model-server.workloadName" -}}
{{- if .version -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" .version) -}}
{{- else -}}
{{- include "model-server.fullname" . -}}
{{- end -}}
{{- end -}}

{{/*
model-server.nginxName: the name of the load balancer in front, and what runs in it.
*/}}
{{- define "model-server.nginxName" -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" "nginx") -}}
{{- end -}}

{{/*
model-server.podsServiceName: the Service without an address, whose DNS name lists the pods.
*/}}
{{- define "model-server.podsServiceName" -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" "pods") -}}
{{- end -}}

{{/*
model-server.metricsServiceName: the Service that a ServiceMonitor needs.
*/}}
{{- define "model-server.metricsServiceName" -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" "metrics") -}}
{{- end -}}

{{/*
model-server.frontendServiceName: the Service that clients are to call.
*/}}
{{- define "model-server.frontendServiceName" -}}
{{- if .Values.nginx.enabled -}}
{{- include "model-server.nginxName" . -}}
{{- else -}}
{{- include "model-server.fullname" . -}}
{{- end -}}
{{- end -}}

{{/*
model-server.testName: the name of the test, and what runs in it.
*/}}
{{- define "model-server.testName" -}}
{{- include "model-server.fullnameWithSuffix" (dict "context" . "suffix" "test") -}}
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
