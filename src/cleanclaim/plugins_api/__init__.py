"""Plugins: an edit, a payer connection, a code set, a suggester, an exporter.

A package announces one by an entry point of the hook's group, for example in its pyproject.toml:

    [project.entry-points."cleanclaim.suggesters"]
    ward_model = "ward_model:WardModel"
"""

from cleanclaim.plugins_api.finding import Plugin, Problem, plugin_named, plugins, problems, register, registered
from cleanclaim.plugins_api.hooks import GROUPS, CodeSet, Connection, Edit, Exporter, ReceivedFile, Suggester
from cleanclaim.plugins_api.site_edits import site_findings

__all__ = [
    "GROUPS", "CodeSet", "Connection", "Edit", "Exporter", "Plugin", "Problem", "ReceivedFile", "Suggester", "plugin_named", "plugins",
    "problems", "register", "registered", "site_findings",
]  # fmt: skip
