"""What the encoder knows in the words of notes: conditions, status codes, drugs. Own work; codes only, no licensed text."""
