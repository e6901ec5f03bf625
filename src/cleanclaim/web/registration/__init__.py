"""The patient desk."""
