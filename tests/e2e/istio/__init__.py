"""Tests in a mesh. A package, so that its fixtures end with the last of its tests."""
