"""Training: learners work at the same desks on invented people, and their work is marked."""
