"""One file a codec; each offers one object of the `Codec` protocol, named in `engine.registry`."""
