"""The registration app."""

from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.registration"
    label = "registration"
    default_auto_field = "django.db.models.BigAutoField"
