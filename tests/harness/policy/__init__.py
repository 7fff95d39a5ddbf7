"""Kubernetes policies applied to rendered objects: Pod Security Standards and NetworkPolicies."""
