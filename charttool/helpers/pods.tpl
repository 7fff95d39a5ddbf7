{{/*
CHART.imageReference: [registry/]repository with the digest, or with the tag if there is no digest.
Takes a dict of context, image and tag, the default for an image without a tag.
*/}}
{{- define "CHART.imageReference" -}}
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
CHART.imagePullSecrets: the chart's and the global pull secrets without duplicates. The kubelet also uses them for image
volumes.
*/}}
{{- define "CHART.imagePullSecrets" -}}
{{- with concat .Values.imagePullSecrets (default (list) (.Values.global).imagePullSecrets) | uniq -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/*
CHART.nodeScheduling: the priority, the scheduler and the nodes of pods.
Takes a dict of values, which may have priorityClassName, nodeSelector and tolerations, and schedulerName.
*/}}
{{- define "CHART.nodeScheduling" -}}
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
CHART.dnsEgress: the egress rule for DNS. The address of the cluster's DNS server is unknown, so it allows any.
*/}}
{{- define "CHART.dnsEgress" -}}
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
CHART.patchedPodSpec: the spec of a pod, with the user's patch merged over it.
Takes a dict of context, spec (as YAML) and patch.
*/}}
{{- define "CHART.patchedPodSpec" -}}
{{- if .patch -}}
{{- $spec := fromYaml .spec -}}
{{- $patch := include "CHART.tplRender" (dict "value" .patch "context" .context) | fromYaml -}}
{{- include "CHART.mergePatch" (dict "base" $spec "patch" $patch) -}}
{{- toYaml $spec -}}
{{- else -}}
{{- .spec -}}
{{- end -}}
{{- end -}}

{{/*
CHART.podSecurityContext: podSecurityContext with the IDs of the image, without those that are null, and without any if
fixedIds is false.
Takes a dict of context and ids, a map of the IDs that apply unless podSecurityContext has the same key.
*/}}
{{- define "CHART.podSecurityContext" -}}
{{- $result := dict -}}
{{- range $key, $id := .ids }}{{ $_ := set $result $key $id }}{{ end -}}
{{- range $key, $value := .context.Values.podSecurityContext }}{{ $_ := set $result $key $value }}{{ end -}}
{{- range $key := list "runAsUser" "runAsGroup" "fsGroup" -}}
{{- if or (not $.context.Values.fixedIds) (kindIs "invalid" (get $result $key)) }}{{ $_ := unset $result $key }}{{ end -}}
{{- end -}}
{{- with $result }}{{ toYaml . }}{{ end -}}
{{- end -}}
