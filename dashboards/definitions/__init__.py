"""One module per dashboard: its variables, rows, panels and queries. ``dashboard()`` returns the specification."""
