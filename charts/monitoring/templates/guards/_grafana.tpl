{{/*
Guards over Grafana and what it shows.
*/}}

{{- define "monitoring.guardGrafana" -}}
{{- with .Values.grafana.oidc }}
{{- if .enabled }}
{{- range $key := list "clientId" "authUrl" "tokenUrl" }}
{{- if not (get $.Values.grafana.oidc $key) }}
- grafana.oidc.{{ $key }}: it is empty, and grafana.oidc.enabled is true. The provider tells it.
{{- end }}
{{- end }}
{{- if not .clientSecret.name }}
- grafana.oidc.clientSecret.name: it is empty, and grafana.oidc.enabled is true. Put the client's secret into a Secret and name it.
{{- end }}
{{- end }}
{{- end }}
{{- range include "monitoring.inlineSecrets" .Values.grafana.config | fromJsonArray }}
- grafana.config: {{ . }} is in plain, for whoever may read the ConfigMap. Put it into a Secret, name that in grafana.secrets, and write $__file{/etc/grafana-secrets/NAME/KEY}.
{{- end }}
{{- range $section, $settings := .Values.grafana.config }}
{{- range $key, $value := $settings }}
{{- if regexMatch "://[^/@: ]+:[^/@ ]+@" (toString $value) }}
- grafana.config.{{ $section }}.{{ $key }}: a password is part of the address, in plain, for whoever may read the ConfigMap. Put the address into a Secret, name that in grafana.secrets, and write $__file{/etc/grafana-secrets/NAME/KEY}.
{{- end }}
{{- end }}
{{- end }}
{{- $anonymous := default dict (get .Values.grafana.config "auth.anonymous") }}
{{- if and (eq (toString $anonymous.enabled) "true") (ne (default "Viewer" $anonymous.org_role) "Viewer") }}
- grafana.config.auth.anonymous.org_role: it is {{ $anonymous.org_role | quote }}, for whoever reaches the Service. Set it to "Viewer", or take it out.
{{- end }}
{{- $uids := list "prometheus" "alertmanager" }}
{{- range $number, $source := .Values.grafana.extraDataSources }}
{{- if has .uid $uids }}
- grafana.extraDataSources[{{ $number }}].uid: there is another data source with the uid {{ .uid | quote }}. Give it another.
{{- end }}
{{- $uids = append $uids .uid }}
{{- range $key, $value := .secureJsonData }}
{{- if not (contains "$__file{" (toString $value)) }}
- grafana.extraDataSources[{{ $number }}].secureJsonData.{{ $key }}: it is in plain, for whoever may read the ConfigMap. Put it into a Secret, name that in grafana.secrets, and write $__file{/etc/grafana-secrets/NAME/KEY}.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "monitoring.guardDashboards" -}}
{{- if and .Values.dashboards.extra (not .Values.dashboards.enabled) }}
- dashboards.extra: it is set, and dashboards.enabled is false, so nobody would see them. Set it to true, or take them out.
{{- end }}
{{- $uids := dict }}
{{- if .Values.dashboards.extra }}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
{{- $_ := set $uids (fromJson ($.Files.Get $path)).uid (base $path) }}
{{- end }}
{{- end }}
{{- range $name, $text := .Values.dashboards.extra }}
{{- if $.Files.Get (printf "files/dashboards/%s.json" $name) }}
- dashboards.extra.{{ $name }}: the chart has a dashboard of that name. Give it another.
{{- end }}
{{- $dashboard := fromJson $text }}
{{- if or (hasKey $dashboard "Error") (not $dashboard.uid) }}
- dashboards.extra.{{ $name }}: it is not the JSON of a dashboard with a uid. Export it from Grafana: Share, Export, Save to file.
{{- else if hasKey $uids $dashboard.uid }}
- dashboards.extra.{{ $name }}: {{ get $uids $dashboard.uid }} has the uid {{ $dashboard.uid | quote }} as well. Give it another.
{{- else }}
{{- $_ := set $uids $dashboard.uid (printf "dashboards.extra.%s" $name) }}
{{- end }}
{{- end }}
{{- if gt (len (toJson .Values.dashboards.extra)) 600000 }}
- dashboards.extra: it has {{ len (toJson .Values.dashboards.extra) }} bytes, and Helm keeps a release in one Secret of 1,048,576. Take panels out, or put dashboards into ConfigMaps of their own with the label of dashboards.labels.
{{- end }}
{{- end -}}

{{- define "monitoring.guardAdapter" -}}
{{- with .Values.adapter }}
{{- if and .enabled $.Values.prometheus.auth.existingSecret }}
- adapter.enabled: it is true, and prometheus.auth.existingSecret is set: the adapter cannot log in. Leave the login to what is in front of Prometheus, or scale by KEDA, which can.
{{- end }}
{{- if ne (empty .tls.existingSecret) (empty .tls.caBundle) }}
- adapter.tls: {{ ternary "caBundle is set, and existingSecret is not" "existingSecret is set, and caBundle is not" (empty .tls.existingSecret) }}. Set both, or neither.
{{- end }}
{{- end }}
{{- end -}}
