"""The payers app."""

from django.apps import AppConfig


class PayersConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.payers"
    label = "payers"
    default_auto_field = "django.db.models.BigAutoField"
