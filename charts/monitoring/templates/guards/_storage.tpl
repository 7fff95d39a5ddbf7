{{/*
Guards for the volumes of the components.
*/}}

{{- define "monitoring.guardStorage" -}}
{{- $users := dict }}
{{- range $name := list "prometheus" "alertmanager" "grafana" }}
{{- $component := get $.Values $name }}
{{- $storage := $component.persistence }}
{{- with $storage.existingClaim }}
{{- if not $storage.enabled }}
- {{ $name }}.persistence.existingClaim: is {{ . | quote }}, but {{ $name }}.persistence.enabled is false. Set {{ $name }}.persistence.enabled to true, or remove {{ $name }}.persistence.existingClaim.
{{- end }}
{{- if gt (int64 (default 1 $component.replicaCount)) 1 }}
- {{ $name }}.persistence.existingClaim: is {{ . | quote }}, but {{ $name }}.replicaCount is {{ int64 $component.replicaCount }}, and replicas cannot share a volume. Set {{ $name }}.replicaCount to 1, or remove {{ $name }}.persistence.existingClaim.
{{- end }}
{{- if hasKey $users . }}
- {{ $name }}.persistence.existingClaim: {{ . | quote }} is also the claim of {{ get $users . }}. Use another claim.
{{- end }}
{{- $_ := set $users . $name }}
{{- range $key := list "storageClassName" "selector" "labels" "annotations" }}
{{- if get $storage $key }}
- {{ $name }}.persistence.{{ $key }}: has no effect on the existing claim {{ $storage.existingClaim | quote }}. Remove it, or remove {{ $name }}.persistence.existingClaim.
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}
