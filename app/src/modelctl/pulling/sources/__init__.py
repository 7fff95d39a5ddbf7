"""Where bytes come from: a module for each kind of place, all with the shape that `protocol` describes."""
