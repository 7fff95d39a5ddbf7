// Package ui replaces Alertmanager's own package of that name, which
// embeds a user interface that its module does not carry.
package ui

import (
	"io"
	"net/http"
	// Mute intervals name time zones, of which an image of this program alone
	// has no files. The tag timetzdata would recompile all of Go's standard library.
	_ "time/tzdata"

	"github.com/prometheus/common/route"
)

const page = "This Alertmanager was built without its user interface. " +
	"Its API is below /api/v2, and amtool speaks it.\n"

// Register answers where the user interface begins.
func Register(r *route.Router) {
	r.Get("/", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = io.WriteString(w, page)
	})
}
