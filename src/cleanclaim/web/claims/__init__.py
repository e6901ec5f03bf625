"""The claims desk."""
