"""AVIF: Pillow's codec, and a parser of its container and AV1 headers."""
