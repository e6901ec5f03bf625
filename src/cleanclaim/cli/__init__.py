"""The `cleanclaim` command."""
