{{/*
The test of a release, which `helm test` or Argo CD runs.
*/}}

{{/*
model-server.testPodSpec: a pod that calls the Service like a client.
*/}}
{{- define "model-server.testPodSpec" -}}
restartPolicy: Never
{{ include "model-server.podIdentity" . }}
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
        value: {{ toJson .Values.tests.inputData | quote }}
      - name: TIMEOUT_SECONDS
        value: {{ int64 .Values.tests.timeoutSeconds | quote }}
    resources:
      requests:
        cpu: 50m
        memory: 64Mi
      limits:
        memory: 128Mi
    {{- with .Values.securityContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
{{- with include "model-server.nodeScheduling" (dict "values" .Values "schedulerName" .Values.schedulerName) | trim }}
{{ . }}
{{- end }}
{{- end -}}
