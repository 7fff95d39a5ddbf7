{{/*
nginx as a load balancer. It resolves the pods itself, so that it can choose the one with the fewest active connections.
*/}}

{{/*
model-server.nginxConfig: files/nginx.conf, rendered with the values of the release.
*/}}
{{- define "model-server.nginxConfig" -}}
{{- tpl (.Files.Get "files/nginx.conf") . | trim -}}
{{- end -}}

{{/*
model-server.nginxUpstream: the DNS name and port of the ready pods.
*/}}
{{- define "model-server.nginxUpstream" -}}
{{- include "model-server.podsServiceName" . -}}.{{- include "model-server.namespace" . -}}.svc.{{- .Values.clusterDomain -}}:{{- (include "model-server.ports" . | fromYaml).http -}}
{{- end -}}

{{/*
model-server.nginxMaxBodyBytes: the maximum body size. nginx rejects what the server would reject; the server's default
is 16 MiB.
*/}}
{{- define "model-server.nginxMaxBodyBytes" -}}
{{- int64 (default 16777216 .Values.server.maxBodyBytes) -}}
{{- end -}}

{{/*
model-server.nginxPodTemplate: the pod template of nginx.
*/}}
{{- define "model-server.nginxPodTemplate" -}}
{{- $nginx := .Values.nginx -}}
metadata:
  labels:
    {{- include "model-server.nginxSelectorLabels" . | nindent 4 }}
    {{- with merge (dict) $nginx.podLabels .Values.commonLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    checksum/config: {{ include "model-server.nginxConfig" . | sha256sum }}
    {{- with $nginx.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "model-server.patchedPodSpec" (dict "context" . "spec" (include "model-server.nginxPodSpec" .) "patch" $nginx.podSpec) | nindent 2 }}
{{- end -}}

{{/*
model-server.nginxPodSpec: the spec of the nginx pods, before the user's patch. It has the servers' ServiceAccount and its
own scheduling, because nginx needs none of their accelerators.
*/}}
{{- define "model-server.nginxPodSpec" -}}
{{- $nginx := .Values.nginx -}}
{{ include "model-server.podIdentity" (dict "context" . "token" false) }}
terminationGracePeriodSeconds: {{ add $nginx.drainSeconds $nginx.timeouts.readSeconds 5 }}
{{- with $nginx.initContainers }}
initContainers:
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
{{- end }}
containers:
  - name: nginx
    image: {{ include "model-server.imageReference" (dict "context" . "image" $nginx.image "tag" "") | quote }}
    imagePullPolicy: {{ $nginx.image.pullPolicy }}
    # The entrypoint of the image writes to the configuration directory, which is read-only.
    command: ["nginx", "-g", "daemon off;"]
    {{- with include "model-server.extraEnv" (dict "context" . "values" $nginx) | trim }}
    {{- . | nindent 4 }}
    {{- end }}
    ports:
      - name: http
        containerPort: 8080
        protocol: TCP
      - name: http-health
        containerPort: 8081
        protocol: TCP
    # nginx gets SIGTERM, and completes in-flight requests, only after load balancers have removed the pod.
    lifecycle:
      preStop:
        sleep:
          seconds: {{ int64 $nginx.drainSeconds }}
    # nginx starts to serve when it has resolved a server; later it stays up to report in JSON that there is none.
    startupProbe:
      httpGet:
        path: /startz
        port: http-health
      periodSeconds: 2
      timeoutSeconds: 3
      failureThreshold: {{ div (include "model-server.progressDeadlineSeconds" . | int64) 2 }}
    livenessProbe:
      httpGet: &health
        path: /healthz
        port: http-health
      periodSeconds: 10
      timeoutSeconds: 5
      failureThreshold: 6
    readinessProbe:
      httpGet: *health
      periodSeconds: 5
      timeoutSeconds: 3
      failureThreshold: 2
    {{- with $nginx.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    {{- with .Values.securityContext }}
    securityContext:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    volumeMounts:
      - name: config
        mountPath: /etc/nginx/nginx.conf
        subPath: nginx.conf
        readOnly: true
      - name: tmp
        mountPath: /tmp
      {{- with $nginx.extraVolumeMounts }}
      {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 6 }}
      {{- end }}
  {{- with $nginx.sidecars }}
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
volumes:
  - name: config
    configMap:
      name: {{ include "model-server.nginxName" . | quote }}
  - name: tmp
    emptyDir:
      sizeLimit: {{ toJson $nginx.tmpSizeLimit }}
  {{- with $nginx.extraVolumes }}
  {{- include "model-server.tplRender" (dict "value" . "context" $) | nindent 2 }}
  {{- end }}
{{- with include "model-server.podDNS" . | trim }}
{{ . }}
{{- end }}
{{- with include "model-server.scheduling" (dict "context" . "values" $nginx "selectorLabels" (include "model-server.nginxSelectorLabels" .)) | trim }}
{{ . }}
{{- end }}
{{- end -}}
