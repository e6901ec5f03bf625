"""The HIPAA transaction sets: guides, typed reading and writing, rules, acknowledgements."""
