"""Drawing for files, without Qt: canvas, ticks, SVG."""
