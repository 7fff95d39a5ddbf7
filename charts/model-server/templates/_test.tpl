{{/*
The test of a release, which `helm test` or Argo CD runs.
*/}}

{{/*
model-server.testPod: the spec of a pod that calls the Service like a client, with the user's patch.
*/}}
{{- define "model-server.testPod" -}}
{{- include "model-server.patchedPodSpec" (dict "context" . "spec" (include "model-server.testPodSpec" .) "patch" .Values.tests.podSpec) -}}
{{- end -}}

{{/*
model-server.testPodSpec: the spec of that pod, before the user's patch.
*/}}
{{- define "model-server.testPodSpec" -}}
{{- $tests := .Values.tests -}}
restartPolicy: Never
{{ include "model-server.podIdentity" (dict "context" . "token" false) }}
{{- with $tests.initContainers }}
initContainers:
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
containers:
  - name: test
    image: {{ include "model-server.image" . | quote }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    command: ["python3", "-c"]
    args:
      - |
        {{- .Files.Get "files/smoke_test.py" | trim | nindent 8 }}
    env:
      - name: SERVICE_HOST
        value: {{ printf "%s.%s" (include "model-server.frontendServiceName" .) (include "model-server.namespace" .) | quote }}
      - name: SERVICE_PORT
        value: {{ int64 (ternary .Values.nginx.service.port .Values.service.port .Values.nginx.enabled) | quote }}
      - name: INPUT_DATA
        value: {{ toJson $tests.inputData | quote }}
      - name: TIMEOUT_SECONDS
        value: {{ int64 $tests.timeoutSeconds | quote }}
      {{- with $tests.extraEnv }}
      {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 6 }}
      {{- end }}
    {{- with $tests.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .Values.securityContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with $tests.extraVolumeMounts }}
    volumeMounts:
      {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 6 }}
    {{- end }}
{{- with $tests.extraVolumes }}
volumes:
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
{{- with include "model-server.nodeScheduling" (dict "values" .Values "schedulerName" .Values.schedulerName) | trim }}
{{ . }}
{{- end }}
{{- end -}}
