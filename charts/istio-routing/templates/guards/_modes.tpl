{{/*
Values that a mode ignores, with their defaults and the modes that use them. Generated from the annotations `modes` of
values.yaml by `python -m charttool generate`.
*/}}

{{- define "istio-routing.ignored.api.istio" -}}
{

}
{{- end -}}

{{- define "istio-routing.ignored.api.gateway-api" -}}
{
"gateway.selector": {"default": {}, "modes": ["istio"]},
"routing.retries.attempts": {"default": 2, "modes": ["istio"]},
"routing.retries.retryOn": {"default": ["connect-failure", "refused-stream", "reset-before-request"], "modes": ["istio"]}
}
{{- end -}}

{{- define "istio-routing.ignored.trafficManagement.helm" -}}
{
"analysis.prometheusAddress": {"default": "", "modes": ["rollouts", "flagger"]},
"analysis.window": {"default": "5m", "modes": ["rollouts", "flagger"]},
"analysis.interval": {"default": "1m", "modes": ["rollouts", "flagger"]},
"analysis.count": {"default": 5, "modes": ["rollouts", "flagger"]},
"analysis.failureLimit": {"default": 1, "modes": ["rollouts", "flagger"]},
"analysis.minRequests": {"default": 100, "modes": ["rollouts", "flagger"]},
"analysis.maxErrorRatio": {"default": 0.01, "modes": ["rollouts", "flagger"]},
"analysis.maxRefusedRatio": {"default": 0.05, "modes": ["rollouts", "flagger"]},
"analysis.maxLatencyRatio": {"default": 1.5, "modes": ["rollouts", "flagger"]},
"analysis.maxDisagreementRatio": {"default": 0.05, "modes": ["rollouts", "flagger"]}
}
{{- end -}}

{{- define "istio-routing.ignored.trafficManagement.rollouts" -}}
{

}
{{- end -}}

{{- define "istio-routing.ignored.trafficManagement.flagger" -}}
{

}
{{- end -}}
