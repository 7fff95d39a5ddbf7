package main

import (
	"encoding/json"
	"fmt"

	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const namespace = "default"

// kinds are those that the webhook reads from the API server.
var kinds = map[string]func() client.Object{
	"apps/v1 Deployment":                     func() client.Object { return &appsv1.Deployment{} },
	"apps/v1 StatefulSet":                    func() client.Object { return &appsv1.StatefulSet{} },
	"autoscaling/v2 HorizontalPodAutoscaler": func() client.Object { return &autoscalingv2.HorizontalPodAutoscaler{} },
	"keda.sh/v1alpha1 ScaledObject":          func() client.Object { return &kedav1alpha1.ScaledObject{} },
	"v1 LimitRange":                          func() client.Object { return &corev1.LimitRange{} },
}

// decode returns those objects of a JSON list that the webhook reads.
func decode(list []byte) ([]client.Object, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(list, &parts); err != nil {
		return nil, err
	}
	var objects []client.Object
	for _, part := range parts {
		var kind metav1.TypeMeta
		if err := json.Unmarshal(part, &kind); err != nil {
			return nil, err
		}
		create, isRead := kinds[kind.APIVersion+" "+kind.Kind]
		if !isRead {
			continue
		}
		object := create()
		if err := json.Unmarshal(part, object); err != nil {
			return nil, fmt.Errorf("%s: %w", kind.Kind, err)
		}
		if object.GetNamespace() == "" {
			object.SetNamespace(namespace)
		}
		objects = append(objects, object)
	}
	return objects, nil
}

func scaledObjects(objects []client.Object) []*kedav1alpha1.ScaledObject {
	var found []*kedav1alpha1.ScaledObject
	for _, object := range objects {
		if scaled, is := object.(*kedav1alpha1.ScaledObject); is {
			found = append(found, scaled)
		}
	}
	return found
}
