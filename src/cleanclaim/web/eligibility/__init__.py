"""What payers said about coverages: the answers that need a person, and the permissions they gave."""
