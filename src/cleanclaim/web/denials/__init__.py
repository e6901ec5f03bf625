"""The denials desk."""
