package main

import (
	"context"

	"github.com/go-logr/logr"
	kedav1alpha1 "github.com/kedacore/keda/v2/apis/keda/v1alpha1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
)

var scheme = newScheme()

func newScheme() *runtime.Scheme {
	known := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, kedav1alpha1.AddToScheme} {
		if err := add(known); err != nil {
			panic(err)
		}
	}
	return known
}

// serve makes the webhook look up objects among those given. It takes its client from a manager only.
func serve(objects []client.Object) error {
	mapper := meta.NewDefaultRESTMapper(nil)
	for kind := range scheme.AllKnownTypes() {
		mapper.Add(kind, meta.RESTScopeNamespace)
	}
	builder := fake.NewClientBuilder().WithScheme(scheme).WithRESTMapper(mapper).WithObjects(objects...)
	mgr := &manager{builder: builder, mapper: mapper, server: webhook.NewServer(webhook.Options{})}
	return (&kedav1alpha1.ScaledObject{}).SetupWebhookWithManager(mgr, false)
}

// manager is what the webhook needs of a controller manager. Its server is never started.
type manager struct {
	ctrl.Manager
	builder *fake.ClientBuilder
	mapper  meta.RESTMapper
	server  webhook.Server
}

// IndexField is called before GetClient.
func (m *manager) IndexField(_ context.Context, object client.Object, field string, index client.IndexerFunc) error {
	m.builder.WithIndex(object, field, index)
	return nil
}

func (m *manager) GetFieldIndexer() client.FieldIndexer         { return m }
func (m *manager) GetClient() client.Client                     { return m.builder.Build() }
func (m *manager) GetRESTMapper() meta.RESTMapper               { return m.mapper }
func (m *manager) GetScheme() *runtime.Scheme                   { return scheme }
func (m *manager) GetConfig() *rest.Config                      { return &rest.Config{} }
func (m *manager) GetLogger() logr.Logger                       { return logr.Discard() }
func (m *manager) GetWebhookServer() webhook.Server             { return m.server }
func (m *manager) GetEventRecorder(string) events.EventRecorder { return &events.FakeRecorder{} }
func (m *manager) GetControllerOptions() config.Controller      { return config.Controller{} }
