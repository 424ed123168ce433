"""WebP: libwebp's codec, and a reader of its container."""
