"""The integrations app."""

from django.apps import AppConfig


class IntegrationsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.integrations"
    label = "integrations"
    default_auto_field = "django.db.models.BigAutoField"
