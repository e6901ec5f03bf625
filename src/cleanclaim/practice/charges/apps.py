"""The charges app."""

from django.apps import AppConfig


class ChargesConfig(AppConfig):
    """Registers the app under its short label."""

    name = "cleanclaim.practice.charges"
    label = "charges"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let `codesets diff`, `import` and `update` name what of the practice a change touches."""
        from cleanclaim.codesets.changes import register_impact_finder
        from cleanclaim.practice.charges.impact import find_impacts

        register_impact_finder(find_impacts)
