"""The rotation of the key by which an API knows its distribution."""
