"""The eligibility app."""

from django.apps import AppConfig


class EligibilityConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.eligibility"
    label = "eligibility"
    default_auto_field = "django.db.models.BigAutoField"
