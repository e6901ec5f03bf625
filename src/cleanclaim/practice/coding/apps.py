"""The coding app."""

from django.apps import AppConfig


class CodingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.coding"
    label = "coding"
    default_auto_field = "django.db.models.BigAutoField"
