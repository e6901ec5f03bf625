"""Users and their roles; the legal entity, the billing provider, the sites, the clinicians."""
