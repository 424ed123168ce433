"""JPEG 2000: OpenJPEG's codec, and a reader of the codestream's packets and tiles."""
