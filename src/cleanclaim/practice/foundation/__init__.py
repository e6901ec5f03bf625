"""Tenancy, public ids, encrypted fields, blobs, events, numbers: what every table of a practice stands on."""
