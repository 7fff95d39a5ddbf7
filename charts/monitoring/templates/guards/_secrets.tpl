{{/*
Guards for secrets in plain text.
*/}}

{{/*
monitoring.inlineSecrets: a list of the keys that contain a secret in plain text.
Takes any value.
*/}}
{{- define "monitoring.inlineSecrets" -}}
{{- $found := list -}}
{{- range regexFindAll "(?m)^[- ]*[a-z_]*(password|credentials|bearer_token|client_secret|secret_key|secureJsonData|secret|token): *[^ \n].*$" (toYaml .) -1 -}}
{{- if not (contains "$__file{" .) -}}
{{- $found = append $found (regexFind "[a-zA-Z_]+" .) -}}
{{- end -}}
{{- end -}}
{{- $found | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/*
monitoring.inlineSecretHeaders: a list of the HTTP headers that contain a secret in plain text.
Takes an entry of remote_write or scrape_configs.
*/}}
{{- define "monitoring.inlineSecretHeaders" -}}
{{- $found := list -}}
{{- range $name, $_ := default dict .headers -}}
{{- if regexMatch "(?i)auth|token|key|secret|cookie" $name -}}
{{- $found = append $found $name -}}
{{- end -}}
{{- end -}}
{{- range $name, $given := default dict .http_headers -}}
{{- if or $given.secrets (and $given.values (regexMatch "(?i)auth|token|key|secret|cookie" $name)) -}}
{{- $found = append $found $name -}}
{{- end -}}
{{- end -}}
{{- $found | uniq | sortAlpha | toJson -}}
{{- end -}}

{{/*
monitoring.guardPrometheusSecrets: secrets in plain text in a part of prometheus.yml, with a remedy that Prometheus
knows: not every field has one that reads a file.
Takes a dict of context, key and entries.
*/}}
{{- define "monitoring.guardPrometheusSecrets" -}}
{{- $key := .key }}
{{- range $number, $entry := .entries }}
{{- range $name := include "monitoring.inlineSecretHeaders" . | fromJsonArray }}
- prometheus.{{ $key }}[{{ $number }}]: the header {{ $name }} is in plain text, visible to every user who can read the ConfigMap. Put it into a Secret, list the Secret in prometheus.secrets, and use http_headers.{{ $name }}.files.
{{- end }}
{{- end }}
{{- $found := dict }}
{{- include "monitoring.addSecretFields" (dict "into" $found "value" .entries "parent" $key) }}
{{- range $path, $field := $found }}
{{- $parent := trimSuffix (printf ".%s" $field) $path }}
{{- with include "monitoring.secretRemedy" (dict "parent" $parent "field" $field) }}
- prometheus.{{ $key }}: {{ $path }} is in plain text, visible to every user who can read the ConfigMap, and Prometheus reads it from no file. {{ . }}
{{- else }}
- prometheus.{{ $key }}: {{ $field }} is in plain text, visible to every user who can read the ConfigMap. Put it into a Secret, list the Secret in prometheus.secrets, and use {{ $field }}_file.
{{- end }}
{{- end }}
{{- range regexFindAll "/etc/prometheus/secrets/[^/\"\n ]+" (toYaml .entries) -1 | uniq }}
{{- if not (has (base .) $.context.Values.prometheus.secrets) }}
- prometheus.{{ $key }}: {{ . }} is a file of the Secret {{ base . | quote }}, which prometheus.secrets does not list. Add it there.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.addSecretFields: adds the fields that contain a secret in plain text to a map, by PARENT.FIELD.
Takes a dict of into, value and parent, the name of the map that contains the value.
*/}}
{{- define "monitoring.addSecretFields" -}}
{{- if kindIs "map" .value -}}
{{- range $name, $value := .value -}}
{{- if kindIs "string" $value -}}
{{- if and $value (or (regexMatch "^([a-z_]*_)?(password|passphrase|credentials|token|secret|secret_key|consumer_key|service_account_key|private_key|certificate_key)$" $name) (and (eq $name "key") (eq $.parent "tls_config"))) -}}
{{- $_ := set $.into (printf "%s.%s" $.parent $name) $name -}}
{{- end -}}
{{- else if not (has $name (list "labels" "params" "headers" "http_headers")) -}}
{{- include "monitoring.addSecretFields" (dict "into" $.into "value" $value "parent" $name) -}}
{{- end -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range .value -}}
{{- include "monitoring.addSecretFields" (dict "into" $.into "value" . "parent" $.parent) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.secretRemedy: what to do about a field that Prometheus reads from no file, or nothing for other fields.
Takes a dict of parent and field.
*/}}
{{- define "monitoring.secretRemedy" -}}
{{- $files := dict "basic_auth" "password" "authorization" "credentials" "oauth2" "client_secret client_certificate_key" "tls_config" "key" "scaleway_sd_configs" "secret_key" "marathon_sd_configs" "auth_token" -}}
{{- $field := .field -}}
{{- $inFile := has $field (splitList " " (default "" (get $files .parent))) -}}
{{- if or $inFile (eq $field "bearer_token") -}}
{{- else if has .parent (list "sigv4" "aws_sd_configs" "ec2_sd_configs" "ecs_sd_configs" "lightsail_sd_configs" "msk_sd_configs" "rds_sd_configs" "elasticache_sd_configs") -}}
Remove access_key and secret_key, and give the pods an AWS identity: set prometheus.serviceAccount.annotations for an IAM role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY from a Secret in prometheus.extraEnv.
{{- else if has .parent (list "oauth" "certificate") -}}
Use azuread.workload_identity, with prometheus.serviceAccount.annotations and prometheus.podLabels for the identity, or azuread.sdk, with AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET from a Secret in prometheus.extraEnv.
{{- else if eq .parent "azure_sd_configs" -}}
Remove it, set authentication_method to SDK, and set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET from a Secret in prometheus.extraEnv.
{{- else if has .parent (list "consul_sd_configs" "consul") -}}
Remove it, and use authorization.credentials_file or basic_auth.password_file.
{{- else -}}
Use http_sd_configs in its place, with a service that holds the secret and returns the targets.
{{- end -}}
{{- end -}}
