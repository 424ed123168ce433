"""Results of other programs beside ours: opened from files, or sent by scripts through a local socket."""
