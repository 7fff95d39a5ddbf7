"""Shadows: requests that a mesh mirrors to a version whose answers no caller receives.

`detection` tells mirrored requests from others. `comparer` sends a shadow's request to the stable version through
`stable_client` and counts the rows on which `diff` finds that the two answers disagree.
"""
