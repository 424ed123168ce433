"""JPEG: libjpeg's codec, and a reader of the stream's segments, codes and bits."""
