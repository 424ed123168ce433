"""The desktop window. `app` wires it, `jobs` holds every thread, `resolve` decides what is shown."""
