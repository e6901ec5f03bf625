"""The foundation app."""

from django.apps import AppConfig


class FoundationConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.foundation"
    label = "foundation"
    default_auto_field = "django.db.models.BigAutoField"
