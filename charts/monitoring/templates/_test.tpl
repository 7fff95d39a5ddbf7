{{/*
Test of the release: checks whether Prometheus is ready.
*/}}

{{/*
monitoring.testPod: the spec of the test pod, with the user's patch.
Takes a scope.
*/}}
{{- define "monitoring.testPod" -}}
{{- include "monitoring.patchedPodSpec" (dict "context" .context "spec" (include "monitoring.testPodSpec" .) "patch" .context.Values.tests.podSpec) -}}
{{- end -}}

{{/*
monitoring.testPodSpec: the spec of the test pod, before the user's patch.
Takes a scope.
*/}}
{{- define "monitoring.testPodSpec" -}}
{{- $prometheus := .context.Values.prometheus -}}
{{- /* A Service refuses connections until the node knows its endpoints, so the kubelet restarts the container for a while. */ -}}
restartPolicy: OnFailure
activeDeadlineSeconds: 120
automountServiceAccountToken: false
enableServiceLinks: false
{{- with include "monitoring.imagePullSecrets" .context }}
{{ . }}
{{- end }}
securityContext:
  {{- $own := dict "runAsUser" 65534 "runAsGroup" 65534 "fsGroup" 65534 }}
  {{- include "monitoring.podSecurityContext" (dict "context" .context "ids" $own) | nindent 2 }}
containers:
  - name: test
    {{- include "monitoring.containerImage" (dict "context" .context "image" $prometheus.image) | nindent 4 }}
    command: [promtool]
    args:
      - check
      - ready
      {{- if $prometheus.auth.existingSecret }}
      - --http.config.file=/etc/prometheus/config/client.yml
      {{- end }}
      - --url=http://{{ include "monitoring.componentName" (dict "context" .context "component" "prometheus") }}:{{ int64 $prometheus.service.port }}
    {{- include "monitoring.containerSettings" (dict "context" .context "resources" (dict "requests" (dict "cpu" "10m" "memory" "32Mi") "limits" (dict "memory" "128Mi"))) | trim | nindent 4 }}
    {{- if $prometheus.auth.existingSecret }}
    volumeMounts:
      - name: config
        mountPath: /etc/prometheus/config
        readOnly: true
      - name: login
        mountPath: /etc/prometheus/login
        readOnly: true
    {{- end }}
{{- if $prometheus.auth.existingSecret }}
volumes:
  - name: config
    configMap:
      name: {{ include "monitoring.componentName" (dict "context" .context "component" "prometheus") | quote }}
  {{- include "monitoring.credentialsVolume" (dict "name" "login" "auth" $prometheus.auth) | nindent 2 }}
{{- end }}
{{- end -}}
