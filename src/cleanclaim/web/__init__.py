"""Screens: one folder per practice app. They read through `queries` and change through `actions`."""
