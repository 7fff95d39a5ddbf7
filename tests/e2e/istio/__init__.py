"""Tests in a mesh. A package, so that what its tests share is gone when the last of them has ended."""
