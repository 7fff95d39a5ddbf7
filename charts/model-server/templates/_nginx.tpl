{{/*
The load balancer in front: nginx, which knows every pod by itself and so can choose the one with the fewest requests.
*/}}

{{/*
model-server.nginxConfig: files/nginx.conf with the release's values in it.
*/}}
{{- define "model-server.nginxConfig" -}}
{{- tpl (.Files.Get "files/nginx.conf") . | trim -}}
{{- end -}}

{{/*
model-server.nginxUpstream: the name and port that stand for all pods that are ready.
*/}}
{{- define "model-server.nginxUpstream" -}}
{{- include "model-server.podsServiceName" . -}}.{{- include "model-server.namespace" . -}}.svc.{{- .Values.clusterDomain -}}:{{- (include "model-server.ports" . | fromYaml).http -}}
{{- end -}}

{{/*
model-server.nginxMaxBodyBytes: the largest body. What the server refuses is refused here already; its own default is 16 MiB.
*/}}
{{- define "model-server.nginxMaxBodyBytes" -}}
{{- int64 (default 16777216 .Values.server.maxBodyBytes) -}}
{{- end -}}

{{/*
model-server.nginxPodTemplate: one nginx. It has the servers' identity, and a place of its own: it needs none of their accelerators.
*/}}
{{- define "model-server.nginxPodTemplate" -}}
{{- $nginx := .Values.nginx -}}
metadata:
  labels:
    {{- include "model-server.nginxSelectorLabels" . | nindent 4 }}
    {{- with .Values.commonLabels }}
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
      # The image's own start script would write to its configuration, which cannot be written to.
      command: ["nginx", "-g", "daemon off;"]
      ports:
        - name: http
          containerPort: 8080
          protocol: TCP
        - name: http-health
          containerPort: 8081
          protocol: TCP
      # The cluster learns first that the pod leaves; only then does nginx get its signal and end what it has begun.
      lifecycle:
        preStop:
          sleep:
            seconds: {{ int64 $nginx.drainSeconds }}
      # It is of use once it has found a server; later it stays, to say in JSON that there is none.
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
