"""The denials app."""

from django.apps import AppConfig


class DenialsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.denials"
    label = "denials"
    default_auto_field = "django.db.models.BigAutoField"
