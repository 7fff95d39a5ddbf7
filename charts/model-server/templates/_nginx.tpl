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
model-server.nginxPodTemplate: the pod template of nginx. It has the servers' ServiceAccount and its own scheduling,
because it needs none of their accelerators.
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
  {{- include "model-server.podIdentity" . | nindent 2 }}
  terminationGracePeriodSeconds: {{ add $nginx.drainSeconds $nginx.timeouts.readSeconds 5 }}
  containers:
    - name: nginx
      image: {{ include "model-server.imageReference" (dict "context" . "image" $nginx.image "tag" "") | quote }}
      imagePullPolicy: {{ $nginx.image.pullPolicy }}
      # The entrypoint of the image writes to the configuration directory, which is read-only.
      command: ["nginx", "-g", "daemon off;"]
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
        {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with .Values.securityContext }}
      securityContext:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: config
          mountPath: /etc/nginx/nginx.conf
          subPath: nginx.conf
          readOnly: true
        - name: tmp
          mountPath: /tmp
  volumes:
    - name: config
      configMap:
        name: {{ include "model-server.nginxName" . | quote }}
    - name: tmp
      emptyDir:
        sizeLimit: {{ toJson $nginx.tmpSizeLimit }}
  {{- with include "model-server.podDNS" . | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with include "model-server.nodeScheduling" (dict "values" $nginx "schedulerName" .Values.schedulerName) | trim }}
  {{- . | nindent 2 }}
  {{- end }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "model-server.nginxSelectorLabels" . | nindent 10 }}
{{- end -}}
