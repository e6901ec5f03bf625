"""The claims app."""

from django.apps import AppConfig


class ClaimsConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.claims"
    label = "claims"
    default_auto_field = "django.db.models.BigAutoField"
