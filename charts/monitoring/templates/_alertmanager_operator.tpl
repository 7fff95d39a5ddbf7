{{/*
The receivers and routes as a custom resource of the Prometheus operator.
*/}}

{{/*
monitoring.alertmanagerConfigSpec: the spec of an AlertmanagerConfig.
*/}}
{{- define "monitoring.alertmanagerConfigSpec" -}}
{{- $alertmanager := .Values.alertmanager -}}
route:
  receiver: {{ default (include "monitoring.nullReceiver" .) $alertmanager.route.receiver | quote }}
  groupBy: {{ toJson $alertmanager.route.groupBy }}
  groupWait: {{ toYaml $alertmanager.route.groupWait }}
  groupInterval: {{ $alertmanager.route.groupInterval }}
  repeatInterval: {{ $alertmanager.route.repeatInterval }}
  routes:
    - receiver: {{ default (include "monitoring.nullReceiver" .) $alertmanager.deadMansSwitchReceiver | quote }}
      matchers:
        - {name: alertname, value: Watchdog, matchType: "="}
      groupInterval: 1m
      repeatInterval: 1m
    {{- with $alertmanager.routes }}
    {{- include "monitoring.routes" (dict "routes" . "operator" true) | trim | nindent 4 }}
    {{- end }}
inhibitRules:
  - sourceMatch:
      - {name: severity, value: critical, matchType: "="}
    targetMatch:
      - {name: severity, value: warning|info, matchType: "=~"}
    equal: [alertname, namespace, model, node, pod]
  - sourceMatch:
      - {name: alertname, value: NodeNotReady, matchType: "="}
    targetMatch:
      - {name: alertname, value: PodNotReady|ModelNotLoaded|TargetDown|ExporterMissing, matchType: "=~"}
    equal: [node]
  {{- range $alertmanager.inhibitRules }}
  - sourceMatch:
      {{- include "monitoring.alertmanagerConfigMatchers" .sourceMatchers | trim | nindent 6 }}
    targetMatch:
      {{- include "monitoring.alertmanagerConfigMatchers" .targetMatchers | trim | nindent 6 }}
    {{- with .equal }}
    equal: {{ toJson . }}
    {{- end }}
  {{- end }}
{{- with include "monitoring.timeIntervals" (dict "context" . "operator" true) }}
muteTimeIntervals:
  {{- trim . | nindent 2 }}
{{- end }}
receivers:
  {{- include "monitoring.receivers" (dict "context" . "operator" true) | nindent 2 }}
{{- end -}}
