{{/*
Warnings: what works, and may surprise. Shown by NOTES.txt.
*/}}

{{/*
model-server.warnings: each once, however many versions it is about.
*/}}
{{- define "model-server.warnings" -}}
{{- $versions := dict -}}
{{- include "model-server.versionContexts" (dict "context" $ "into" $versions) -}}
{{- $lines := splitList "\n" (include "model-server.releaseWarnings" .) -}}
{{- range $versions.all -}}
{{- $lines = concat $lines (splitList "\n" (include "model-server.versionWarnings" .)) -}}
{{- end -}}
{{- range $lines | uniq | compact }}
WARNING: {{ . }}
{{- end }}
{{- end -}}

{{- define "model-server.versionWarnings" -}}
{{- with .Values.model.source }}
{{- if and (eq .type "image") (not (contains "@sha256:" .image.reference)) }}
model.source.image.reference {{ .image.reference }} names no digest. If somebody moves the tag, two pods may serve two models. Append @sha256:… of the image.
{{- end }}
{{- if and (eq .type "download") .download.allowHttp }}
model.source.download.allowHttp is true: the digest protects the model from changes, but whoever is on the way reads it.
{{- end }}
{{- end }}
{{- include "model-server.sidecarWarning" (dict "context" . "pods" "the pods" "key" "egress" "labels" (merge (dict) .Values.podLabels .Values.commonLabels)) }}
{{- if eq (include "model-server.minReplicas" .) "1" }}
{{ include "model-server.workloadName" . }} may have a single pod. While it is moved or restarted, nobody answers.
{{- end }}
{{- end -}}

{{/*
model-server.sidecarWarning: pods with a sidecar that their policy keeps from istiod. Takes context, pods (what to call them),
key (of the policy's rules, below networkPolicy) and labels (of the pods).
*/}}
{{- define "model-server.sidecarWarning" -}}
{{- $rules := get .context.Values.networkPolicy .key | toJson }}
{{- if and .context.Values.networkPolicy.enabled (eq (get .labels "sidecar.istio.io/inject") "true") (not (contains "15012" $rules)) (not (contains "istio-system" $rules)) }}
{{ .pods }} get a sidecar, and networkPolicy.{{ .key }} does not let it reach istiod: where policies are enforced it gets no certificate, and no pod gets ready. Add port 15012 of the namespace istio-system.
{{- end }}
{{- end -}}

{{- define "model-server.releaseWarnings" -}}
{{- if .Values.nginx.enabled }}
{{- include "model-server.sidecarWarning" (dict "context" . "pods" "nginx' pods" "key" "nginxEgress" "labels" .Values.commonLabels) }}
{{- end }}
{{- if .Values.keepUnversioned }}
keepUnversioned is true: {{ include "model-server.fullname" . }} still serves beside the versions. When they are ready, set it to false.
{{- end }}
{{- if and .Values.versions (not .Values.service.version) }}
requests to {{ include "model-server.fullname" . }} go to all versions, to each by its number of pods. Set service.version to one of them, or split them by a mesh.
{{- end }}
{{- if and (eq .Values.service.ipFamilyPolicy "PreferDualStack") (not (contains ":" .Values.server.host)) }}
service.ipFamilyPolicy is "PreferDualStack" and server.host {{ .Values.server.host | quote }}: where the cluster has IPv6, nobody answers there. Set server.host to "::".
{{- end }}
{{- if .Values.secret.create }}
the values of secret.stringData are kept in the release, for whoever may read it. secret.existingSecret keeps them out.
{{- end }}
{{- end -}}
