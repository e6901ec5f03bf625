"""The remittance app."""

from django.apps import AppConfig


class RemittanceConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.remittance"
    label = "remittance"
    default_auto_field = "django.db.models.BigAutoField"
