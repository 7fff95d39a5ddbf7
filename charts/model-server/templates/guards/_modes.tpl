{{/*
Values that a mode ignores, with their defaults and the modes that use them. Generated from the annotations `modes` of
values.yaml by `python -m charttool generate`.
*/}}

{{- define "model-server.ignored.model.source.type.image" -}}
{
"model.source.persistentVolumeClaim.claimName": {"default": "", "modes": ["persistentVolumeClaim"]},
"model.source.persistentVolumeClaim.subPath": {"default": "", "modes": ["persistentVolumeClaim"]},
"model.source.download.url": {"default": "", "modes": ["download"]},
"model.source.download.sha256": {"default": "", "modes": ["download"]},
"model.source.download.secretName": {"default": "", "modes": ["download"]},
"model.source.download.endpoint": {"default": "", "modes": ["download"]},
"model.source.download.region": {"default": "", "modes": ["download"]},
"model.source.download.allowHttp": {"default": false, "modes": ["download"]},
"model.source.download.caConfigMap": {"default": "", "modes": ["download"]},
"model.source.download.sizeLimit": {"default": "2Gi", "modes": ["download"]},
"model.source.download.timeoutSeconds": {"default": 600, "modes": ["download"]},
"model.source.download.resources": {"default": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}, "modes": ["download"]},
"model.source.configMap.name": {"default": "", "modes": ["configMap"]}
}
{{- end -}}

{{- define "model-server.ignored.model.source.type.persistentVolumeClaim" -}}
{
"model.source.image.reference": {"default": "", "modes": ["image"]},
"model.source.image.pullPolicy": {"default": "IfNotPresent", "modes": ["image"]},
"model.source.download.url": {"default": "", "modes": ["download"]},
"model.source.download.sha256": {"default": "", "modes": ["download"]},
"model.source.download.secretName": {"default": "", "modes": ["download"]},
"model.source.download.endpoint": {"default": "", "modes": ["download"]},
"model.source.download.region": {"default": "", "modes": ["download"]},
"model.source.download.allowHttp": {"default": false, "modes": ["download"]},
"model.source.download.caConfigMap": {"default": "", "modes": ["download"]},
"model.source.download.sizeLimit": {"default": "2Gi", "modes": ["download"]},
"model.source.download.timeoutSeconds": {"default": 600, "modes": ["download"]},
"model.source.download.resources": {"default": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}, "modes": ["download"]},
"model.source.configMap.name": {"default": "", "modes": ["configMap"]}
}
{{- end -}}

{{- define "model-server.ignored.model.source.type.download" -}}
{
"model.source.image.reference": {"default": "", "modes": ["image"]},
"model.source.image.pullPolicy": {"default": "IfNotPresent", "modes": ["image"]},
"model.source.persistentVolumeClaim.claimName": {"default": "", "modes": ["persistentVolumeClaim"]},
"model.source.persistentVolumeClaim.subPath": {"default": "", "modes": ["persistentVolumeClaim"]},
"model.source.configMap.name": {"default": "", "modes": ["configMap"]}
}
{{- end -}}

{{- define "model-server.ignored.model.source.type.configMap" -}}
{
"model.source.image.reference": {"default": "", "modes": ["image"]},
"model.source.image.pullPolicy": {"default": "IfNotPresent", "modes": ["image"]},
"model.source.persistentVolumeClaim.claimName": {"default": "", "modes": ["persistentVolumeClaim"]},
"model.source.persistentVolumeClaim.subPath": {"default": "", "modes": ["persistentVolumeClaim"]},
"model.source.download.url": {"default": "", "modes": ["download"]},
"model.source.download.sha256": {"default": "", "modes": ["download"]},
"model.source.download.secretName": {"default": "", "modes": ["download"]},
"model.source.download.endpoint": {"default": "", "modes": ["download"]},
"model.source.download.region": {"default": "", "modes": ["download"]},
"model.source.download.allowHttp": {"default": false, "modes": ["download"]},
"model.source.download.caConfigMap": {"default": "", "modes": ["download"]},
"model.source.download.sizeLimit": {"default": "2Gi", "modes": ["download"]},
"model.source.download.timeoutSeconds": {"default": 600, "modes": ["download"]},
"model.source.download.resources": {"default": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}, "modes": ["download"]}
}
{{- end -}}

{{- define "model-server.ignored.model.source.type.baked" -}}
{
"model.source.image.reference": {"default": "", "modes": ["image"]},
"model.source.image.pullPolicy": {"default": "IfNotPresent", "modes": ["image"]},
"model.source.persistentVolumeClaim.claimName": {"default": "", "modes": ["persistentVolumeClaim"]},
"model.source.persistentVolumeClaim.subPath": {"default": "", "modes": ["persistentVolumeClaim"]},
"model.source.download.url": {"default": "", "modes": ["download"]},
"model.source.download.sha256": {"default": "", "modes": ["download"]},
"model.source.download.secretName": {"default": "", "modes": ["download"]},
"model.source.download.endpoint": {"default": "", "modes": ["download"]},
"model.source.download.region": {"default": "", "modes": ["download"]},
"model.source.download.allowHttp": {"default": false, "modes": ["download"]},
"model.source.download.caConfigMap": {"default": "", "modes": ["download"]},
"model.source.download.sizeLimit": {"default": "2Gi", "modes": ["download"]},
"model.source.download.timeoutSeconds": {"default": 600, "modes": ["download"]},
"model.source.download.resources": {"default": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "256Mi"}}, "modes": ["download"]},
"model.source.configMap.name": {"default": "", "modes": ["configMap"]}
}
{{- end -}}
