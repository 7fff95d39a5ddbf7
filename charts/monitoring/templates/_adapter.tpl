{{/*
Configuration of prometheus-adapter.
*/}}

{{/*
monitoring.adapterConfig: the metrics that the adapter serves and their queries.
*/}}
{{- define "monitoring.adapterConfig" -}}
{{- $rules := (.Files.Get "files/adapter-rules.yaml" | fromYaml).rules -}}
{{- dict "rules" (concat $rules .Values.adapter.extraRules) | toYaml -}}
{{- end -}}

{{/*
monitoring.adapterFlags: the command line of the adapter.
*/}}
{{- define "monitoring.adapterFlags" -}}
- --config=/etc/adapter/config.yaml
- --prometheus-url=http://{{ include "monitoring.serviceHost" (dict "context" . "component" "prometheus") }}:{{ int64 .Values.prometheus.service.port }}/
- --metrics-relist-interval={{ .Values.adapter.relistInterval }}
- --secure-port=6443
{{- if .Values.adapter.tls.existingSecret }}
- --tls-cert-file=/etc/adapter-tls/tls.crt
- --tls-private-key-file=/etc/adapter-tls/tls.key
{{- else }}
- --cert-dir=/tmp/certificate
{{- end }}
{{- end -}}

{{/*
monitoring.adapterPod: the pod template of prometheus-adapter.
*/}}
{{- define "monitoring.adapterPod" -}}
{{- $checksums := dict "checksum/config" (include "monitoring.adapterConfig" . | sha256sum) -}}
{{- $scope := dict "context" . "component" "adapter" "values" .Values.adapter "user" 65534 "checksums" $checksums -}}
{{- $container := include "monitoring.adapterContainer" $scope -}}
{{- $volumes := include "monitoring.adapterVolumes" $scope -}}
{{- include "monitoring.podTemplate" (merge (dict "container" $container "volumes" $volumes) $scope) -}}
{{- end -}}

{{/*
monitoring.adapterContainer: the container of prometheus-adapter.
Takes a scope.
*/}}
{{- define "monitoring.adapterContainer" -}}
name: adapter
{{ include "monitoring.containerImage" (dict "context" .context "image" .values.image) }}
args:
  {{- include "monitoring.adapterFlags" .context | nindent 2 }}
  {{- with include "monitoring.extraArgs" . }}
  {{- . | nindent 2 }}
  {{- end }}
{{- include "monitoring.environment" . }}
ports:
  - name: https
    containerPort: 6443
    protocol: TCP
livenessProbe:
  httpGet: {path: /livez, port: https, scheme: HTTPS}
  initialDelaySeconds: 5
  periodSeconds: 15
  timeoutSeconds: 10
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: https, scheme: HTTPS}
  periodSeconds: 5
  timeoutSeconds: 4
{{ include "monitoring.containerSettings" (dict "context" .context "resources" .values.resources) | trim }}
{{- include "monitoring.volumeMounts" (merge (dict "mounts" (include "monitoring.adapterMounts" .)) .) }}
{{- end -}}

{{/*
monitoring.adapterMounts: the chart's volume mounts of this container.
Takes a scope.
*/}}
{{- define "monitoring.adapterMounts" -}}
- name: config
  mountPath: /etc/adapter
  readOnly: true
- name: tmp
  mountPath: /tmp
{{- if .values.tls.existingSecret }}
- name: tls
  mountPath: /etc/adapter-tls
  readOnly: true
{{- end }}
{{- end -}}

{{/*
monitoring.adapterVolumes: the chart's volumes of these pods.
Takes a scope.
*/}}
{{- define "monitoring.adapterVolumes" -}}
- name: config
  configMap:
    name: {{ include "monitoring.componentName" . | quote }}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- include "monitoring.credentialsVolume" (dict "name" "tls" "auth" .values.tls) }}
{{- end -}}
