{{/*
Guards for Grafana, its dashboards and the adapter.
*/}}

{{- define "monitoring.guardGrafana" -}}
{{- with .Values.grafana.oidc }}
{{- if .enabled }}
{{- range $key := list "clientId" "authUrl" "tokenUrl" }}
{{- if not (get $.Values.grafana.oidc $key) }}
- grafana.oidc.{{ $key }}: is required if grafana.oidc.enabled is true. Set it to the value from the identity provider.
{{- end }}
{{- end }}
{{- if not .clientSecret.name }}
- grafana.oidc.clientSecret.name: is required if grafana.oidc.enabled is true. Put the client secret into a Secret and name it here.
{{- end }}
{{- end }}
{{- end }}
{{- range .Values.grafana.extraEnv }}
{{- if or (hasPrefix "GF_PATHS_" .name) (has .name (list "GF_SERVER_HTTP_PORT" "GF_SERVER_PROTOCOL")) }}
- grafana.extraEnv: {{ .name }} would override a setting on which the chart depends. Remove it.
{{- else if hasPrefix "GF_SECURITY_ADMIN_" .name }}
- grafana.extraEnv: {{ .name }} would override the account of grafana.admin. Remove it, and set grafana.admin.existingSecret instead.
{{- end }}
{{- end }}
{{- if and .Values.grafana.plugins (hasKey (default dict .Values.grafana.config.plugins) "preinstall") }}
- grafana.config.plugins.preinstall: would override grafana.plugins. Remove one of them.
{{- end }}
{{- range include "monitoring.inlineSecrets" .Values.grafana.config | fromJsonArray }}
- grafana.config: {{ . }} is in plain text, visible to every user who can read the ConfigMap. Put it into a Secret, list the Secret in grafana.secrets, and use $__file{/etc/grafana-secrets/NAME/KEY}.
{{- end }}
{{- range $section, $settings := .Values.grafana.config }}
{{- range $key, $value := $settings }}
{{- if regexMatch "://[^/@: ]+:[^/@ ]+@" (toString $value) }}
- grafana.config.{{ $section }}.{{ $key }}: contains a password in plain text, visible to every user who can read the ConfigMap. Put the URL into a Secret, list the Secret in grafana.secrets, and use $__file{/etc/grafana-secrets/NAME/KEY}.
{{- end }}
{{- end }}
{{- end }}
{{- $anonymous := default dict (get .Values.grafana.config "auth.anonymous") }}
{{- if and (eq (toString $anonymous.enabled) "true") (ne (default "Viewer" $anonymous.org_role) "Viewer") }}
- grafana.config.auth.anonymous.org_role: is {{ $anonymous.org_role | quote }}, which gives this role to every client that reaches the Service. Set it to "Viewer", or remove it.
{{- end }}
{{- $used := dict "uid" (list "1/prometheus" "1/alertmanager") "name" (list "1/Prometheus" "1/Alertmanager") "isDefault" list }}
{{- range $number, $source := .Values.grafana.extraDataSources }}
{{- $organization := default 1 .orgId | int64 }}
{{- range $field := list "uid" "name" }}
{{- $identity := printf "%d/%s" $organization (get $source $field) }}
{{- if has $identity (get $used $field) }}
- grafana.extraDataSources[{{ $number }}].{{ $field }}: the {{ $field }} {{ get $source $field | quote }} is already in use. Change the {{ $field }}.
{{- end }}
{{- $_ := set $used $field (append (get $used $field) $identity) }}
{{- end }}
{{- if .isDefault }}
{{- if has $organization $used.isDefault }}
- grafana.extraDataSources[{{ $number }}].isDefault: is true, but another additional data source is already the default. Set it to false in all but one of them.
{{- end }}
{{- $_ := set $used "isDefault" (append $used.isDefault $organization) }}
{{- end }}
{{- range $key, $value := .secureJsonData }}
{{- if not (contains "$__file{" (toString $value)) }}
- grafana.extraDataSources[{{ $number }}].secureJsonData.{{ $key }}: is in plain text, visible to every user who can read the ConfigMap. Put it into a Secret, list the Secret in grafana.secrets, and use $__file{/etc/grafana-secrets/NAME/KEY}.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "monitoring.guardDashboards" -}}
{{- if and .Values.dashboards.extra (not .Values.dashboards.enabled) }}
- dashboards.extra: is set, but dashboards.enabled is false. Set dashboards.enabled to true, or remove the extra dashboards.
{{- end }}
{{- $uids := dict }}
{{- $titles := dict }}
{{- if .Values.dashboards.extra }}
{{- range $path, $_ := .Files.Glob "files/dashboards/*.json" }}
{{- $dashboard := fromJson ($.Files.Get $path) }}
{{- $_ := set $uids $dashboard.uid (base $path) }}
{{- $_ := set $titles $dashboard.title (base $path) }}
{{- end }}
{{- end }}
{{- range $name, $text := .Values.dashboards.extra }}
{{- if $.Files.Get (printf "files/dashboards/%s.json" $name) }}
- dashboards.extra.{{ $name }}: the chart already has a dashboard of this name. Rename it.
{{- end }}
{{- $dashboard := fromJson $text }}
{{- if or (hasKey $dashboard "Error") (not $dashboard.uid) }}
- dashboards.extra.{{ $name }}: is not the JSON of a dashboard with a uid. Export the dashboard from Grafana: Share, Export, Save to file.
{{- else if $dashboard.__inputs }}
{{- $inputs := list }}
{{- range $dashboard.__inputs }}
{{- $inputs = append $inputs .name }}
{{- end }}
- dashboards.extra.{{ $name }}: was exported for sharing, and Grafana does not fill in its inputs {{ join ", " $inputs }} when it loads a file, so its panels would find no data source. Export it again without "Export for sharing externally", or replace the inputs with the uid of a data source, such as "prometheus", and remove __inputs.
{{- else if hasKey $uids $dashboard.uid }}
- dashboards.extra.{{ $name }}: has the same uid as {{ get $uids $dashboard.uid }}, {{ $dashboard.uid | quote }}. Change the uid.
{{- else if and $dashboard.title (hasKey $titles $dashboard.title) }}
- dashboards.extra.{{ $name }}: has the same title as {{ get $titles $dashboard.title }}, {{ $dashboard.title | quote }}, so Grafana would stop updating all dashboards of the folder. Change the title.
{{- else }}
{{- $_ := set $uids $dashboard.uid (printf "dashboards.extra.%s" $name) }}
{{- $_ := set $titles (default "" $dashboard.title) (printf "dashboards.extra.%s" $name) }}
{{- end }}
{{- end }}
{{- if gt (len (toJson .Values.dashboards.extra)) 600000 }}
- dashboards.extra: has {{ len (toJson .Values.dashboards.extra) }} bytes, but a Helm release must fit into a Secret of 1,048,576. Remove panels, or put the dashboards into separate ConfigMaps with the labels of dashboards.labels.
{{- end }}
{{- end -}}

{{- define "monitoring.guardAdapter" -}}
{{- with .Values.adapter }}
{{- if and .enabled $.Values.prometheus.auth.existingSecret }}
- adapter.enabled: is true, but prometheus.auth.existingSecret is set, and the adapter cannot authenticate. Authenticate in a proxy in front of Prometheus instead, or scale with KEDA, which can authenticate.
{{- end }}
{{- if ne (empty .tls.existingSecret) (empty .tls.caBundle) }}
- adapter.tls: {{ ternary "caBundle is set, but existingSecret is not" "existingSecret is set, but caBundle is not" (empty .tls.existingSecret) }}. Set both, or neither.
{{- end }}
{{- end }}
{{- end -}}
