"""Quality of coding: agreement with the encoder, pace, what was learned, audits by two readers."""
