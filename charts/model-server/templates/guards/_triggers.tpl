{{/*
model-server.guardTriggerMetadata: parameters of KEDA's triggers that its operator refuses, so that it would not scale. Its
admission webhook accepts them.
*/}}
{{- define "model-server.guardTriggerMetadata" -}}
{{- $at := .at -}}
{{- range $index, $trigger := .Values.keda.triggers }}
{{- $metadata := $trigger.metadata }}
{{- if eq $trigger.type "cron" }}
{{- if eq (get $metadata "desiredReplicas") "0" }}
- {{ $at }}keda.triggers[{{ $index }}].metadata.desiredReplicas: must not be "0", which KEDA refuses. Set it to 1 or more, start and end to the time in which pods run, and keda.minReplicaCount to 0.
{{- end }}
{{- if and $metadata.start (eq $metadata.start $metadata.end) }}
- {{ $at }}keda.triggers[{{ $index }}].metadata.end: equals start, which KEDA refuses. Set it to the end of the time in which pods run.
{{- end }}
{{- else if and (eq $trigger.type "prometheus") $metadata.authModes (not $trigger.authenticationRef) }}
- {{ $at }}keda.triggers[{{ $index }}].authenticationRef: is required by metadata.authModes, because KEDA reads credentials from a TriggerAuthentication only. Set its name, or remove metadata.authModes.
{{- end }}
{{- end }}
{{- end -}}
