{{/*
Configuration of Alertmanager. Secrets are read from files, so that no ConfigMap and no command line contains them.
*/}}

{{/*
monitoring.alertmanagerConfig: alertmanager.yml.
*/}}
{{- define "monitoring.alertmanagerConfig" -}}
{{- $alertmanager := .Values.alertmanager -}}
route:
  receiver: {{ default (include "monitoring.nullReceiver" .) $alertmanager.route.receiver | quote }}
  group_by: {{ toJson $alertmanager.route.groupBy }}
  group_wait: {{ toYaml $alertmanager.route.groupWait }}
  group_interval: {{ $alertmanager.route.groupInterval }}
  repeat_interval: {{ $alertmanager.route.repeatInterval }}
  routes:
    # Watchdog always fires: a dead man's switch raises an alarm when it stops.
    - receiver: {{ default (include "monitoring.nullReceiver" .) $alertmanager.deadMansSwitchReceiver | quote }}
      matchers: ['alertname = "Watchdog"']
      group_wait: 0s
      group_interval: 1m
      repeat_interval: 1m
    {{- with $alertmanager.routes }}
    {{- include "monitoring.routes" (dict "routes" . "operator" false) | trim | nindent 4 }}
    {{- end }}
inhibit_rules:
  {{- include "monitoring.inhibitRules" . | nindent 2 }}
  {{- range $alertmanager.inhibitRules }}
  - source_matchers: {{ toJson .sourceMatchers }}
    target_matchers: {{ toJson .targetMatchers }}
    {{- with .equal }}
    equal: {{ toJson . }}
    {{- end }}
  {{- end }}
{{- with include "monitoring.timeIntervals" (dict "context" . "operator" false) }}
time_intervals:
  {{- trim . | nindent 2 }}
{{- end }}
templates:
  - /etc/alertmanager/config/*.tmpl
receivers:
  {{- include "monitoring.receivers" (dict "context" . "operator" false) | nindent 2 }}
{{- end -}}

{{/*
monitoring.nullReceiver: the name of the receiver without integrations.
*/}}
{{- define "monitoring.nullReceiver" -}}
nobody
{{- end -}}

{{/*
monitoring.inhibitRules: inhibition rules: alerts that a more severe alert makes redundant.
*/}}
{{- define "monitoring.inhibitRules" -}}
- source_matchers: ['severity = "critical"']
  target_matchers: ['severity =~ "warning|info"']
  equal: [alertname, namespace, model, node, pod]
# A node that is not ready explains the alerts on its pods.
- source_matchers: ['alertname = "NodeNotReady"']
  target_matchers: ['alertname =~ "PodNotReady|ModelNotLoaded|TargetDown|ExporterMissing"']
  equal: [node]
{{- end -}}

{{/*
monitoring.alertmanagerFlags: the command line of Alertmanager.
*/}}
{{- define "monitoring.alertmanagerFlags" -}}
{{- $scope := dict "context" . "component" "alertmanager" -}}
{{- with .Values.alertmanager -}}
- --config.file=/etc/alertmanager/config/alertmanager.yml
- --storage.path=/alertmanager
- --web.listen-address=:9093
{{- if .externalUrl }}
- {{ printf "--web.external-url=%s" .externalUrl | quote }}
- --web.route-prefix=/
{{- end }}
{{- if .auth.existingSecret }}
- --web.config.file=/etc/alertmanager/login/web.yml
{{- end }}
{{- if gt (int64 .replicaCount) 1 }}
- --cluster.listen-address=0.0.0.0:9094
{{- range $number, $_ := until (int .replicaCount) }}
- --cluster.peer={{ include "monitoring.componentName" $scope }}-{{ $number }}.{{ include "monitoring.peersServiceName" $ }}:9094
{{- end }}
{{- else }}
- --cluster.listen-address=
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.peersServiceName: the headless Service through which the replicas of Alertmanager find each other.
*/}}
{{- define "monitoring.peersServiceName" -}}
{{- include "monitoring.fullnameWithSuffix" (dict "context" . "suffix" "alertmanager-peers") -}}
{{- end -}}
