"""Launch: arguments, build, snapshot, lifetime."""
