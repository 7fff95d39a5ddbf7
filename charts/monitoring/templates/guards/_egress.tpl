{{/*
Guards for destinations that the NetworkPolicies would block.
*/}}

{{/*
monitoring.addDestination: adds a destination to a map from keys to dicts of host and port. It ignores values that are
not a destination, or that tpl renders.
Takes a dict of into, key, address, a URL or host:port, and port, the default for host:port.
*/}}
{{- define "monitoring.addDestination" -}}
{{- $scheme := regexFind "^[a-z0-9]+://" .address -}}
{{- $authority := regexReplaceAll "^([^@/]*@)?([^/?#]*).*$" (trimPrefix $scheme .address) "${2}" -}}
{{- $port := regexFind ":[0-9]+$" $authority -}}
{{- $host := trimSuffix $port $authority -}}
{{- $known := dict "http://" "80" "https://" "443" "socks5://" "1080" "postgres://" "5432" "mysql://" "3306" -}}
{{- $port = default (default (default "" .port) (get $known $scheme)) (trimPrefix ":" $port) -}}
{{- if and $host $port (not (contains "{{" .address)) -}}
{{- $_ := set .into .key (dict "host" $host "port" $port) -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.isInCluster: whether a host is a Service: a name without a dot, of the form NAME.NAMESPACE, or below svc.
Takes the host.
*/}}
{{- define "monitoring.isInCluster" -}}
{{- if regexMatch "^[a-z0-9-]+(\\.[a-z0-9-]*[a-z-][a-z0-9-]*)?$|\\.svc(\\.|$)" . -}}
true
{{- end -}}
{{- end -}}

{{/*
monitoring.egressAllows: whether egress rules allow a destination, as far as its address is known. The port of a Service
can differ from that of its pods, which the rules are about.
Takes a dict of rules and destination.
*/}}
{{- define "monitoring.egressAllows" -}}
{{- $inside := include "monitoring.isInCluster" .destination.host -}}
{{- $port := .destination.port -}}
{{- range .rules -}}
{{- $blocks := empty .to -}}
{{- $pods := false -}}
{{- range .to -}}
{{- $blocks = or $blocks (hasKey . "ipBlock") -}}
{{- $pods = or $pods (hasKey . "podSelector") (hasKey . "namespaceSelector") -}}
{{- end -}}
{{- if and $inside $pods -}}
true
{{- else if or $blocks $inside -}}
{{- if not .ports -}}
true
{{- end -}}
{{- range .ports -}}
{{- if and (eq (default "TCP" .protocol) "TCP") (or (not .port) (eq (toString .port) $port) (and .endPort (le (int64 .port) (int64 $port)) (ge (int64 .endPort) (int64 $port)))) -}}
true
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.guardEgress: destinations that the NetworkPolicies would block.
*/}}
{{- define "monitoring.guardEgress" -}}
{{- if and .Values.networkPolicy.enabled (include "monitoring.isStandalone" .) }}
{{- include "monitoring.guardDestinations" (dict "destinations" (include "monitoring.receiverDestinations" . | fromYaml) "rules" .Values.alertmanager.egress "name" "alertmanager.egress") }}
{{- with include "monitoring.prometheusDestinations" . | fromYaml }}
{{- $ports := list (dict "port" 10250) }}
{{- range $.Values.networkPolicy.apiServerPorts }}
{{- $ports = append $ports (dict "port" .) }}
{{- end }}
{{- if $.Values.nodeExporter.hostNetwork }}
{{- $ports = append $ports (dict "port" $.Values.nodeExporter.port) }}
{{- end }}
{{- $rules := concat (list (dict "to" (list (dict "namespaceSelector" (dict)))) (dict "ports" $ports)) $.Values.networkPolicy.egress }}
{{- include "monitoring.guardDestinations" (dict "destinations" . "rules" $rules "name" "networkPolicy.egress") }}
{{- end }}
{{- if .Values.grafana.enabled }}
{{- include "monitoring.guardDestinations" (dict "destinations" (include "monitoring.grafanaDestinations" . | fromYaml) "rules" .Values.grafana.egress "name" "grafana.egress") }}
{{- $unknown := false }}
{{- range .Values.grafana.extraDataSources }}
{{- $unknown = or $unknown (not .url) }}
{{- end }}
{{- if and $unknown (not .Values.grafana.egress) }}
- grafana.egress: is empty, but grafana.extraDataSources is set, so Grafana could not reach them. Add their peers, for example {to: [{namespaceSelector: {}}], ports: [{port: 16686, protocol: TCP}]}.
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.guardDestinations: destinations that egress rules block.
Takes a dict of destinations, rules and name, the key of the rules.
*/}}
{{- define "monitoring.guardDestinations" -}}
{{- range $key, $destination := .destinations }}
{{- if not (include "monitoring.egressAllows" (dict "rules" $.rules "destination" $destination)) }}
{{- $inside := include "monitoring.isInCluster" $destination.host }}
- {{ $key }}: uses port {{ $destination.port }}, which {{ $.name }} does not allow. Add {{ if $inside }}{to: [{namespaceSelector: {}}], ports: [{port: {{ $destination.port }}, protocol: TCP}]} to it, with the port of the pods behind the Service{{ else }}{ports: [{port: {{ $destination.port }}, protocol: TCP}]} to it{{ end }}.
{{- end }}
{{- end }}
{{- end -}}

{{/*
monitoring.receiverDestinations: the destinations of receivers by key. The URL in a Secret is unknown.
*/}}
{{- define "monitoring.receiverDestinations" -}}
{{- $found := dict -}}
{{- with .Values.alertmanager.receivers -}}
{{- $table := $.Files.Get "files/integrations.yaml" | fromYaml -}}
{{- range $number, $receiver := . -}}
{{- range $kind, $integrations := omit . "name" -}}
{{- $format := get $table $kind -}}
{{- range $index, $values := $integrations -}}
{{- $at := printf "alertmanager.receivers[%d].%s[%d]" $number $kind $index -}}
{{- $address := default "" $format.address | get $values | default "" -}}
{{- $proxy := default "" (default (dict) $values.httpConfig).proxyUrl -}}
{{- if $proxy -}}
{{- include "monitoring.addDestination" (dict "into" $found "key" (printf "%s.httpConfig.proxyUrl" $at) "address" $proxy) -}}
{{- else if $address -}}
{{- include "monitoring.addDestination" (dict "into" $found "key" (printf "%s.%s" $at $format.address) "address" $address) -}}
{{- else if $format.port -}}
{{- $_ := set $found $at (dict "host" (printf "%s.example.org" $kind) "port" (toString $format.port)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}

{{/*
monitoring.prometheusDestinations: the destinations of Prometheus by key.
*/}}
{{- define "monitoring.prometheusDestinations" -}}
{{- $found := dict -}}
{{- range $key := list "remoteWrite" "extraScrapeConfigs" "externalAlertmanagers" -}}
{{- range $number, $entry := get $.Values.prometheus $key -}}
{{- include "monitoring.addUrls" (dict "into" $found "key" (printf "prometheus.%s[%d]" $key $number) "value" $entry "scheme" $entry.scheme "proxy" "") -}}
{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}

{{/*
monitoring.addUrls: adds the destinations of a part of prometheus.yml: the fields url, server, token_url and others of
that kind, and the targets that no relabeling replaces.
Takes a dict of into, key, value, scheme and proxy.
*/}}
{{- define "monitoring.addUrls" -}}
{{- if kindIs "map" .value -}}
{{- $proxy := default .proxy .value.proxy_url -}}
{{- $scheme := default .scheme .value.scheme -}}
{{- $replaced := false -}}
{{- range .value.relabel_configs -}}
{{- $replaced = or $replaced (eq (toString .target_label) "__address__") -}}
{{- end -}}
{{- range $name, $value := .value -}}
{{- $at := printf "%s.%s" $.key $name -}}
{{- if and (has $name (list "url" "api_server" "token_url" "server" "endpoint")) (kindIs "string" $value) -}}
{{- if $proxy -}}
{{- include "monitoring.addDestination" (dict "into" $.into "key" (printf "%s.proxy_url" $.key) "address" $proxy) -}}
{{- else -}}
{{- include "monitoring.addDestination" (dict "into" $.into "key" $at "address" $value "port" (ternary "443" "80" (eq (toString $scheme) "https"))) -}}
{{- end -}}
{{- else if and (eq $name "static_configs") (not $replaced) -}}
{{- range $number, $group := $value -}}
{{- range $index, $target := $group.targets -}}
{{- if $proxy -}}
{{- include "monitoring.addDestination" (dict "into" $.into "key" (printf "%s.proxy_url" $.key) "address" $proxy) -}}
{{- else -}}
{{- include "monitoring.addDestination" (dict "into" $.into "key" (printf "%s[%d].targets[%d]" $at $number $index) "address" (toString $target) "port" (ternary "443" "80" (eq (toString $scheme) "https"))) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- else if and (or (kindIs "map" $value) (kindIs "slice" $value)) (not (has $name (list "static_configs" "relabel_configs" "metric_relabel_configs" "params"))) -}}
{{- include "monitoring.addUrls" (dict "into" $.into "key" $at "value" $value "scheme" $scheme "proxy" $proxy) -}}
{{- end -}}
{{- end -}}
{{- else if kindIs "slice" .value -}}
{{- range $number, $value := .value -}}
{{- include "monitoring.addUrls" (dict "into" $.into "key" (printf "%s[%d]" $.key $number) "value" $value "scheme" $.scheme "proxy" $.proxy) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/*
monitoring.grafanaDestinations: the destinations of Grafana by key. The browser opens oidc.authUrl.
*/}}
{{- define "monitoring.grafanaDestinations" -}}
{{- $found := dict -}}
{{- with .Values.grafana -}}
{{- if .oidc.enabled -}}
{{- range $key := list "tokenUrl" "apiUrl" -}}
{{- include "monitoring.addDestination" (dict "into" $found "key" (printf "grafana.oidc.%s" $key) "address" (get $.Values.grafana.oidc $key)) -}}
{{- end -}}
{{- end -}}
{{- if .plugins -}}
{{- $_ := set $found "grafana.plugins" (dict "host" "grafana.example.org" "port" "443") -}}
{{- end -}}
{{- range $number, $source := .extraDataSources -}}
{{- if not (eq (toString $source.access) "direct") -}}
{{- include "monitoring.addDestination" (dict "into" $found "key" (printf "grafana.extraDataSources[%d].url" $number) "address" (toString (default "" $source.url))) -}}
{{- end -}}
{{- end -}}
{{- range $path, $port := dict "smtp.host" "25" "database.host" "" "database.url" "" "rendering.server_url" "" "auth.jwt.jwk_set_url" "" "remote_cache.connstr" "" -}}
{{- $section := regexReplaceAll "\\.[a-z_]+$" $path "" -}}
{{- $settings := default (dict) (get $.Values.grafana.config $section) -}}
{{- if or (ne $section "smtp") (eq (toString $settings.enabled) "true") -}}
{{- with get $settings (trimPrefix (printf "%s." $section) $path) -}}
{{- include "monitoring.addDestination" (dict "into" $found "key" (printf "grafana.config.%s" $path) "address" (toString .) "port" $port) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- toYaml $found -}}
{{- end -}}
