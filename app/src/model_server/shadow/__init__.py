"""Shadows: copies of requests that a mesh sends to a version beside the one that answers the caller.

`marks` tells a shadow from a request that somebody waits for. `comparer` asks the stable version what a shadow was
asked, by way of `stable`, and counts the rows on which `differences` finds the two to disagree.
"""
