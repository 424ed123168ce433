"""Which patch is what at each moment."""
