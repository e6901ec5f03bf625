"""The receivables desk."""
