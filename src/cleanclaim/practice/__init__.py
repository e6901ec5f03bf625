"""The running practice: Django apps in the order of the revenue cycle. An app may import those before it in the cycle, never after."""
