"""How the decoders go through a picture, animated: the raster scan with its context, and the sweeps."""
