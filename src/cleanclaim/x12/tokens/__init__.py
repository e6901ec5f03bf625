"""The lowest layer: bytes to segments and back, values, findings. It knows delimiters and offsets, and nothing of any guide."""
