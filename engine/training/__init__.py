"""Training of the decoders: typed configurations, data, tasks and one resumable loop."""
