{{/*
Warnings about valid values with surprising consequences. NOTES.txt prints them.
*/}}

{{/*
model-server.warnings: all warnings without duplicates, even if they concern several versions.
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
model.source.image.reference {{ .image.reference }} has no digest: if its tag moves, pods can serve different models. Append the digest of the image, @sha256:….
{{- end }}
{{- if and (eq .type "download") .download.allowHttp }}
model.source.download.allowHttp is true: the digest protects the model from tampering, but the download is not encrypted.
{{- end }}
{{- end }}
{{- include "model-server.sidecarWarning" (dict "context" . "pods" "the pods" "key" "egress" "labels" (merge (dict) .Values.podLabels .Values.commonLabels)) }}
{{- if eq (include "model-server.minReplicas" .) "1" }}
{{ include "model-server.workloadName" . }} may run a single replica: requests fail while its pod is moved or restarted.
{{- end }}
{{- end -}}

{{/*
model-server.sidecarWarning: pods with an Istio sidecar that their NetworkPolicy separates from istiod.
Takes a dict of context, pods (their name in the message), key (of the egress rules below networkPolicy) and labels (of
the pods).
*/}}
{{- define "model-server.sidecarWarning" -}}
{{- $rules := get .context.Values.networkPolicy .key | toJson }}
{{- if and .context.Values.networkPolicy.enabled (eq (get .labels "sidecar.istio.io/inject") "true") (not .context.Values.networkPolicy.istioNamespace) (not (contains "15012" $rules)) (not (contains "istio-system" $rules)) }}
{{ .pods }} get an Istio sidecar, but networkPolicy.{{ .key }} does not let it reach istiod: if NetworkPolicies are enforced, it gets no certificate and no pod becomes ready. Set networkPolicy.istioNamespace to the namespace of istiod.
{{- end }}
{{- end -}}

{{- define "model-server.releaseWarnings" -}}
{{- if .Values.nginx.enabled }}
{{- include "model-server.sidecarWarning" (dict "context" . "pods" "the nginx pods" "key" "nginxEgress" "labels" (merge (dict) .Values.nginx.podLabels .Values.commonLabels)) }}
{{- end }}
{{- if .Values.keepUnversioned }}
keepUnversioned is true: {{ include "model-server.fullname" . }} still runs alongside the versions. Set it to false when they are ready.
{{- end }}
{{- if and .Values.versions (not .Values.service.version) }}
requests to {{ include "model-server.fullname" . }} are spread over all versions, in proportion to their replicas. Set service.version to one of them, or split the traffic with a mesh.
{{- end }}
{{- if and (eq .Values.service.ipFamilyPolicy "PreferDualStack") (not (contains ":" .Values.server.host)) }}
service.ipFamilyPolicy is "PreferDualStack", but server.host is {{ .Values.server.host | quote }}: in a cluster with IPv6, requests over IPv6 fail. Set server.host to "::".
{{- end }}
{{- if .Values.secret.create }}
the data of secret.stringData is stored in the Helm release, where every user who can read the release can read it. Use secret.existingSecret instead.
{{- end }}
{{- end -}}
