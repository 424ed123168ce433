"""Overlays: maps over the pictures, artefacts and the places they lead to."""
