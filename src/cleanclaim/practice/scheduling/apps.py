"""The scheduling app."""

from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.scheduling"
    label = "scheduling"
    default_auto_field = "django.db.models.BigAutoField"
