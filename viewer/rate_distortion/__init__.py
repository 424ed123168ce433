"""All codecs: rate–distortion curves and pictures at equal rate."""
