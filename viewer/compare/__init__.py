"""Compare: several decoders or learners on the same streams."""
