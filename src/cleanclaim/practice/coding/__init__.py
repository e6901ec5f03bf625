"""The coding desk: suggestions confirmed into codes, queries to providers, audits, productivity, favourites, local terms."""
