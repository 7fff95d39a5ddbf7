"""What policies of Kubernetes say about rendered objects: Pod Security of pods, NetworkPolicy of traffic."""
